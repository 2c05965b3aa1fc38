/**
 * Why a server of the operator's gave no answer, as a clause in lower case without a full stop.
 * @param error of fetch() or of a socket; the reason of a signal that has run out
 * @param timeout that the server had, milliseconds
 */
export function sayNoAnswer(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return `it cannot be reached (${String(error)})`;
  if (error.name === 'TimeoutError') return `it did not answer in ${timeout / 1000} seconds`;
  const { code } = (error.cause ?? error) as { readonly code?: string };
  return `it cannot be reached (${code ?? String(error)})`;
}
