/**
 * What is said of an endpoint, in English and German: which host, what was expected, what was seen, and what to do. One
 * table for all codes; the words of servers are quoted, never translated.
 */
import type { TlsSession } from '../net/wire.ts';
import type { Language } from '../provider/phrases.ts';
import type { Endpoint } from './endpoint.ts';
import type { FindingCode, WarningCode } from './verdict.ts';

/** What a sentence can name. */
export interface Facts {
  readonly endpoint: Endpoint;
  readonly address?: string | undefined;
  /** The server's words, or what was measured; may be empty. */
  readonly seen: string;
}

interface Words {
  readonly host: string;
  /** `imap.example.com:993` */
  readonly where: string;
  /** `IMAP` */
  readonly protocol: string;
  /** `an IMAP`, `a POP3` */
  readonly aProtocol: string;
  /** The seen text in quotation marks behind a colon, or nothing. */
  readonly quoted: string;
  readonly seen: string;
}
type Sentence = (words: Words) => string;
type Pair = Readonly<Record<Language, Sentence>>;

const findingSentences: Readonly<Record<FindingCode, Pair>> = {
  'dns.nxdomain': {
    en: ({ host }) =>
      `${host} does not exist in DNS. If it stays so, find the provider’s new host name or close the entry.`,
    de: ({ host }) =>
      `${host} gibt es im DNS nicht. Bleibt es so, den neuen Namen beim Anbieter suchen oder den Eintrag schließen.`,
  },
  'dns.nodata': {
    en: ({ host }) => `${host} exists in DNS but has no address. If it stays so, find the provider’s new host name.`,
    de: ({ host }) =>
      `${host} steht im DNS, hat aber keine Adresse. Bleibt es so, den neuen Namen beim Anbieter suchen.`,
  },
  'dns.servfail': {
    en: ({ host }) =>
      `The name servers of ${host} cannot answer (or its DNSSEC signature is wrong). The provider has to mend them.`,
    de: ({ host }) =>
      `Die Nameserver von ${host} können nicht antworten (oder die DNSSEC-Signatur stimmt nicht). Der Anbieter muss das beheben.`,
  },
  'dns.timeout': {
    en: ({ host }) => `The name servers of ${host} gave no answer in time. Try again later.`,
    de: ({ host }) => `Die Nameserver von ${host} haben nicht rechtzeitig geantwortet. Später noch einmal versuchen.`,
  },
  'policy.blocked-address': {
    en: ({ host, seen }) =>
      `${leadsTo(host, seen, 'leads to')}: nobody is sent there, and nothing was dialled. For a server of your own use --allow-private.`,
    de: ({ host, seen }) =>
      `${leadsTo(host, seen, 'führt zu')}: Dorthin wird niemand geschickt, und es wurde nichts angerufen. Für eigene Server gibt es --allow-private.`,
  },
  'policy.port': {
    en: ({ where }) => `${where}: this port is not one for mail, and was not dialled. Check the entry.`,
    de: ({ where }) => `${where}: Dieser Port ist keiner für E-Mail und wurde nicht angerufen. Den Eintrag prüfen.`,
  },
  'tcp.refused': {
    en: ({ where }) => `${where} refuses connections: no program listens there. Check the port with the provider.`,
    de: ({ where }) => `${where} lehnt Verbindungen ab: Dort hört kein Programm zu. Den Port beim Anbieter prüfen.`,
  },
  'tcp.timeout': {
    en: ({ where }) =>
      `${where} does not answer: no connection in time. A firewall or an outage; check the port with the provider.`,
    de: ({ where }) =>
      `${where} antwortet nicht: keine Verbindung in der Zeit. Eine Firewall oder ein Ausfall; den Port beim Anbieter prüfen.`,
  },
  'tcp.unreachable': {
    en: ({ where }) => `The network says that ${where} cannot be reached. Try again later.`,
    de: ({ where }) => `Laut Netz ist ${where} nicht zu erreichen. Später noch einmal versuchen.`,
  },
  'tcp.no-ipv6': {
    en: ({ host }) =>
      `${host} is known by IPv6 here, and this machine has none; nothing follows for the server. Probe from a network with IPv6.`,
    de: ({ host }) =>
      `${host} ist hier über IPv6 bekannt, und dieser Rechner hat keines; über den Server sagt das nichts. Aus einem Netz mit IPv6 prüfen.`,
  },
  'tcp.reset': {
    en: ({ where }) =>
      `${where} broke off the connection before it stood. A firewall or a ban; try again later, from another network too.`,
    de: ({ where }) =>
      `${where} hat die Verbindung abgebrochen, bevor sie stand. Eine Firewall oder eine Sperre; später und aus einem anderen Netz noch einmal versuchen.`,
  },
  'tcp.failed': {
    en: ({ where, quoted }) =>
      `The connection to ${where} could not be made from here${quoted}. Look at this machine’s network first.`,
    de: ({ where, quoted }) =>
      `Die Verbindung zu ${where} ließ sich von hier nicht herstellen${quoted}. Zuerst das Netz dieses Rechners ansehen.`,
  },
  'tls.plaintext-on-tls-port': {
    en: ({ where, quoted }) =>
      `TLS was expected from the first byte on ${where}, but the server talks in the open${quoted}. Change the mode to STARTTLS, or the port.`,
    de: ({ where, quoted }) =>
      `Auf ${where} wurde TLS vom ersten Byte an erwartet, der Server spricht aber offen${quoted}. Den Modus auf STARTTLS ändern oder den Port.`,
  },
  'tls.version': {
    en: ({ where, quoted }) =>
      `${where} does not speak TLS 1.2 or newer${quoted}; current mail programs refuse it. The provider has to update the server.`,
    de: ({ where, quoted }) =>
      `${where} spricht kein TLS 1.2 oder neuer${quoted}; heutige Mailprogramme lehnen das ab. Der Anbieter muss den Server erneuern.`,
  },
  'tls.closed': {
    en: ({ where }) =>
      `${where} ended the connection during the TLS handshake: a ban, a server name it does not know, or an outage. Try again later.`,
    de: ({ where }) =>
      `${where} hat die Verbindung mitten im TLS-Aufbau beendet: eine Sperre, ein unbekannter Servername oder ein Ausfall. Später noch einmal versuchen.`,
  },
  'tls.timeout': {
    en: ({ where }) =>
      `${where} takes connections but does not finish the TLS handshake in time. Try again later; perhaps the port is for STARTTLS.`,
    de: ({ where }) =>
      `${where} nimmt Verbindungen an, beendet den TLS-Aufbau aber nicht rechtzeitig. Später noch einmal versuchen; vielleicht ist der Port für STARTTLS.`,
  },
  'tls.handshake': {
    en: ({ where, quoted }) =>
      `${where} and this program found no common way to speak TLS${quoted}. The provider has to look at the server’s TLS settings.`,
    de: ({ where, quoted }) =>
      `${where} und dieses Programm haben keine gemeinsame Art von TLS gefunden${quoted}. Der Anbieter muss die TLS-Einstellungen ansehen.`,
  },
  'tls.internal-error': {
    en: ({ where }) => `${where} reports an error of its own during the TLS handshake. Try again later.`,
    de: ({ where }) => `${where} meldet beim TLS-Aufbau einen eigenen Fehler. Später noch einmal versuchen.`,
  },
  'tls.client-cert-required': {
    en: ({ where }) =>
      `${where} asks for a certificate of the client, which people do not have. The entry must say TLS-client-cert, or name another server.`,
    de: ({ where }) =>
      `${where} verlangt ein Zertifikat des Mailprogramms, das Privatleute nicht haben. Der Eintrag muss TLS-client-cert nennen oder einen anderen Server.`,
  },
  'tls.no-alpn': {
    en: ({ where }) =>
      `${where} refuses TLS because no protocol was agreed on (ALPN): it is no mail server. Check host and port.`,
    de: ({ where }) =>
      `${where} lehnt TLS ab, weil kein Protokoll vereinbart wurde (ALPN): Das ist kein Mailserver. Host und Port prüfen.`,
  },
  'tls.sni-rejected': {
    en: ({ host, where }) =>
      `The server at ${where} says that it is not ${host} (unrecognized name). Find the provider’s right host name.`,
    de: ({ host, where }) =>
      `Der Server auf ${where} sagt, er sei nicht ${host} (unrecognized name). Den richtigen Namen beim Anbieter suchen.`,
  },
  'tls.weak-key': {
    en: ({ where, quoted }) =>
      `A key or signature of ${where} is too weak for current programs${quoted}. The provider has to replace it.`,
    de: ({ where, quoted }) =>
      `Ein Schlüssel oder eine Signatur von ${where} ist für heutige Programme zu schwach${quoted}. Der Anbieter muss sie ersetzen.`,
  },
  'tls.expired': {
    en: ({ where, seen }) =>
      `The certificate of ${where} has expired${seen && `: ${day(seen)}`}. The provider has to renew it.`,
    de: ({ where, seen }) =>
      `Das Zertifikat von ${where} ist abgelaufen${seen && `: ${day(seen)}`}. Der Anbieter muss es erneuern.`,
  },
  'tls.not-yet-valid': {
    en: ({ where, seen }) =>
      `The certificate of ${where} is not valid yet${seen && `: from ${day(seen)}`}. Check the clock of this machine, then ask the provider.`,
    de: ({ where, seen }) =>
      `Das Zertifikat von ${where} gilt noch nicht${seen && `: ab ${day(seen)}`}. Die Uhr dieses Rechners prüfen, dann den Anbieter fragen.`,
  },
  'tls.hostname': {
    en: ({ host, where, seen }) =>
      `The certificate of ${where} is not for ${host}${seen && `; it names ${seen}`}. Use a host name that it covers, if the provider names one.`,
    de: ({ host, where, seen }) =>
      `Das Zertifikat von ${where} gilt nicht für ${host}${seen && `; es nennt ${seen}`}. Einen Namen verwenden, den es abdeckt, wenn der Anbieter einen nennt.`,
  },
  'tls.self-signed': {
    en: ({ where }) =>
      `The certificate of ${where} vouches only for itself (self-signed), so nobody can check it. The provider needs one of a recognised authority.`,
    de: ({ where }) =>
      `Das Zertifikat von ${where} bürgt nur für sich selbst (selbst signiert), prüfen kann es niemand. Der Anbieter braucht eines einer anerkannten Stelle.`,
  },
  'tls.incomplete-chain': {
    en: ({ where, seen }) =>
      `${where} does not send the certificate of its issuer${inBrackets(seen)}, or nobody knows that issuer. The provider has to send the whole chain.`,
    de: ({ where, seen }) =>
      `${where} schickt das Zertifikat seines Ausstellers${inBrackets(seen)} nicht mit, oder niemand kennt den Aussteller. Der Anbieter muss die ganze Kette schicken.`,
  },
  'tls.untrusted': {
    en: ({ where, quoted }) =>
      `The certificate of ${where} does not lead to an authority that is trusted here${quoted}. The provider needs one of a recognised authority.`,
    de: ({ where, quoted }) =>
      `Das Zertifikat von ${where} führt zu keiner hier anerkannten Stelle${quoted}. Der Anbieter braucht eines einer anerkannten Stelle.`,
  },
  'tls.tls-on-plaintext-port': {
    en: ({ where, seen }) =>
      `${where} speaks TLS from the first byte${inBrackets(seen)}, not after STARTTLS. Change the mode to TLS.`,
    de: ({ where, seen }) =>
      `${where} spricht TLS vom ersten Byte an${inBrackets(seen)}, nicht erst nach STARTTLS. Den Modus auf TLS ändern.`,
  },
  'greeting.timeout': {
    en: ({ where, protocol }) =>
      `${where} takes connections but sends no ${protocol} greeting in time. Try again later; perhaps it is no ${protocol} server.`,
    de: ({ where, protocol }) =>
      `${where} nimmt Verbindungen an, schickt aber keine ${protocol}-Begrüßung in der Zeit. Später noch einmal versuchen; vielleicht ist es kein ${protocol}-Server.`,
  },
  'greeting.closed': {
    en: ({ where, aProtocol }) =>
      `${where} ended the connection without ${aProtocol} greeting: a ban or an outage. Try again later, from another network too.`,
    de: ({ where, protocol }) =>
      `${where} hat die Verbindung ohne ${protocol}-Begrüßung beendet: eine Sperre oder ein Ausfall. Später und aus einem anderen Netz noch einmal versuchen.`,
  },
  'greeting.too-long': {
    en: ({ where, aProtocol, protocol }) =>
      `${where} sends endlessly instead of ${aProtocol} greeting. It is no ${protocol} server; check host and port.`,
    de: ({ where, protocol }) =>
      `${where} sendet endlos statt einer ${protocol}-Begrüßung. Das ist kein ${protocol}-Server; Host und Port prüfen.`,
  },
  'greeting.wrong-protocol': {
    en: ({ where, aProtocol, seen }) =>
      `${where} was expected to be ${aProtocol} server, but another one answers${inBrackets(seen)}. Check host and port.`,
    de: ({ where, protocol, seen }) =>
      `Auf ${where} wurde ein ${protocol}-Server erwartet, es antwortet aber ein anderer${inBrackets(seen)}. Host und Port prüfen.`,
  },
  'greeting.garbage': {
    en: ({ where, protocol, quoted }) =>
      `${where} greets with something that is not ${protocol}${quoted}. Check host and port.`,
    de: ({ where, protocol, quoted }) =>
      `${where} begrüßt mit etwas, das kein ${protocol} ist${quoted}. Host und Port prüfen.`,
  },
  'greeting.preauth': {
    en: ({ where }) =>
      `${where} calls us signed in before anybody has signed in (PREAUTH). No mail program may go on after that; ask the provider.`,
    de: ({ where }) =>
      `${where} nennt uns angemeldet, bevor sich jemand angemeldet hat (PREAUTH). So darf kein Mailprogramm weitermachen; den Anbieter fragen.`,
  },
  'limit.connections': {
    en: ({ where, quoted }) =>
      `${where} has too many connections at the moment${quoted}; nothing follows for the setting. Probe less often.`,
    de: ({ where, quoted }) =>
      `${where} hat gerade zu viele Verbindungen${quoted}; über die Einstellung sagt das nichts. Seltener prüfen.`,
  },
  'limit.rate': {
    en: ({ where, quoted }) =>
      `${where} limits how often we may come${quoted}; nothing follows for the setting. Probe less often.`,
    de: ({ where, quoted }) =>
      `${where} begrenzt, wie oft wir kommen dürfen${quoted}; über die Einstellung sagt das nichts. Seltener prüfen.`,
  },
  'limit.blocked': {
    en: ({ where, quoted }) =>
      `${where} blocks the network of this machine${quoted}; nothing follows for other people. Probe from another network.`,
    de: ({ where, quoted }) =>
      `${where} sperrt das Netz dieses Rechners${quoted}; für andere sagt das nichts. Aus einem anderen Netz prüfen.`,
  },
  'limit.greylist': {
    en: ({ where, quoted }) =>
      `${where} asks unknown clients to come again later (greylisting)${quoted}. Probe again in an hour.`,
    de: ({ where, quoted }) =>
      `${where} bittet Unbekannte, später wiederzukommen (Greylisting)${quoted}. In einer Stunde noch einmal prüfen.`,
  },
  'greeting.tempfail': {
    en: ({ where, quoted }) => `${where} says that it cannot serve anybody now${quoted}. Try again later.`,
    de: ({ where, quoted }) =>
      `${where} sagt, es könne gerade niemanden bedienen${quoted}. Später noch einmal versuchen.`,
  },
  'greeting.rejected': {
    en: ({ where, quoted }) =>
      `${where} turns us away${quoted}. Try from another network, then check the host with the provider.`,
    de: ({ where, quoted }) =>
      `${where} weist uns ab${quoted}. Aus einem anderen Netz versuchen, dann den Host beim Anbieter prüfen.`,
  },
  'caps.timeout': {
    en: ({ where }) => `${where} greets, but does not answer in time what it can do. Try again later.`,
    de: ({ where }) => `${where} begrüßt, antwortet aber nicht rechtzeitig, was es kann. Später noch einmal versuchen.`,
  },
  'caps.closed': {
    en: ({ where }) => `${where} ended the connection when asked what it can do. Try again later.`,
    de: ({ where }) => `${where} hat auf die Frage, was es kann, die Verbindung beendet. Später noch einmal versuchen.`,
  },
  'caps.too-long': {
    en: ({ where }) =>
      `${where} does not come to an end when asked what it can do. Something other than a mail server answers; check host and port.`,
    de: ({ where }) =>
      `${where} findet auf die Frage, was es kann, kein Ende. Da antwortet etwas anderes als ein Mailserver; Host und Port prüfen.`,
  },
  'caps.rejected': {
    en: ({ where, quoted }) =>
      `${where} refuses to say what it can do${quoted}. Mail programs cannot go on there; ask the provider.`,
    de: ({ where, quoted }) =>
      `${where} will nicht sagen, was es kann${quoted}. Mailprogramme kommen dort nicht weiter; den Anbieter fragen.`,
  },
  'ehlo.rejected': {
    en: ({ where, quoted }) =>
      `${where} refuses EHLO${quoted}. Set a real host name for the prober with --name, then ask the provider.`,
    de: ({ where, quoted }) =>
      `${where} lehnt EHLO ab${quoted}. Für die Prüfung mit --name einen echten Rechnernamen setzen, dann den Anbieter fragen.`,
  },
  'starttls.missing': {
    en: ({ where }) =>
      `${where} does not offer STARTTLS, so a password would travel in the open. Use the port for TLS, if there is one.`,
    de: ({ where }) =>
      `${where} bietet kein STARTTLS an, ein Passwort reiste also offen. Den Port für TLS verwenden, wenn es einen gibt.`,
  },
  'starttls.tempfail': {
    en: ({ where, quoted }) => `${where} offers STARTTLS but cannot begin it now${quoted}. Try again later.`,
    de: ({ where, quoted }) =>
      `${where} bietet STARTTLS an, kann es aber gerade nicht beginnen${quoted}. Später noch einmal versuchen.`,
  },
  'starttls.refused': {
    en: ({ where, quoted }) =>
      `${where} offers STARTTLS and then refuses it${quoted}. Use the port for TLS, if there is one, and tell the provider.`,
    de: ({ where, quoted }) =>
      `${where} bietet STARTTLS an und lehnt es dann ab${quoted}. Den Port für TLS verwenden, wenn es einen gibt, und den Anbieter informieren.`,
  },
  'starttls.injected': {
    en: ({ where, quoted }) =>
      `Something was sent along with the answer of ${where} to STARTTLS, before TLS stood${quoted}: a faulty server, or somebody in between. No password may be sent there.`,
    de: ({ where, quoted }) =>
      `Mit der Antwort von ${where} auf STARTTLS kam etwas mit, bevor TLS stand${quoted}: ein fehlerhafter Server oder jemand dazwischen. Dorthin darf kein Passwort.`,
  },
  'starttls.broken': {
    en: ({ where, quoted }) =>
      `${where} agrees to STARTTLS, but no TLS follows${quoted}. The provider has to mend the server’s TLS.`,
    de: ({ where, quoted }) =>
      `${where} stimmt STARTTLS zu, aber es folgt kein TLS${quoted}. Der Anbieter muss das TLS des Servers in Ordnung bringen.`,
  },
};

