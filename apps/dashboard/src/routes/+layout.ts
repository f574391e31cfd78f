/** A static application: every page is drawn in the browser from what the API answers. */
export const ssr = false;
export const prerender = false;
