"""What routes read and answer, as models: they validate what comes, and OpenAPI is made from them."""
