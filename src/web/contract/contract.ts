/**
 * What the API takes and gives, as schemas: the handlers parse queries by them, OpenAPI is generated from them, and
 * test/web/contract/openapi.test.ts holds every answer against them.
 */
import * as z from 'zod';
import { autoconfigVersions } from '../../formats/autoconfig/vocabulary.ts';
import { hostMembers, urlMembers } from '../../formats/pacc/vocabulary.ts';
import { Messages } from '../../provider/lists.ts';
import { matchedBys, mechanisms, statusNames, trustLevels, trusts } from '../../provider/model.ts';
import {
  Alternative,
  accesses,
  Decision,
  Documentation,
  Follow,
  IncomingServer,
  kinds,
  LocalServer,
  OAuth2,
  OutgoingServer,
  Provider,
  protocols,
  Restriction,
  Service,
  SetupStep,
  Source,
} from '../../provider/schema.ts';
import { errorCodes } from '../http/errors.ts';

const username = z
  .string()
  .nullable()
  .describe('What to enter: a template, filled in where the request had an address; null: ask the person, see “hint”.');
const checked = {
  username,
  status: z.enum(statusNames).describe('What the verifier says of the endpoint.'),
  checkedAt: z.iso.datetime().nullable().describe('When the endpoint was last checked; null: never.'),
  authentic: z
    .object({
      source: z.string().describe('A key of “sources”.'),
      at: z.string().nullable().describe('The day it was read: YYYY, YYYY-MM or YYYY-MM-DD; null: unknown.'),
    })
    .nullable()
    .describe('The provider’s own word for this server; null: only others speak of it.'),
  answers: z
    .object({
      status: z.enum(statusNames),
      since: z.iso.datetime().nullable().describe('Since when it has this status.'),
      at: z.iso.datetime().describe('The newest conclusive check.'),
      vantage: z.string().optional().describe('Who looked, where it was another instance.'),
    })
    .nullable()
    .describe(
      'What probes say: it answers, with TLS as it should be. Not that anybody can sign in. null: never checked.',
    ),
  signsIn: z
    .object({
      at: z.iso.datetime(),
      level: z.enum(['L3', 'L4']).describe('L3: it took the password; L4: a message went through it, too.'),
    })
    .nullable()
    .describe('The newest login of the operator’s own account that worked; null: none is known.'),
};
const Withheld = z
  .object({
    host: z.string(),
    since: z.iso.datetime(),
    why: z.string().describe('A sentence.'),
  })
  .describe('A host under quarantine: its servers and links are left out of every format until a person lifts it.');

const settings = {
  withheld: z.array(Withheld).describe('Hosts that are not given now; their servers are missing below.'),
  incoming: z.array(IncomingServer.extend(checked)).describe('Servers to fetch mail from, best first.'),
  outgoing: z.array(OutgoingServer.extend(checked)).describe('Servers to send mail through, best first.'),
  local: z.array(LocalServer.extend({ username })).describe('Servers of a bridge on the user’s own machine.'),
  services: z.array(Service.extend({ username })).describe('Calendars, address books, JMAP and the like.'),
  oauth2: OAuth2.optional(),
  setup: z
    .array(SetupStep.extend({ text: z.object({ en: z.string(), de: z.string() }).describe('The whole instruction.') }))
    .describe('What a person must do first.'),
  alternatives: z.array(Alternative).describe('Other records that may apply to some accounts.'),
  documentation: z.array(Documentation),
  sources: z.record(z.string(), Source).describe('Where the facts come from.'),
};

const ProviderIdentity = z
  .object({
    id: z.string(),
    name: z.string(),
    short: z.string(),
    kind: z.enum(kinds),
    country: z.string(),
    operator: z.string().optional(),
    website: z
      .string()
      .optional()
      .describe('Missing while it is withheld, and where the domain itself is all that is known.'),
    webmail: z.string().optional(),
    access: z.enum(accesses),
    restriction: Restriction.optional(),
  })
  .describe('Who the provider is, and whether mail programs can sign in at all.');

