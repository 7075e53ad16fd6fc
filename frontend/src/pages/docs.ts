/** The page of the HTTP interface: Swagger UI, from our own files, upon the server's own description. */
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

SwaggerUI({
  dom_id: "#api",
  url: "/openapi.json",
  deepLinking: true,
  // Swagger would ask another host whether the description is valid.
  validatorUrl: null,
});
