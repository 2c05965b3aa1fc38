/** The log on stderr: lines of JSON for programs (pino), sentences for people at a terminal. */
import process from 'node:process';
import { destination, pino, stdTimeFunctions } from 'pino';
import type { Facts, Log, LogLevel, RequestFacts } from './log.ts';

/** Requests are written many at once, at this size in octets or after a second; every other line at once. */
const bufferSize = 8192;
const flushInterval = 1000;

/** `{"level":"info","time":"2026-11-30T10:31:00.123Z","msg":"…", …}`, a line each. */
export function jsonLog(level: LogLevel): Log & { flush(): void } {
  const buffered = level === 'debug';
  const stream = destination({
    fd: process.stderr.fd,
    sync: true,
    ...(buffered && { minLength: bufferSize, periodicFlush: flushInterval }),
  });
  const logger = pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    stream,
  );
  const say =
    (how: Exclude<LogLevel, 'debug'>) =>
    (message: string, facts: Facts = {}) => {
      logger[how](facts, message);
      if (buffered) stream.flushSync();
    };
  return {
    error: say('error'),
    warn: say('warn'),
    info: say('info'),
    ...(buffered && { request: (facts) => stream.write(requestLine(facts)) }),
    flush: () => stream.flushSync(),
  };
}

/** As pino would write it, in half the time: before the lane a line must not cost more than its answer. */
function requestLine({ method, route, status, milliseconds, bytes }: RequestFacts): string {
  const what = `"method":${JSON.stringify(method)},"route":${JSON.stringify(route)},"status":${status}`;
  return `{"level":"debug","time":"${now()}",${what},"milliseconds":${milliseconds},"bytes":${bytes},"msg":"request"}\n`;
}

let [last, lastText] = [0, ''];

/** ISO 8601, written anew once a millisecond. */
function now(): string {
  const at = Date.now();
  if (at !== last) [last, lastText] = [at, new Date(at).toISOString()];
  return lastText;
}
