/** Instants as they are stored and compared: ISO 8601 in UTC, of which a later one is a greater text. */

/** @param milliseconds since 1970 */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The instant so many milliseconds later; written anew, in whatever form of ISO 8601 the first one is. */
export function later(at: string, milliseconds: number): string {
  return instant(Date.parse(at) + milliseconds);
}