const Publication = z
  .object({
    mechanism: z.enum(mechanisms).describe('How the domain publishes it.'),
    where: z.string().describe('The URL that had it in the end, or the domain whose DNS records they are.'),
    trust: z
      .enum(trustLevels)
      .describe('tls: on certificates alone. dns: a DNS record named the place or the servers. Never insecure here.'),
    certified: z
      .array(z.object({ host: z.string(), issuer: z.string().describe('The authority that certified the host.') }))
      .describe('The hosts on the way, in order; the first is the domain’s own.'),
  })
  .describe('Only where matchedBy is “published”: what vouches for the settings. Nobody has curated them.');

export const LookupAnswer = z
  .object({
    domain: z.string().describe('The domain that was looked up, as A-labels.'),
    matchedBy: z.enum(matchedBys).describe('How the record was found.'),
    trust: z
      .enum(trusts)
      .describe(
        'dns: found by the domain’s MX, which plain DNS does not protect. self: the domain’s own word, see “publication”.',
      ),
    mx: z.string().optional().describe('The MX host that led to the record.'),
    publication: Publication.optional(),
    provider: ProviderIdentity.partial({ kind: true, country: true }).describe(
      'Who the provider is. Where matchedBy is “published” there are no kind, country and website: a domain does not say.',
    ),
    ...settings,
  })
  .meta({ id: 'LookupAnswer' });

export const ProviderAnswer = z
  .object({
    provider: ProviderIdentity,
    formerly: z.array(z.string()),
    domains: z.array(z.string()),
    mx: z.array(z.string()),
    ...settings,
    follow: Follow.optional().describe('The file of the provider’s own that the record follows.'),
    decisions: z.array(Decision),
    feed: z
      .url()
      .optional()
      .describe('An Atom feed of what changes about the record and its servers; where the server knows its own URL.'),
  })
  .meta({ id: 'Provider' });

export const ProviderSummary = Provider.pick({
  id: true,
  name: true,
  short: true,
  kind: true,
  country: true,
  access: true,
})
  .extend({
    domains: z.int().describe('How many mail domains the record has.'),
    protocols: z.array(z.enum(protocols)),
    status: z
      .enum(statusNames)
      .nullable()
      .describe('How the servers are that stand first: the worse of incoming and outgoing; null: there are none.'),
  })
  .meta({ id: 'ProviderSummary' });

export const ProviderList = z
  .object({
    total: z.int().describe('How many records match.'),
    page: z.int(),
    pages: z.int(),
    providers: z.array(ProviderSummary),
  })
  .meta({ id: 'ProviderList' });

const revision = {
  n: z.int().describe('A number of this server’s own, growing.'),
  at: z.iso.datetime(),
  oldDigest: z.string().nullable().describe('SHA-256 of the facts before; null: the record was new.'),
  newDigest: z.string().nullable().describe('SHA-256 of the facts after; null: the record was removed.'),
  cause: z.string(),
};

export const RevisionList = z.object({ revisions: z.array(z.object(revision)) }).meta({ id: 'RevisionList' });

export const ChangeList = z
  .object({
    since: z.int(),
    revision: z
      .int()
      .describe('The newest there is. Smaller than “since”: the server began anew, get everything again.'),
    more: z.boolean().describe('There are more: ask again since the last “n” of this answer.'),
    changes: z.array(z.object({ id: z.string().describe('The id of the record.'), ...revision })),
  })
  .meta({ id: 'ChangeList' });

/** A page of something numbered, newest first. */
export const PageQuery = z.object({
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a number from 1 to 100')
    .optional()
    .describe('How many (default 50).'),
  before: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be a number from 1')
    .optional()
    .describe('Only those with a smaller number.'),
});

export const Problem = z
  .looseObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.enum(errorCodes).describe('Stable; for programs.'),
    detail: z.string().describe('For people.'),
  })
  .describe('RFC 9457')
  .meta({ id: 'Problem' });

export const Health = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });
export const Readiness = z
  .object({ status: z.literal('ready'), version: z.string(), providers: z.int(), revision: z.int() })
  .meta({ id: 'Readiness' });

export const LookupQuery = z.object({
  domain: z.string().optional().describe('A mail domain, in any form people type.'),
  email: z.string().optional().describe('An address: user names are filled in, and nobody may keep the answer.'),
  mx: z.enum(['0', '1']).optional().describe('0: do not ask DNS for the domain’s MX (default 1).'),
  published: z
    .enum(['0', '1'])
    .optional()
    .describe('1: where nothing else is known, ask the domain itself what it publishes; takes seconds (default 0).'),
});