const warningSentences: Readonly<Record<WarningCode, Pair>> = {
  'address.some-fail': {
    en: ({ host, seen }) =>
      `Not every address of ${host} works${seen && `: ${seen}`}. Some people will have to wait or will fail.`,
    de: ({ host, seen }) =>
      `Nicht jede Adresse von ${host} funktioniert${seen && `: ${seen}`}. Manche werden warten müssen oder scheitern.`,
  },
  'cert.expires': {
    en: ({ where, seen }) =>
      `The certificate of ${where} ends ${seen ? `on ${day(seen)}` : 'soon'} and has not been renewed.`,
    de: ({ where, seen }) =>
      `Das Zertifikat von ${where} endet ${seen ? `am ${day(seen)}` : 'bald'} und ist noch nicht erneuert.`,
  },
  'caps.malformed': {
    en: ({ where, quoted }) => `${where} says what it can do in a form that the standard does not allow${quoted}.`,
    de: ({ where, quoted }) => `${where} sagt in einer Form, die der Standard nicht erlaubt, was es kann${quoted}.`,
  },
  'caps.unknown': {
    en: ({ where }) => `${where} does not say what it can do, so its ways of signing in are unknown.`,
    de: ({ where }) => `${where} sagt nicht, was es kann; wie man sich anmeldet, bleibt unbekannt.`,
  },
  'starttls.offered-again': {
    en: ({ where }) => `${where} offers STARTTLS although TLS stands already.`,
    de: ({ where }) => `${where} bietet STARTTLS an, obwohl TLS schon steht.`,
  },
  'auth.plaintext-offered': {
    en: ({ where }) =>
      `${where} would take a password before TLS stands; a careless program would send it in the open.`,
    de: ({ where }) =>
      `${where} nähme ein Passwort an, bevor TLS steht; ein unvorsichtiges Programm schickte es offen.`,
  },
  'security.none': {
    en: ({ where, seen }) =>
      `Everything on ${where} travels in the open${seen === '' ? '' : ', and the server offers STARTTLS'}.`,
    de: ({ where, seen }) =>
      `Auf ${where} reist alles offen${seen === '' ? '' : ', dabei bietet der Server STARTTLS an'}.`,
  },
  'quit.impolite': {
    en: ({ where }) => `${where} does not answer a farewell.`,
    de: ({ where }) => `${where} antwortet nicht auf den Abschied.`,
  },
};

