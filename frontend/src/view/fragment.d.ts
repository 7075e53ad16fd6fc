/** HTML that a module puts into its page, with the icons in it: `vite.config.ts`. */
declare module "*.html?fragment" {
  const html: string;
  export default html;
}
