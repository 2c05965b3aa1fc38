/** What an operator hears of a run: servers that fail now, servers that are back, domains that may have changed hands. Pure. */
import type { Domain } from '../name/domain.ts';
import type { Message } from '../net/notify.ts';
import type { EndpointKey, StatusName } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import type { Transition } from '../store/seen/transitions.ts';
import { type Alarm, sayAlarm } from './quarantine.ts';

/** A domain that came under quarantine. */
export interface NameAlarm {
  readonly domain: Domain;
  /** ISO 8601. */
  readonly at: string;
  readonly alarm: Alarm;
}

/** Enough for a message that somebody reads; the rest is counted. */
const shown = 100;

/** What is worth telling: fails, is given up, or is back. That something is looked at for the first time is not. */
export function isNews({ from, to }: Pick<Transition, 'from' | 'to'>): boolean {
  if (from === to) return false;
  return fails(to) || (fails(from) && (to === 'verified' || to === 'degraded'));
}

/**
 * One message for everything of a run.
 * @param recordsOf the ids of the records that send people there
 * @returns undefined where there is nothing to tell
 */
export function newsOf(
  { changes, alarms }: { readonly changes: readonly Transition[]; readonly alarms: readonly NameAlarm[] },
  recordsOf: (endpoint: EndpointKey) => readonly string[],
  language: Language,
): Message | undefined {
  const told = changes.filter(isNews);
  if (told.length + alarms.length === 0) return undefined;
  const words = texts[language];
  const bad = told.filter(({ to }) => fails(to));
  const back = told.filter(({ to }) => !fails(to));
  const line = ({ endpoint, to, reason }: Transition) =>
    `  ${endpoint}  ${fails(to) ? `${to}, ${reason}` : to}  (${recordsOf(endpoint).join(', ')})`;
  const sections = [
    section(
      words.quarantine,
      alarms.map(({ domain, alarm }) => `  ${sayAlarm(domain, alarm, language)}`),
      words.more,
    ),
    section(words.fail, bad.map(line), words.more),
    section(words.back, back.map(line), words.more),
  ].filter((text) => text !== undefined);
  return {
    subject: `mailatlas: ${words.subject(bad.length, back.length, alarms.length)}`,
    text: `${sections.join('\n\n')}\n`,
    data: {
      changes: told.map((change) => ({ ...change, records: recordsOf(change.endpoint) })),
      quarantined: alarms.map(({ domain, at, alarm }) => ({
        name: domain,
        at,
        why: sayAlarm(domain, alarm, language),
      })),
    },
  };
}

function fails(status: StatusName): boolean {
  return status === 'failing' || status === 'dead';
}

function section(title: string, lines: readonly string[], more: (count: number) => string): string | undefined {
  if (lines.length === 0) return undefined;
  const rest = lines.length > shown ? [`  ${more(lines.length - shown)}`] : [];
  return [title, ...lines.slice(0, shown), ...rest].join('\n');
}

const texts = {
  en: {
    subject: (bad: number, back: number, gone: number) =>
      [
        gone > 0 && `${gone} under quarantine`,
        bad > 0 && (bad === 1 ? '1 server fails' : `${bad} servers fail`),
        back > 0 && (back === 1 ? '1 is back' : `${back} are back`),
      ]
        .filter(Boolean)
        .join(', '),
    fail: 'These servers fail now:',
    back: 'These servers work again:',
    quarantine: 'Nobody is sent there any more until you have looked (mailatlas quarantine DOMAIN --lift):',
    more: (count: number) => `and ${count} more`,
  },
  de: {
    subject: (bad: number, back: number, gone: number) =>
      [
        gone > 0 && `${gone} unter Quarantäne`,
        bad > 0 && (bad === 1 ? '1 Server geht nicht' : `${bad} Server gehen nicht`),
        back > 0 && (back === 1 ? '1 geht wieder' : `${back} gehen wieder`),
      ]
        .filter(Boolean)
        .join(', '),
    fail: 'Diese Server gehen jetzt nicht:',
    back: 'Diese Server gehen wieder:',
    quarantine: 'Dorthin wird niemand mehr geschickt, bis Sie nachgesehen haben (mailatlas quarantine DOMAIN --lift):',
    more: (count: number) => `und ${count} weitere`,
  },
};