const ok: Readonly<Record<Language, (words: Words, tls: TlsSession | undefined) => string>> = {
  en: ({ where, protocol }, tls) =>
    tls ? `${where} speaks ${protocol} with ${tls.version} and a good certificate.` : `${where} speaks ${protocol}.`,
  de: ({ where, protocol }, tls) =>
    tls
      ? `${where} spricht ${protocol} mit ${tls.version} und einem guten Zertifikat.`
      : `${where} spricht ${protocol}.`,
};

export function sayFinding(code: FindingCode, facts: Facts, language: Language): string {
  return findingSentences[code][language](wordsOf(facts));
}

/** Findings whose sentences need what was seen, without it. */
const unseen: Readonly<Partial<Record<FindingCode, Pair>>> = {
  'policy.blocked-address': {
    en: ({ host }) => `${host} leads to an address that nobody is sent to, and nothing was dialled.`,
    de: ({ host }) => `${host} führt zu einer Adresse, zu der niemand geschickt wird; es wurde nichts angerufen.`,
  },
  'tls.expired': {
    en: ({ where }) => `The certificate of ${where} has expired. The provider has to renew it.`,
    de: ({ where }) => `Das Zertifikat von ${where} ist abgelaufen. Der Anbieter muss es erneuern.`,
  },
  'tls.not-yet-valid': {
    en: ({ where }) => `The certificate of ${where} is not valid yet.`,
    de: ({ where }) => `Das Zertifikat von ${where} gilt noch nicht.`,
  },
  'tls.hostname': {
    en: ({ host, where }) => `The certificate of ${where} is not for ${host}. Use a host name that it covers.`,
    de: ({ host, where }) =>
      `Das Zertifikat von ${where} gilt nicht für ${host}. Einen Namen verwenden, den es abdeckt.`,
  },
  'tls.incomplete-chain': {
    en: ({ where }) =>
      `${where} does not send the certificate of its issuer, or nobody knows that issuer. The whole chain must be sent.`,
    de: ({ where }) =>
      `${where} schickt das Zertifikat seines Ausstellers nicht mit, oder niemand kennt ihn. Die ganze Kette muss mit.`,
  },
  'tls.tls-on-plaintext-port': {
    en: ({ where }) => `${where} speaks TLS from the first byte, not after STARTTLS. Change the mode to TLS.`,
    de: ({ where }) => `${where} spricht TLS vom ersten Byte an, nicht erst nach STARTTLS. Den Modus auf TLS ändern.`,
  },
  'greeting.wrong-protocol': {
    en: ({ where, aProtocol }) => `${where} was expected to be ${aProtocol} server, but another one answers.`,
    de: ({ where, protocol }) => `Auf ${where} wurde ein ${protocol}-Server erwartet, es antwortet aber ein anderer.`,
  },
};

