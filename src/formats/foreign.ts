/** A record as a file of somebody else's list, or why that list cannot say it (a clause for people). */
export type Foreign = { readonly file: string; readonly text: string } | { readonly why: string };
