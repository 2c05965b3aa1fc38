/** The two lists that stand beside the records in `data/`: who handles mail for others, and what is not served. */
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

export type MailHandlerEntry = z.infer<typeof MailHandler>;
export type LeftOutEntry = z.infer<typeof LeftOut>;
export type ExceptionEntry = z.infer<typeof Exception>;
