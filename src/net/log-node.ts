/** The log on stderr: lines of JSON for programs (pino), sentences for people at a terminal. */
import process from 'node:process';
import { destination, pino, stdTimeFunctions } from 'pino';
import type { Facts, Log, LogLevel } from './log.ts';

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
    ...(buffered && { request: (facts) => logger.debug(facts, 'request') }),
    flush: () => stream.flushSync(),
  };
}
