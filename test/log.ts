import type { Log } from '../src/net/log.ts';

/** A log of which a test reads the sentences. */
export function logTo(tell: (message: string) => void): Log {
  const say = (message: string): void => tell(message);
  return { error: say, warn: say, info: say };
}
