/** Hand-made data for tests: valid, and as small as the schema allows, so that a test shows only what it is about. */
import type { Curated, LeftOut, MailHandler, Provider } from '../src/provider/model.ts';
import { Provider as ProviderSchema } from '../src/provider/schema.ts';

type Incoming = Provider['incoming'][number];
type Outgoing = Provider['outgoing'][number];

/**
 * A record with one IMAP and one SMTP server, and whatever the test says. `domains` is the id alone unless given.
 * @throws {z.ZodError} where the test's facts are not a valid record
 */
export function record(facts: Partial<Provider> = {}): Provider {
  const { id = 'mail.example' } = facts;
  return ProviderSchema.parse({
    id,
    name: 'Example Mail',
    short: 'Example',
    kind: 'freemail',
    country: 'DE',
    website: `https://${id}/`,
    access: 'open',
    domains: [id],
    incoming: [imap({ host: `imap.${id}` })],
    outgoing: [smtp({ host: `smtp.${id}` })],
    sources: { help: { url: `https://${id}/help` } },
    ...facts,
  });
}

/** imap.mail.example:993, TLS from the first byte. */
export function imap(facts: Partial<Incoming> = {}): Incoming {
  return { protocol: 'imap', port: 993, ...common, host: 'imap.mail.example', ...facts };
}

/** smtp.mail.example:465, TLS from the first byte. */
export function smtp(facts: Partial<Outgoing> = {}): Outgoing {
  return { protocol: 'smtp', port: 465, ...common, host: 'smtp.mail.example', ...facts };
}

const common: Pick<Incoming, 'security' | 'username' | 'auth' | 'sources'> = {
  security: 'tls',
  username: '%EMAILADDRESS%',
  auth: ['password-cleartext'],
  sources: ['help'],
};

/** Somebody who receives mail for others. */
export function handler(kind: MailHandler['kind'], ...mx: string[]): MailHandler {
  return { name: `The ${kind}`, kind, mx };
}

/** A domain (or `*.` and a domain) that is not served. */
export function leftOut(domain: string, reason: LeftOut['reason'] = 'unsure'): LeftOut {
  return { domain, reason, note: 'Nobody answered.' };
}

/** What a whole `data/` holds; lists that are not given are empty. */
export function curated(facts: Partial<Curated> = {}): Curated {
  return { providers: [], others: [], leftOut: [], noProbe: [], ...facts };
}