/** A finding for strangers who chose the host: nothing of what the server said, and no address. */
export function sayFindingPlainly(code: FindingCode, endpoint: Endpoint, language: Language): string {
  return (unseen[code] ?? findingSentences[code])[language](wordsOf({ endpoint, seen: '' }));
}

export function sayWarning(code: WarningCode, facts: Facts, language: Language): string {
  return warningSentences[code][language](wordsOf(facts));
}

export function sayOk(
  { endpoint, tls }: { endpoint: Endpoint; tls?: TlsSession | undefined },
  language: Language,
): string {
  return ok[language](wordsOf({ endpoint, seen: '' }), tls);
}

/** Longer words of servers help nobody. */
const longestQuote = 160;

function wordsOf({ endpoint: { protocol, host, port }, address, seen }: Facts): Words {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  // What a stranger sends must not steer a terminal, nor turn the direction of the text.
  const plain = seen.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  const short = plain.length > longestQuote ? `${plain.slice(0, longestQuote)}…` : plain;
  return {
    host,
    where: address === undefined || address === host ? where : `${where} (${address})`,
    protocol: protocol.toUpperCase(),
    aProtocol: `${protocol === 'pop3' ? 'a' : 'an'} ${protocol.toUpperCase()}`,
    quoted: short === '' ? '' : `: “${short}”`,
    seen: short,
  };
}

function inBrackets(seen: string): string {
  return seen === '' ? '' : ` (${seen})`;
}

/** The day of an instant; what is no instant stays as it is. */
function day(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\d)T\S*/, '$1');
}

/** A name leads to an address; an address is one. */
function leadsTo(host: string, seen: string, verb: string): string {
  return seen.startsWith(`${host} `) ? seen : `${host} ${verb} ${seen}`;
}
