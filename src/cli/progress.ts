/** A progress bar for people who wait: on stderr, only where that is a terminal, gone without a trace at the end. */
import process from 'node:process';

const width = 30;
/** Milliseconds between two pictures. */
const pace = 100;

export interface ProgressBar {
  show(done: number, planned: number, note?: string): void;
  clear(): void;
}

export function progressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  let last = 0;
  return {
    show(done, planned, note = '') {
      if (Date.now() - last < pace && done < planned) return;
      last = Date.now();
      const filled = Math.round((width * Math.min(done, planned)) / Math.max(planned, 1));
      const line = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done} of ${planned} ${note}`;
      stream.write(`\r\x1b[K${line.slice(0, (stream.columns || 80) - 1)}`);
    },
    clear: () => void stream.write('\r\x1b[K'),
  };
}
