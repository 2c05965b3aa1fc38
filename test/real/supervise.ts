/** Programs in a temporary folder that end with the test, however it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Supervised {
  readonly running: boolean;
  /** What the programs have printed, and after the end the last lines of their logs (`*.log` in the folder). */
  readonly output: string;
  /** Ends the programs and removes the folder. */
  stop(): Promise<void>;
}

export interface Programs {
  /** It is removed in the end. */
  readonly folder: string;
  /** Shell commands, for which `$folder` is the folder; a long-lived program goes to the background. */
  readonly start: string;
  readonly end: string;
}

/**
 * The shell waits for the end of its input, which comes when the test says so and when the test's process dies, in whatever
 * way: not even a killed test leaves a server or a folder behind.
 */
export function supervise({ folder, start, end }: Programs): Supervised {
  const script = `
    folder=$1
    exec 3<&0 </dev/null
    if { ${start}\n}; then read -r _ <&3; fi
    { ${end}\n} >/dev/null 2>&1
    wait
    tail -n 50 "$folder"/*.log 2>/dev/null
    rm -rf "$folder"`;
  const shell = spawn('/bin/sh', ['-c', script, 'supervise', folder], {
    // A session of its own, so that Ctrl-C ends the test, and only thereby the programs.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  // The shell may end by itself before its input is closed.
  shell.stdin.on('error', () => undefined);
  const exited = once(shell, 'close');
  return {
    get running() {
      return shell.exitCode === null;
    },
    get output() {
      return output;
    },
    async stop() {
      shell.stdin.end();
      await exited;
    },
  };
}
