/** What a login check found, on a terminal and as JSON. */
import type { Language } from '../provider/phrases.ts';
import type { Step, StepName } from '../verify/login/conversation.ts';
import type { AccountReport, Delivery, Visit } from '../verify/login/login.ts';
import { sayFinding, saySkip, sayStopped } from '../verify/login/phrases.ts';
import { out, paint, visible } from './say.ts';

const words = {
  en: {
    works: 'works',
    fails: 'does not work',
    inconclusive: 'could not be decided',
    signedIn: 'signed in',
    notSignedIn: 'not signed in',
    through: 'signed in, message went through',
    sent: (via: string) => `message sent through ${via}`,
    arrived: (ms: number, folder: string, by: string) => `arrived after ${ms} ms in ${folder}, seen by ${by}`,
    intact: 'unchanged',
    changed: 'changed',
    deleted: 'deleted',
    left: 'NOT deleted: please do it yourself',
    revealed: 'It gives the sender’s internet address away:',
    capabilities: 'capabilities, STARTTLS',
    hidden: 'It does not give the sender’s internet address away.',
  },
  de: {
    works: 'geht',
    fails: 'geht nicht',
    inconclusive: 'nicht zu entscheiden',
    signedIn: 'angemeldet',
    notSignedIn: 'nicht angemeldet',
    through: 'angemeldet, Nachricht kam durch',
    sent: (via: string) => `Nachricht gesendet über ${via}`,
    arrived: (ms: number, folder: string, by: string) => `nach ${ms} ms angekommen in ${folder}, gesehen von ${by}`,
    intact: 'unverändert',
    changed: 'verändert',
    deleted: 'gelöscht',
    left: 'NICHT gelöscht: bitte selbst löschen',
    revealed: 'Sie verrät die Internetadresse des Absenders:',
    capabilities: 'Fähigkeiten, STARTTLS',
    hidden: 'Sie verrät die Internetadresse des Absenders nicht.',
  },
} as const;

const stepWords: Record<Language, Record<StepName, string>> = {
  en: {
    connect: 'connect',
    ready: 'server ready',
    hello: 'EHLO, STARTTLS, AUTH',
    envelope: 'MAIL FROM, RCPT TO',
    data: 'DATA',
    'sign-in': 'sign in',
    look: 'look',
    delete: 'delete',
    quit: 'take leave',
  },
  de: {
    connect: 'verbinden',
    ready: 'Server bereit',
    hello: 'EHLO, STARTTLS, AUTH',
    envelope: 'MAIL FROM, RCPT TO',
    data: 'DATA',
    'sign-in': 'anmelden',
    look: 'nachsehen',
    delete: 'löschen',
    quit: 'verabschieden',
  },
};

/** Prints what was found about one account: the answer first, then the conversations. */
export function sayAccount(report: AccountReport, lang: Language): void {
  const say = words[lang];
  const color = { works: 'green', fails: 'red', inconclusive: 'yellow' } as const;
  const record = report.provider === undefined ? '' : ` (${report.provider})`;
  out(`${paint('bold', report.address)}${record}: ${paint(color[report.outcome], say[report.outcome])}`);
  if (report.skipped !== undefined) out(`  ${saySkip(report.skipped, lang)}`);
  for (const finding of report.findings)
    out(`  ${finding.code}: ${visible(sayFinding(finding, lang).replaceAll(/\r?\n/g, ' '))}`);
  const stopped = sayStopped(report, lang);
  if (stopped !== undefined) out(`  ${paint('yellow', stopped)}`);
  for (const delivery of report.deliveries) sayDelivery(delivery, lang);
  for (const visit of report.visits) sayVisit(visit, lang);
}

function sayDelivery({ via, arrivals, sender }: Delivery, lang: Language): void {
  const say = words[lang];
  out(`  ${say.sent(via)}`);
  for (const { ms, folder, endpoint, intact, deleted } of arrivals) {
    const state = [intact ? say.intact : say.changed, deleted ? say.deleted : say.left].join(', ');
    out(`    ${visible(say.arrived(ms, folder, endpoint))}: ${state}`);
  }
  if (sender) out(`    ${sender.revealed ? `${say.revealed} ${visible(sender.line ?? '')}` : say.hidden}`);
}

function sayVisit({ endpoint, protocol, verdict, level, steps }: Visit, lang: Language): void {
  const say = words[lang];
  const state = level === 'L4' ? say.through : level === 'L3' ? say.signedIn : say.notSignedIn;
  out('');
  out(`  ${paint('bold', endpoint)}: ${paint(level === 'L3' || level === 'L4' ? 'green' : 'red', state)}`);
  if (!verdict.ok) out(`    ${verdict.code}: ${verdict.says}`);
  for (const [i, step] of steps.entries()) {
    const name = step.name === 'hello' && protocol !== 'smtp' ? say.capabilities : stepWords[lang][step.name];
    sayStep(`${i + 1} ${name}`, step);
  }
}

function sayStep(title: string, { ms, broke, lines }: Step): void {
  const head = `${title} (${ms} ms)`;
  out(`    ${broke ? paint('red', `${head} ✗`) : head}`);
  for (const { from, text } of lines) out(`      ${paint('dim', `${from.padEnd(2)} ${visible(text)}`)}`);
}

/** The report with its sentences; what people read is in their language, everything else in ours. */
export function loginJson(report: AccountReport, lang: Language): unknown {
  const stopped = sayStopped(report, lang);
  const says = [
    ...(report.skipped === undefined ? [] : [saySkip(report.skipped, lang)]),
    ...(stopped === undefined ? [] : [stopped]),
  ];
  const findings = report.findings.map((finding) => ({ ...finding, says: sayFinding(finding, lang) }));
  return { ...report, findings, ...(says.length > 0 && { says: says.join(' ') }) };
}
