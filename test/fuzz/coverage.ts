/** Whether inputs reach code that none has reached before: V8's own coverage, by blocks, of what is in src/. */
import { Session } from 'node:inspector';

export interface Coverage {
  /** Whether anything new was reached since it was last asked. */
  hasNews(): boolean;
  stop(): void;
}

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly functionName: string; readonly ranges: readonly Range[] }[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

export function startCoverage(): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  // Without counts V8 tells each block when it is first reached, and is hardly slower.
  session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  /** By function: the blocks that nobody has reached yet. */
  const missing = new Map<string, ReadonlySet<string>>();
  return {
    hasNews() {
      let news = false;
      session.post('Profiler.takePreciseCoverage', (_, result) => {
        for (const { url, functions } of ((result ?? {}) as { result?: readonly Script[] }).result ?? []) {
          if (!url.includes('/src/')) continue;
          for (const { functionName, ranges } of functions) {
            const [whole] = ranges;
            if (!whole || whole.count === 0) continue;
            const key = `${url} ${functionName} ${whole.startOffset}`;
            const now = new Set(
              ranges.filter(({ count }) => count === 0).map((one) => `${one.startOffset}-${one.endOffset}`),
            );
            const before = missing.get(key);
            // V8 tells what was reached since it was last asked: only what is missing both times was never reached.
            const left = before === undefined ? now : before.intersection(now);
            news ||= before === undefined || left.size < before.size;
            missing.set(key, left);
          }
        }
      });
      return news;
    },
    stop: () => session.disconnect(),
  };
}
