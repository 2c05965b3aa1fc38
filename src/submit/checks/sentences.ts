/** What the checks say of each thing that they find, in English and German. `{about}` is what an item is about. */
import type { Says } from '../model.ts';

/** Item code -> sentences. */
export const itemSentences = {
  // rules
  'known-problem': {
    en: '{about}: {says}. The record that is served says so as well.',
    de: '{about}: {german} Im ausgelieferten Datensatz steht es auch so.',
  },
  'rule-broken': { en: '{about}: {says}.', de: '{about}: {german}' },
  'rule-warning': { en: '{about}: {says}.', de: '{about}: {german}' },
  'still-named': {
    en: 'The record {about} refers to this one and would refer to nothing.',
    de: 'Der Datensatz {about} verweist auf diesen und verwiese dann ins Leere.',
  },
  'left-out': {
    en: '{about} is on the list of domains that were looked at and are not served: {note}',
    de: '{about} steht auf der Liste der Domains, die geprüft und nicht aufgenommen wurden: {note}',
  },
  // changes
  'new-record': {
    en: 'A new record; number of domains: {count}.',
    de: 'Ein neuer Datensatz; Zahl der Domains: {count}.',
  },
  'record-gone': {
    en: 'The record {about} will be gone; number of its domains: {count}.',
    de: 'Den Datensatz {about} gibt es dann nicht mehr; Zahl seiner Domains: {count}.',
  },
  'nothing-changes': {
    en: 'The draft says what is served already.',
    de: 'Der Entwurf sagt, was schon ausgeliefert wird.',
  },
  'takes-over': {
    en: '{about} was answered by the record {other} so far.',
    de: 'Für {about} antwortete bisher der Datensatz {other}.',
  },
  'answered-by-mx': {
    en: 'Mail of {about} goes to hosts of {other} (by its MX), which answers for it so far.',
    de: 'Die Mail von {about} geht zu Rechnern von {other} (laut MX); bisher antwortet dieser Datensatz.',
  },
  'gives-up': {
    en: '{about} will be answered by nobody, or by a wider pattern of another record.',
    de: 'Für {about} antwortet dann niemand oder ein weiter gefasstes Muster eines anderen Datensatzes.',
  },
  'mx-moves': {
    en: 'MX PATTERN {about} {way}: this decides for every domain whose mail goes there, listed or not.',
    de: 'MX-MUSTER {about} {way}: Das entscheidet für jede Domain, deren Mail dorthin geht, ob gelistet oder nicht.',
  },
  'moves-to': {
    en: 'People of domains that are served would be sent to {about} and are not today: two reviewers and a waiting time are needed.',
    de: 'Wer eine schon ausgelieferte Domain hat, würde neu zu {about} geschickt: Das braucht zwei Prüfende und eine Wartezeit.',
  },
  // hosts
  own: { en: '{about} is under the record’s own domain {owner}.', de: '{about} gehört zur eigenen Domain {owner}.' },
  'served-already': {
    en: 'The record that is served sends people to {about}, too.',
    de: 'Zu {about} schickt auch der ausgelieferte Datensatz.',
  },
  'proved-host': {
    en: '{about} is under {owner}; that domain and those of the mailboxes vouch for this draft.',
    de: '{about} gehört zu {owner}; diese Domain und die der Postfächer bürgen für den Entwurf.',
  },
  'joint-host': {
    en: 'Passwords of {others} would go to hosts under {about}: one of the record’s domains, but not theirs.',
    de: 'Passwörter von {others} gingen an Rechner unter {about}: eine Domain des Datensatzes, aber nicht ihre.',
  },
  'operator-host': {
    en: '{about} belongs to {owner}, which the draft names as its operator{known}. Confirm that the provider itself says so.',
    de: '{about} gehört zu {owner}, im Entwurf als Betreiber genannt{known}. Bestätigen Sie, dass der Anbieter selbst es sagt.',
  },
  'foreign-host': {
    en: '{about} belongs to {owner}, a stranger to the record’s domains: whoever owns it gets the passwords. Confirm that the provider itself names it.',
    de: '{about} gehört zu {owner} und ist den Domains des Datensatzes fremd: Wem es gehört, der bekommt die Passwörter. Bestätigen Sie, dass der Anbieter selbst es nennt.',
  },
  'foreign-oauth2': {
    en: 'The sign-in ({field}) would be at {about}, which belongs to {owner}. Confirm that the provider itself names it.',
    de: 'Die Anmeldung ({field}) wäre bei {about}; das gehört zu {owner}. Bestätigen Sie, dass der Anbieter selbst es nennt.',
  },
  'foreign-mx': {
    en: 'The MX pattern {about} belongs to {owner}: the draft would decide for all domains whose mail goes there.',
    de: 'Das MX-Muster {about} gehört zu {owner}: Der Entwurf entschiede für alle Domains, deren Mail dorthin geht.',
  },
  'own-mx': {
    en: 'The MX pattern {about} decides for all domains whose mail goes there; nothing proves that {owner} wants this.',
    de: 'Das MX-Muster {about} entscheidet für alle Domains, deren Mail dorthin geht; dass {owner} das will, ist nicht nachgewiesen.',
  },
  wildcard: {
    en: '{about} stands for every name below it; nothing proves that {owner} wants this.',
    de: '{about} steht für jeden Namen darunter; dass {owner} das will, ist nicht nachgewiesen.',
  },
  'private-suffix': {
    en: 'Below {about} strangers have names of their own (it is on the Public Suffix List). Confirm that one provider has all their mail.',
    de: 'Unter {about} haben Fremde eigene Namen (es steht auf der Public Suffix List). Bestätigen Sie, dass ein Anbieter deren ganze Mail hat.',
  },
  'foreign-sign-in': {
    en: 'The page at {about} ({field}), where people type passwords, belongs to {owner}. Confirm that it is the provider’s.',
    de: 'Die Seite bei {about} ({field}), auf der man Passwörter eingibt, gehört zu {owner}. Bestätigen Sie, dass sie vom Anbieter ist.',
  },
  'foreign-record': {
    en: 'People are sent to the record {about} ({field}), of {owner}. Confirm that the provider wants that.',
    de: 'Menschen werden zum Datensatz {about} ({field}) von {owner} geschickt. Bestätigen Sie, dass der Anbieter das will.',
  },
  'foreign-link': {
    en: 'The link to {about} ({field}) leads to {owner}, not to a domain of the record. Confirm that it is the provider’s.',
    de: 'Der Link zu {about} ({field}) führt zu {owner}, nicht zu einer Domain des Datensatzes. Bestätigen Sie, dass er zum Anbieter führt.',
  },
  'link-in-reason': {
    en: 'The submitter’s text has a link to {about}. Look twice before you follow it.',
    de: 'Im Text des Einsenders steht ein Link zu {about}. Sehen Sie zweimal hin, bevor Sie ihm folgen.',
  },
  'no-name': {
    en: '{about} ({field}) is no name that anybody owns: an address, a public suffix, or a name of the local network.',
    de: '{about} ({field}) ist kein Name, der jemandem gehört: eine IP-Adresse, eine öffentliche Endung oder ein Name im lokalen Netz.',
  },
  'url-credentials': {
    en: 'The link to {about} ({field}) has a user name in it, which makes it look like another site.',
    de: 'Der Link zu {about} ({field}) enthält einen Benutzernamen und sieht damit aus wie eine andere Seite.',
  },
  'url-port': {
    en: 'The link to {about} ({field}) has a port of its own. Confirm that it belongs there.',
    de: 'Der Link zu {about} ({field}) hat einen eigenen Port. Bestätigen Sie, dass er dort hingehört.',
  },
  'customer-host': {
    en: '{about} is another host for each customer, made from their domain or MX host.',
    de: '{about} ist für jeden Kunden ein anderer Rechner, aus dessen Domain oder MX gebildet.',
  },
  // imitation
  'mixed-scripts': {
    en: '“{shown}” ({about}) mixes letters of several scripts that look alike.',
    de: '„{shown}“ ({about}) mischt ähnlich aussehende Buchstaben verschiedener Schriften.',
  },
  'same-name': {
    en: '“{shown}” ({about}) is also what the record {other} is called.',
    de: '„{shown}“ ({about}) heißt auch der Datensatz {other}.',
  },
  'confusable-name': {
    en: '“{shown}” ({about}) looks like “{like}”, which is the record {other}.',
    de: '„{shown}“ ({about}) sieht aus wie „{like}“, und das ist der Datensatz {other}.',
  },
  'names-domain': {
    en: '“{shown}” ({about}) names {like}, a domain of the record {other}.',
    de: '„{shown}“ ({about}) nennt {like}, eine Domain des Datensatzes {other}.',
  },
  'taken-domain': {
    en: '{about} is in the record {other}. A domain moves only by a change of both records, which the curators make.',
    de: '{about} steht im Datensatz {other}. Eine Domain wandert nur, wenn beide Datensätze geändert werden; das machen die Betreuer der Daten.',
  },
  'taken-id': {
    en: '{about} is or was the id of the record {other}.',
    de: '{about} ist oder war die id des Datensatzes {other}.',
  },
  'homograph-domain': {
    en: '{about} (“{shown}”) looks like {like}, a domain of the record {other}.',
    de: '{about} („{shown}“) sieht aus wie {like}, eine Domain des Datensatzes {other}.',
  },
  'near-domain': {
    en: '{about} is one keystroke from {like}, a domain of the record {other}. Confirm that it is a provider of its own.',
    de: '{about} ist einen Tippfehler von {like} entfernt, einer Domain des Datensatzes {other}. Bestätigen Sie, dass es ein eigener Anbieter ist.',
  },
  // probes
  'probe-works': { en: '{about} answers as the draft says.', de: '{about} antwortet, wie der Entwurf es sagt.' },
  'auth-contradicted': {
    en: '{about} does not offer the sign-in that the draft names: {auth}.',
    de: '{about} bietet die Anmeldung nicht an, die der Entwurf nennt: {auth}.',
  },
  'no-probe': {
    en: 'The owner of {about} asked not to be probed: nobody looked.',
    de: 'Der Eigentümer von {about} will nicht geprüft werden: Es hat niemand nachgesehen.',
  },
  'probe-quota': {
    en: '{about} was not probed: so many probes are not made at a time. Run the check again later.',
    de: '{about} wurde nicht geprüft: So viele Prüfungen auf einmal machen wir nicht. Lassen Sie später noch einmal prüfen.',
  },
  'probe-late': {
    en: '{about} was not probed before the time was over. Run the check again.',
    de: '{about} wurde in der Zeit nicht geprüft. Lassen Sie noch einmal prüfen.',
  },
  // published
  'publishes-same': {
    en: '{about} publishes the same settings itself ({where}).',
    de: '{about} veröffentlicht selbst dieselben Einstellungen ({where}).',
  },
  'publishes-nothing': {
    en: '{about} publishes no settings itself.',
    de: '{about} veröffentlicht selbst keine Einstellungen.',
  },
  'publishes-unknown': {
    en: 'What {about} publishes itself could not be found out. Run the check again.',
    de: 'Was {about} selbst veröffentlicht, war nicht herauszufinden. Lassen Sie noch einmal prüfen.',
  },
  differs: {
    en: '{domain} itself publishes something else for {service} ({state}); the draft: {ours}; published: {theirs}.',
    de: '{domain} veröffentlicht selbst etwas anderes für {service} ({state}); Entwurf: {ours}; veröffentlicht: {theirs}.',
  },
  'not-asked': {
    en: '{about} was not asked: at most {most} domains are.',
    de: '{about} wurde nicht gefragt: Gefragt werden höchstens {most} Domains.',
  },
  // proof
  proved: { en: '{about} vouches for this submission.', de: '{about} bürgt für diese Einsendung.' },
  unproved: {
    en: '{about} does not vouch for this submission. Its owner can: {zone}',
    de: '{about} bürgt nicht für diese Einsendung. Wem die Domain gehört, kann es so nachholen: {zone}',
  },
  'proof-unasked': { en: '{about} has to vouch for the submission.', de: '{about} muss für die Einsendung bürgen.' },
  'proof-disagrees': {
    en: 'Not all name servers of {about} show the record yet ({held} of {asked}). Run the check again later.',
    de: 'Noch zeigen nicht alle Nameserver von {about} den Eintrag ({held} von {asked}). Lassen Sie später noch einmal prüfen.',
  },
  'proof-unknown': {
    en: 'DNS did not answer for {about}. Run the check again.',
    de: 'Das DNS hat für {about} nicht geantwortet. Lassen Sie noch einmal prüfen.',
  },
} as const satisfies Record<string, Says>;
export type ItemCode = keyof typeof itemSentences;