export const ListQuery = z.object({
  q: z.string().max(100).optional().describe('Part of a name, an id or a domain.'),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, 'must be two letters')
    .optional()
    .describe('ISO 3166 code.'),
  protocol: z.enum(protocols).optional().describe('Only providers that offer it.'),
  access: z.enum(accesses).optional(),
  status: z.enum(statusNames).optional().describe('Only providers whose first servers are so.'),
  page: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'must be a number from 1')
    .optional()
    .describe('From 1; a hundred a page.'),
});

export const VersionQuery = z.object({
  version: z
    .enum(autoconfigVersions)
    .optional()
    .describe('1.2: the IETF draft’s own version, with OAuth2, calendars, address books and the like (default 1.1).'),
});

export const PublishQuery = z.object({
  domain: z.string().optional().describe('Whose zone or document it is; the record’s own main domain if not given.'),
  web: z
    .string()
    .optional()
    .describe('Of the zone: the host that serves autoconfig, Autodiscover and PACC for the domain.'),
});

/** draft-ietf-mailmaint-pacc-03 */
export const PaccDocument = z
  .object({
    authentication: z.object({ password: z.boolean() }),
    info: z.object({
      help: z.object({ documentation: z.string() }).optional(),
      provider: z.object({ name: z.string(), shortName: z.string() }),
    }),
    protocols: z.partialRecord(
      z.enum([...urlMembers, ...(Object.keys(hostMembers) as (keyof typeof hostMembers)[])].toSorted()),
      z.object({ host: z.string().optional(), url: z.string().optional() }),
    ),
  })
  .describe('What a domain publishes about itself, byte for byte: its SHA-256 stands in DNS (header Repr-Digest).')
  .meta({ id: 'Pacc' });

export const ChangesQuery = z.object({
  since: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a number from 0')
    .describe('A revision: what changed after it. 0: everything.'),
});

export const MessageList = Messages.meta({ id: 'MessageList' });

export const AskQuery = z.object({ domain: z.string().optional().describe('The name that a certificate is for.') });
export const Asked = z.object({ domain: z.string() }).meta({ id: 'Asked' });

export const DomainPath = z.object({ domain: z.string().describe('A mail domain, or the name of its MX hosts.') });
export const ProviderPath = z.object({ id: z.string().describe('The id of a record.') });
export const AddressQuery = VersionQuery.extend({
  emailaddress: z
    .string()
    .optional()
    .describe('The address; without it the Host decides. “+” and “@” need no encoding.'),
});

/** The parameters have capital letters, as Microsoft writes them; any case will do. */
export const AutodiscoverQuery = z.object({
  Protocol: z.string().describe('“AutodiscoverV1” is all that is answered.'),
  Email: z.string().optional().describe('Not read.'),
});
export const AutodiscoverPath = z.object({ address: z.string().describe('Not read.') });
export const AutodiscoverFound = z
  .object({ Protocol: z.literal('AutodiscoverV1'), Url: z.url().describe('Where the XML is.') })
  .meta({ id: 'AutodiscoverFound' });
export const AutodiscoverRefused = z
  .object({ ErrorCode: z.enum(['InvalidProtocol', 'MandatoryParameterMissing']), ErrorMessage: z.string() })
  .describe('In Microsoft’s form.')
  .meta({ id: 'AutodiscoverRefused' });

const language = z.enum(['en', 'de']).optional().describe('Of the text (default en).');
export const LanguageQuery = z.object({ lang: language });
export const ProfileForm = z
  .strictObject({
    email: z.string().max(2048).describe('The address that the profile is for.'),
    name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .regex(/^\P{Cc}*$/u, 'must not contain control characters')
      .optional()
      .describe('The person’s name, as others see it.'),
    lang: language,
  })
  .meta({ id: 'ProfileForm' });

/** The agent's own choice: whatever comes twice under it is one. */
export const RunId = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d{1,9}$/, 'must be a UUID, “.” and a number');
export const RunPath = z.object({
  run: RunId.describe('A UUID that the agent has chosen, a full stop, and the number of the run.'),
});
