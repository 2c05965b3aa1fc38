/** The lists beside the records in `data/`: who handles mail for others, what is not served or probed, what servers say. */
import * as z from 'zod';
import { date, hostName, hostOrWildcard, httpsUrl, line, prose } from './fields.ts';

const MailHandler = z.strictObject({
  name: line(60).describe('Who it is, as the company writes it.'),
  kind: z
    .enum(['gateway', 'forwarder', 'sender'])
    .describe(
      'gateway: filters mail for mailboxes elsewhere. forwarder: passes it on. sender: bulk mail, no mailboxes.',
    ),
  website: httpsUrl.optional().describe('The company’s page about the service.'),
  mx: z.array(hostOrWildcard).min(1).describe('Its MX host patterns, sorted.').meta({ sorted: true }),
});

/** `data/mx-others.yml` */
export const MxOthers = z.strictObject({
  others: z.array(MailHandler).describe('Hosts that take mail in for domains whose mailboxes are elsewhere.'),
});

const LeftOut = z.strictObject({
  domain: hostOrWildcard.describe('The domain, or "*." and a domain.'),
  reason: z
    .enum(['dead', 'moved', 'no-access', 'not-mail', 'unsure'])
    .describe('dead: no mail there any more. unsure: what is known is not good enough to send people there.'),
  since: date.optional().describe('Since when, where that is known.'),
  successor: hostName.optional().describe('The id of the record that serves these people now.'),
  note: prose(300).describe('What was found, in our own words, with the source in brackets.'),
});

/** `data/left-out.yml` */
export const LeftOutList = z.strictObject({
  domains: z.array(LeftOut).describe('Domains that were looked at and are not served, each with the reason.'),
});

const OptOut = z.strictObject({
  name: hostName.describe('A host, or a domain with every host below it.'),
  since: date.describe('The day its owner asked.'),
  note: prose(300).describe('Who asked, and how one knows that it is theirs.'),
});

/** `data/no-probe.yml` */
export const NoProbe = z.strictObject({
  names: z
    .array(OptOut)
    .describe('Whose owners asked not to be probed; their servers stay in the records, unverified.'),
});

const Exception = z.strictObject({
  rule: z.string().min(1).max(60).describe('The name of the lint rule.'),
  id: hostName.describe('The record it excuses.'),
  reason: prose(300).describe('Why the rule is wrong here.'),
  until: date.describe('The day by which this must be looked at again.'),
});

/** `data/exceptions.yml` */
export const Exceptions = z.strictObject({
  exceptions: z.array(Exception).describe('Lint findings that are known and excused. The list may only shrink.'),
});

const Message = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower case, digits, hyphens')
    .describe('A stable name, such as google-app-password.'),
  pattern: line(200)
    .describe('What the server says, as a part of its line, in any case; “*” stands for anything, “|” for a choice.')
    .meta({ prose: true }),
  protocols: z
    .array(z.enum(['imap', 'pop3', 'smtp']))
    .min(1)
    .optional()
    .describe('Where it is said; leave out where everywhere.'),
  providers: z
    .array(hostName)
    .min(1)
    .optional()
    .describe('Ids of the records whose servers say it; leave out where servers of many providers do.')
    .meta({ sorted: true }),
  meaning: z
    .strictObject({ en: prose(300).describe('In English.'), de: prose(300).describe('In German.') })
    .describe('What it means and what to do, for people.'),
  cure: z
    .enum(['app-password', 'enable-access', 'paid-plan', 'oauth2', 'password', 'username', 'wait', 'unlock', 'none'])
    .describe('What helps: a set-up step of the record, or another kind of remedy.'),
  source: z
    .string()
    .regex(/^https:\/\/\S+$/, 'must be an https:// URL')
    .describe('Where the text was seen.'),
});

/** `data/messages.yml` */
export const Messages = z.strictObject({
  messages: z.array(Message).describe('What servers say when sign-in or sending fails; the more specific ones first.'),
});

export type MailHandlerEntry = z.infer<typeof MailHandler>;
export type LeftOutEntry = z.infer<typeof LeftOut>;
export type OptOutEntry = z.infer<typeof OptOut>;
export type MessageEntry = z.infer<typeof Message>;
