/** Brief: a few of each fault, with every other test. Full: `npm run test:fault -- --full`, whose numbers docs/faults.md has. */
export const isFull = process.env['MAILATLAS_FAULT'] === 'full';

export function sized<T>(brief: T, full: T): T {
  return isFull ? full : brief;
}
