/** `--log-level`, and how `serve` and `agent` speak: as JSON, or at a terminal as every command does. */
import process from 'node:process';
import { type Log, type LogLevel, logLevels, type RequestFacts } from '../net/log.ts';
import { misuse, note } from './say.ts';

export const logOption = { 'log-level': { type: 'string' } } as const;

/** Requests are not written unless somebody asks for them: /metrics counts them, and lines of them tell of people. */
const defaultLevel: LogLevel = 'info';

/** @returns the log, and what is to be called before the process ends */
export async function openLog(
  given: string | undefined,
  command: string,
): Promise<{ readonly log: Log; readonly flush: () => void }> {
  const level = levelOf(given ?? (process.env['MAILATLAS_LOG_LEVEL'] || defaultLevel), command);
  if (process.stderr.isTTY) return { log: plainLog(level), flush: () => undefined };
  const { jsonLog } = await import('../net/log-node.ts');
  const log = jsonLog(level);
  return { log, flush: () => log.flush() };
}

/** Sentences for people, in our voice. */
export function plainLog(level: LogLevel): Log {
  const say = (how: LogLevel) => (logLevels.indexOf(how) <= logLevels.indexOf(level) ? note : () => undefined);
  return {
    error: say('error'),
    warn: say('warn'),
    info: say('info'),
    ...(level === 'debug' && { request: (facts) => note(sayRequest(facts)) }),
  };
}

function sayRequest({ method, route, status, milliseconds, bytes }: RequestFacts): string {
  return `${method} ${route} ${status}, ${milliseconds} ms, ${bytes} octets`;
}

function levelOf(text: string, command: string): LogLevel {
  const level = logLevels.find((one) => one === text);
  if (level === undefined) throw misuse(`--log-level takes one of: ${logLevels.join(', ')}`, command);
  return level;
}
