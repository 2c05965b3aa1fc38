/**
 * Milliseconds that pass, from any beginning: what is kept for ten minutes or budgeted by the minute is measured by this. The
 * machine's clock may be set back while we run, and a minute would take an hour.
 */
export function elapsed(): number {
  return performance.now();
}
