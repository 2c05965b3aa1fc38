/**
 * What the last probe of an endpoint saw, to be read: for each address what was said line by line, how long each step took,
 * and the certificate. It shows what is stored; what must not be seen was taken out before that.
 */
import { html } from 'hono/html';
import { printable } from '../../discover/sentences.ts';
import type { Certificate } from '../../net/wire.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Attempt, Evidence, Phase, TranscriptLine } from '../../verify/evidence.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';
import { dateElement, writtenNumber } from './written.ts';

export const texts = {
  en: {
    dns: 'DNS',
    connect: 'connection',
    tls: 'TLS',
    greeting: 'greeting',
    capabilities: 'capabilities',
    starttls: 'STARTTLS',
    quit: 'goodbye',
    server: 'Server',
    client: 'Client',
    beside: 'Beside',
    address: (address: string) => `Conversation with ${address}`,
    steps: 'Milliseconds from the beginning to the end of each step',
    certificate: 'Certificate',
    for: 'for',
    by: 'issued by',
    valid: 'valid',
    until: 'to',
    key: 'key',
    silent: 'Nothing was said.',
    more: (count: number) => `${count} more lines are in the JSON.`,
    others: (count: number) => `${count} more addresses are in the JSON.`,
    addresses: 'Addresses',
  },
  de: {
    dns: 'DNS',
    connect: 'Verbindung',
    tls: 'TLS',
    greeting: 'Begrüßung',
    capabilities: 'Fähigkeiten',
    starttls: 'STARTTLS',
    quit: 'Abschied',
    server: 'Server',
    client: 'Programm',
    beside: 'Daneben',
    address: (address: string) => `Gespräch mit ${address}`,
    steps: 'Millisekunden vom Beginn bis zum Ende jedes Schritts',
    certificate: 'Zertifikat',
    for: 'für',
    by: 'ausgestellt von',
    valid: 'gültig',
    until: 'bis',
    key: 'Schlüssel',
    silent: 'Es wurde nichts gesagt.',
    more: (count: number) => `${count} weitere Zeilen stehen im JSON.`,
    others: (count: number) => `${count} weitere Adressen stehen im JSON.`,
    addresses: 'Adressen',
  },
} as const satisfies InEach<Record<string, string | ((some: never) => string)>>;

/** A page must not grow with what a stranger's server says. */
const mostLines = 40;
const mostAttempts = 2;
const mostCharacters = 300;

export function conversation({ dns, attempts }: Evidence, language: Language): Html {
  const say = texts[language];
  const shown = attempts.slice(0, mostAttempts);
  const more = attempts.length - shown.length;
  return html`${dns.addresses.length === 0 ? '' : html`<p class="small">${say.addresses}: <span class="mono">${dns.addresses.join(' ')}</span> <span class="soft">(${say.dns} ${writtenNumber(dns.ms, language)} ms)</span></p>`}
${shown.map((attempt) => attemptPart(attempt, language))}
${more > 0 ? html`<p class="small soft">${say.others(more)}</p>` : ''}`;
}

function attemptPart({ address, ms, transcript, tls }: Attempt, language: Language): Html {
  const say = texts[language];
  const lines = transcript.slice(0, mostLines);
  const more = transcript.length - lines.length;
  const steps = Object.entries(ms) as [Phase, number][];
  const [own] = tls?.chain ?? [];
  return html`<div class="talk">
<p class="small"><strong>${say.address(address)}</strong></p>
${lines.length === 0 ? html`<p class="small soft">${say.silent}</p>` : html`<ol class="lines">${lines.map((line) => linePart(line, language))}</ol>`}
${more > 0 ? html`<p class="small soft">${say.more(more)}</p>` : ''}
${steps.length === 0 ? '' : html`<ul class="phases" aria-label="${say.steps}">${steps.map(([phase, at]) => html`<li>${say[phase]} <b>${writtenNumber(at, language)} ms</b></li>`)}</ul>`}
${own ? certificatePart(own, language) : ''}
</div>`;
}

function linePart({ from, text }: TranscriptLine, language: Language): Html {
  const say = texts[language];
  const [name, kind, sign] =
    from === 'S' ? [say.server, 's', 'S'] : from === 'C' ? [say.client, 'c', 'C'] : [say.beside, 'x', '–'];
  return html`<li class="${kind}"><abbr title="${name}">${sign}</abbr><span>${visible(text)}</span></li>`;
}

function certificatePart(certificate: Certificate, language: Language): Html {
  const say = texts[language];
  const { subject, names, addresses, issuer, notBefore, notAfter, key } = certificate;
  const covered = [...names, ...addresses];
  const shown = covered.length === 0 ? subject : covered.slice(0, 6).join(', ') + (covered.length > 6 ? ' …' : '');
  return html`<dl class="facts small"><div><dt>${say.certificate} ${say.for}</dt><dd>${visible(shown)}</dd></div><div><dt>${say.by}</dt><dd>${visible(issuer)}</dd></div><div><dt>${say.valid}</dt><dd>${dateElement(notBefore, language)} ${say.until} ${dateElement(notAfter, language)}</dd></div><div><dt>${say.key}</dt><dd>${key}</dd></div></dl>`;
}

/** What a stranger sends must not steer the page: bounded, and without characters that reorder or hide text. */
function visible(text: string): string {
  const short = text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text;
  return printable(short);
}
