/** Why there is no answer, in words. */
import type { Language } from '../provider/phrases.ts';
import type { Miss, MissReason } from './ladder.ts';

const sentences: Record<MissReason, Record<Language, (miss: Miss) => string>> = {
  'unknown-domain': {
    en: ({ domain, mx }) =>
      mx ? `The atlas does not know who hosts the mail of ${domain}.` : `The atlas does not know ${domain}.`,
    de: ({ domain, mx }) =>
      mx ? `Der Atlas weiß nicht, wo die Post von ${domain} liegt.` : `Der Atlas kennt ${domain} nicht.`,
  },
  'left-out': {
    en: ({ domain, leftOut }) => `${domain} is left out of the atlas: ${leftOut?.note ?? leftOut?.reason ?? ''}`,
    de: ({ domain, leftOut }) => `${domain} wird im Atlas nicht geführt: ${leftOut?.note ?? leftOut?.reason ?? ''}`,
  },
  'no-mx': {
    en: ({ domain, exists }) =>
      exists ? `DNS has no MX record for ${domain}.` : `There is no domain ${domain} in DNS.`,
    de: ({ domain, exists }) =>
      exists ? `Das DNS hat keinen MX-Eintrag für ${domain}.` : `Die Domain ${domain} gibt es im DNS nicht.`,
  },
  'null-mx': {
    en: ({ domain }) => `${domain} receives no mail at all (null MX).`,
    de: ({ domain }) => `${domain} nimmt überhaupt keine Post an (Null-MX).`,
  },
  'dns-timeout': {
    en: ({ domain }) => `DNS did not answer for ${domain} just now; try again later.`,
    de: ({ domain }) => `Das DNS hat gerade nicht für ${domain} geantwortet; später noch einmal versuchen.`,
  },
  'dns-budget': {
    en: ({ domain }) => `Too many questions at once: nobody was asked for ${domain}; try again in a minute.`,
    de: ({ domain }) =>
      `Zu viele Fragen auf einmal: Für ${domain} wurde niemand gefragt; in einer Minute noch einmal versuchen.`,
  },
  gateway: {
    en: ({ domain, handler }) =>
      `The mail of ${domain} passes ${handler?.name ?? 'a filter'} first; where the mailboxes are cannot be told.`,
    de: ({ domain, handler }) =>
      `Die Post von ${domain} läuft erst durch ${handler?.name ?? 'einen Filter'}; wo die Postfächer liegen, ist nicht zu erkennen.`,
  },
  forwarder: {
    en: ({ domain, handler }) =>
      `The mail of ${domain} is forwarded by ${handler?.name ?? 'a service'}; the mailbox is somewhere else.`,
    de: ({ domain, handler }) =>
      `Die Post von ${domain} wird von ${handler?.name ?? 'einem Dienst'} weitergeleitet; das Postfach liegt woanders.`,
  },
  sender: {
    en: ({ domain, handler }) =>
      `The mail of ${domain} goes to ${handler?.name ?? 'a sending service'}, which has no mailboxes.`,
    de: ({ domain, handler }) =>
      `Die Post von ${domain} geht an ${handler?.name ?? 'einen Versanddienst'}, der keine Postfächer hat.`,
  },
};

export function sayMiss(miss: Miss, language: Language): string {
  return sentences[miss.reason][language](miss);
}
