/** Tells `public/guard.js` that the page's script has begun, and so needs no other browser and no other files. */
export const pageBegan = (): void => document.documentElement.setAttribute("data-began", "");
