/**
 * Delta Chat's provider-db written: `_providers/<id>.md`, facts in a YAML front matter, and the steps as the page behind it.
 * It knows IMAP and SMTP with a password, and the address or its local part as user name.
 */
import { type CurrentProvider, currentOf } from '../../provider/current.ts';
import { isTemplate, literalDomains } from '../../provider/hosts.ts';
import { takesPassword } from '../../provider/login.ts';
import type { Knowledge, Provider, Server } from '../../provider/model.ts';
import { inLanguage, stepText } from '../../provider/phrases.ts';
import type { Foreign } from '../foreign.ts';
import { patterns, sockets, types } from './vocabulary.ts';

/** One file. A provider without access is one, too: the list warns of it (`BROKEN`). */
export function renderProviderDb(record: Provider, knowledge: Knowledge): Foreign {
  const { provider } = currentOf(record, knowledge);
  const { name, domains, website } = provider;
  if (literalDomains(provider).length === 0) return { why: `${name} has no mail domain of its own` };
  const servers = [...provider.incoming, ...provider.outgoing].filter(isSayable);
  const works =
    servers.some(({ protocol }) => protocol === 'imap') && servers.some(({ protocol }) => protocol === 'smtp');
  if (!works && provider.access === 'open' && !refusesPasswords(provider))
    return { why: `${name} has no servers that this list can name` };
  const hint = works ? hintOf(provider) : refusal(provider);
  const status = !works ? 'BROKEN' : hint === undefined ? 'OK' : 'PREPARATION';
  const lines = [
    '---',
    `name: ${quoted(name)}`,
    `status: ${status}`,
    'domains:',
    ...domains.map((domain) => `  - ${quoted(domain)}`),
    ...(works ? ['server:', ...servers.flatMap(serverLines)] : []),
    ...(hint === undefined ? [] : [`before_login_hint: ${quoted(hint)}`]),
    ...(website === undefined ? [] : [`website: ${quoted(website)}`]),
    '---',
    '',
    ...page(provider),
  ];
  return { file: `_providers/${record.id}.md`, text: lines.join('\n') };
}

/** Plaintext is left out: the list's own clients would use it. */
function isSayable({ protocol, host, security, username, auth }: Server): boolean {
  const listed = types.some((type) => type === protocol);
  return listed && security !== 'none' && !isTemplate(host) && patterns.has(username) && takesPassword({ auth });
}

function refusesPasswords({ incoming, outgoing }: CurrentProvider): boolean {
  return [incoming, outgoing].some((servers) => servers.length > 0 && !servers.some(takesPassword));
}

function serverLines({ protocol, host, port, security, username }: Server): string[] {
  const pattern = patterns.get(username);
  return [
    `  - type: ${protocol}`,
    `    socket: ${sockets[security]}`,
    `    hostname: ${host}`,
    `    port: ${port}`,
    ...(pattern === 'EMAIL' ? [] : [`    username_pattern: ${pattern}`]),
  ];
}

/** What to do first; without links, which the list's clients show as text. Nothing to do: undefined. */
function hintOf({ setup = [] }: CurrentProvider): string | undefined {
  const steps = setup.filter(({ kind, protocols }) => kind !== 'note' && concerns(protocols));
  return steps.length === 0 ? undefined : steps.map((step) => stepText(step, 'en')).join(' ');
}

function concerns(protocols: readonly string[] | undefined): boolean {
  return !protocols || protocols.includes('imap') || protocols.includes('smtp');
}

function refusal({ name, access, restriction }: CurrentProvider): string {
  if (access !== 'open') return inLanguage(restriction?.text, 'en') ?? `${name} offers no IMAP and SMTP.`;
  return `${name} takes no passwords from mail programs, only OAuth2.`;
}

/** The steps with their links. */
function page({ setup = [] }: CurrentProvider): string[] {
  const steps = setup.map((step) => `* ${stepText(step, 'en')}${step.url === undefined ? '' : ` <${step.url}>`}`);
  return steps.length === 0 ? [] : [...steps, ''];
}

/** A JSON string is one in YAML (YAML 1.2 section 1.2). */
function quoted(text: string): string {
  return JSON.stringify(text);
}
