/**
 * Apple's configuration profiles: one file sets up Mail on iPhone, iPad, Mac and Vision Pro (com.apple.mail.managed), and
 * calendar and contacts where the record knows them.
 *
 * - Without an address the profile holds no personal data: the device asks for address, user name and password. With one it
 *   holds address and user names. A password is never in it.
 * - Ports and TLS are said for each server: where they are missing, a device tries without TLS (port 25 first).
 * - The identifier is the provider's, so that a newer profile takes the place of an older one; with an address it is also of
 *   that address, so that two accounts at one provider stand side by side (of profiles without an address a device keeps one
 *   a provider). UUIDs follow from identifiers alone: a device updates an account whose payload has the same identifier and
 *   UUID, and would delete and make it anew otherwise (CommonPayloadKeys.yaml). The same facts are the same bytes.
 * - `ConsentText` is shown before installation in the language of the device; `PayloadDescription` has one language only.
 */
import { createHash } from 'node:crypto';
import { type CurrentProvider, currentOf } from '../../provider/current.ts';
import { withHosts } from '../../provider/hosts.ts';
import { fillUsername } from '../../provider/login.ts';
import type { Answer, Knowledge, Server, Service } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import { uuid5 } from '../uuid.ts';
import { type Chosen, choose, type Pair, type Refusal } from './choose.ts';
import { type Plist, renderPlist } from './plist.ts';
import { sayConsent, sayDescription } from './says.ts';
import { accountType, payloadType } from './vocabulary.ts';

export interface ProfileRequest {
  readonly answer: Pick<Answer, 'domain' | 'provider' | 'matchedBy' | 'mx'>;
  readonly knowledge: Knowledge;
  /** Of `PayloadDescription`. */
  readonly language: Language;
  /** What stands before the “@”, for a profile of one address. */
  readonly local?: string | undefined;
  /** How that address signs in, where it is known. */
  readonly login?: string | undefined;
  /** The name of the person, as others see it. */
  readonly name?: string | undefined;
}

/** Made once for the profiles of mailatlas; never changes, or every profile gets other identifiers. */
const profileNamespace = '6f0c9f2c-4b0e-4d0b-9b5e-2f1a8f7c3d61';

type Dict = { readonly [key: string]: Plist | undefined };

/** Renders the profile, or says why there is none. */
export function renderProfile(request: ProfileRequest): { readonly profile: string } | { readonly refusal: Refusal } {
  const { answer, knowledge, language, local } = request;
  const { provider } = currentOf(withHosts(answer), knowledge);
  const pair = choose(provider);
  if (typeof pair === 'string') return { refusal: pair };

  const address = local === undefined ? undefined : `${local}@${answer.domain}`;
  const identifier = identifierOf(provider.id, address);
  const title = address === undefined ? provider.name : `${provider.name} (${address})`;
  const asks = local === undefined;
  const consent = { default: sayConsent(provider, pair, asks, 'en'), de: sayConsent(provider, pair, asks, 'de') };
  const accounts = [mail(pair, provider, request), ...davAccounts(provider, request)];
  const profile = {
    ...payload('profile', identifier, title),
    PayloadDescription: sayDescription(title, language),
    ...(consent.default !== undefined && { ConsentText: consent }),
    PayloadRemovalDisallowed: false,
    PayloadContent: accounts.map(({ type, settings }) => ({
      ...payload(type, `${identifier}.${type}`, title),
      ...settings,
    })),
  };
  return { profile: renderPlist(profile) };
}

/** In the reverse order of a domain, as Apple wants it. The address itself is not readable in it. */
function identifierOf(id: string, address: string | undefined): string {
  const own = `mailatlas.${id.split('.').toReversed().join('.')}`;
  if (address === undefined) return own;
  return `${own}.${createHash('sha256').update(address).digest('hex').slice(0, 16)}`;
}

/** The keys that every payload has, the profile itself included. */
function payload(type: keyof typeof payloadType, identifier: string, title: string): Dict {
  return {
    PayloadType: payloadType[type],
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: uuid5(profileNamespace, identifier).toUpperCase(),
    PayloadDisplayName: title,
    PayloadOrganization: 'mailatlas',
  };
}

interface Payload {
  readonly type: 'mail' | 'caldav' | 'carddav';
  readonly settings: Dict;
}

function mail({ incoming, outgoing }: Pair, { name }: CurrentProvider, request: ProfileRequest): Payload {
  const { answer, local } = request;
  const fetch = incoming.server;
  const hasOnePassword = incoming.auth !== 'EmailAuthNone' && outgoing.auth !== 'EmailAuthNone';
  return {
    type: 'mail',
    settings: {
      EmailAccountDescription: name,
      EmailAccountName: request.name,
      EmailAccountType: fetch.protocol === 'pop3' ? accountType.pop3 : accountType.imap,
      EmailAddress: local === undefined ? undefined : `${local}@${answer.domain}`,
      ...serverKeys('Incoming', incoming, request),
      ...serverKeys('Outgoing', outgoing, request),
      ...(hasOnePassword && { OutgoingPasswordSameAsIncomingPassword: true }),
    },
  };
}

function serverKeys(which: 'Incoming' | 'Outgoing', { server, auth }: Chosen, request: ProfileRequest): Dict {
  return {
    [`${which}MailServerHostName`]: server.host,
    [`${which}MailServerPortNumber`]: server.port,
    // Only servers with TLS are ever chosen.
    [`${which}MailServerUseSSL`]: true,
    [`${which}MailServerAuthentication`]: auth,
    [`${which}MailServerUsername`]: auth === 'EmailAuthNone' ? undefined : userName(server, request),
  };
}

/** Undefined where the device has to ask. */
function userName({ username }: Server | Service, { local, login, answer }: ProfileRequest): string | undefined {
  return local === undefined ? undefined : fillUsername(username, { local, domain: answer.domain, login });
}

const davKeys = { caldav: 'CalDAV', carddav: 'CardDAV' } as const;

/** Calendar and contacts that take a password: Apple's payloads know nothing else. */
function davAccounts({ name, services = [] }: CurrentProvider, request: ProfileRequest): Payload[] {
  return (['caldav', 'carddav'] as const).flatMap((type) => {
    const service = services.find(
      ({ protocol, url, auth }) => protocol === type && url !== undefined && auth.includes('password-cleartext'),
    );
    if (service?.url === undefined) return [];
    const { hostname, port, pathname, href } = new URL(service.url);
    const key = davKeys[type];
    const settings = {
      [`${key}AccountDescription`]: name,
      [`${key}HostName`]: hostname,
      [`${key}Port`]: Number(port || 443),
      [`${key}UseSSL`]: true,
      // A host alone is asked where its principals are (RFC 6764 section 5).
      [`${key}PrincipalURL`]: pathname === '/' ? undefined : href,
      [`${key}Username`]: userName(service, request),
    };
    return [{ type, settings }];
  });
}
