/** Paths of the site. Its pages lie side by side in one folder, which need not be the root of their server (BASE_PATH). */

/** A path of the site, `/api/board` say, as a page of it asks for it; other addresses as they are. */
export const fromPage = (path: string): string => (path.startsWith("/") ? `.${path}` : path);

/** The site's folder, by the path of one of its pages: `/`, or `/place/`. */
export const siteFolder = (pathname: string): string => pathname.slice(0, pathname.lastIndexOf("/") + 1);

/** A name under which something of this site is kept in storage that all sites of a server share. */
export const ofSite = (name: string, pathname: string): string => {
  const folder = siteFolder(pathname);
  return folder === "/" ? name : `${name}@${folder}`;
};
