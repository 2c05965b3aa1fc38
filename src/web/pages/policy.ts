/**
 * `GET /policy`: what gets into the atlas, who decides, how an entry is corrected or removed, and what is stored of those who
 * submit. docs/policy.md says the same in English; a test compares them.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { defaultPolicy, type Policy as Numbers } from '../../submit/policy.ts';
import type { Deps } from '../served/served.ts';
import { sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { linked } from './plain.ts';

interface Policy {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly { readonly heading: string; readonly points: readonly string[] }[];
  readonly contact: string;
  readonly none: string;
  readonly submit: string;
}

export const texts = {
  en: {
    title: 'What gets in, and who decides',
    lead: 'Everybody can submit an entry, a correction, a report of a mistake or a removal. Programs check it at once, a person decides, and what is accepted is served a moment later.',
    sections: [
      {
        heading: 'What gets in',
        points: [
          'Every provider whose mailboxes people use with a mail program, in any country, also small hosters and associations, schools and companies. There is no least number of users.',
          'Settings that work today, over TLS or STARTTLS. Servers that take passwords without encryption are not listed.',
          'Facts with a source: the provider’s own page, its own publication (autoconfig, PACC, SRV records), or proof that whoever submits controls the domain.',
          'Providers that end, or that never had IMAP or SMTP, get an entry that says so: a clear answer helps more than none.',
          'What does not get in: entries that imitate another provider, texts that advertise, hosts that nobody can show to belong to the provider, and domains that are not for mail.',
        ],
      },
      {
        heading: 'What is checked',
        points: [
          'The same rules that every entry keeps, and what changes for whom.',
          'Whose hosts, links and MX patterns these are. Somebody else’s need proof by their own domain, or the explicit word of a reviewer, host by host.',
          'Names that imitate: letters that look alike, names and domains of others.',
          'A connection to every server, without signing in and without sending anything.',
          'What the domain publishes itself, and proof of control by a TXT record.',
          'Every check says what it found, to submitter and reviewer alike. A failed check can be run again; nobody can overrule it.',
        ],
      },
      {
        heading: 'Who decides, and how long it takes',
        points: [
          'Checks take seconds, at most three minutes. A reviewer then decides: accepts, declines with a reason, or asks. We aim at a week; what is proved for every domain is quickest.',
          'Two pairs of eyes: where people of a served domain would be sent to a domain that they are not sent to today, where many would lose their answer, or where somebody’s MX pattern decides for strangers, a second reviewer must accept, too, and then {hours} hours pass, in which the submitter and every reviewer can stop it.',
          'What was submitted with a reviewer’s token cannot be accepted with it: somebody else has to. Of what comes without a token nobody can tell who sent it; reviewers submit with theirs.',
          'Whoever is asked has {days} days for an answer. Without one the submission ends, and can be sent anew.',
          'Every act is kept for good, with who, when and why; the submitter sees all of it but the name. Everything published can be taken back.',
          'Unless the operator of this server has chosen otherwise, nothing is published without a person.',
        ],
      },
      {
        heading: 'Your own entry: correct it, remove it',
        points: [
          'Submit a change, with the whole entry as it should be, and prove the domain by the TXT record that you are shown.',
          'To remove it, submit a removal with the same proof. With proof, one reviewer is enough, whoever you are.',
          'To be listed but not probed, ask for that: your hosts go on the list of those who are left alone.',
          'Or publish your settings under your own domain and ask to be followed: what your file says differently on two days is proposed to the reviewers by itself.',
        ],
      },
      {
        heading: 'A wrong entry',
        points: [
          'Report it, with what should be different and how one can see it. You need not be the provider, and need no proof.',
          'If it is dangerous (a domain changed hands, a host is somebody else’s), write to whoever runs this server: quarantine takes a host out of every answer at once.',
        ],
      },
      {
        heading: 'What is stored of those who submit, and for how long',
        points: [
          'The draft, what the checks found, what was decided and why, and a digest of the receipt: for good, as the history of the entry. Of a submission that was withdrawn only its number, its kind, the entry, and what was done with it.',
          'An e-mail address, if you give one: until the submission ends, and then it is erased from the database file as well. Each mail has a link that erases it earlier.',
          'From where a submission came: nothing. The network (not the address) is held in memory alone, and forgotten once what it has submitted is decided and somebody submits again, so that nobody submits without end.',
          'Of reviewers: the name of their token, with each decision, and the day on which the token was last used.',
        ],
      },
    ],
    contact: 'Whoever runs this server can be reached here:',
    none: 'This server takes no submissions at present.',
    submit: 'Submit an entry',
  },
  de: {
    title: 'Was aufgenommen wird und wer entscheidet',
    lead: 'Alle können einen Eintrag, eine Korrektur, einen Fehler oder eine Entfernung einreichen. Programme prüfen sofort, ein Mensch entscheidet, und was angenommen ist, wird einen Augenblick später ausgeliefert.',
    sections: [
      {
        heading: 'Was aufgenommen wird',
        points: [
          'Jeder Anbieter, dessen Postfächer Menschen mit einem Mailprogramm benutzen, in jedem Land, auch kleine Hoster und Vereine, Schulen und Firmen. Eine Mindestzahl von Nutzern gibt es nicht.',
          'Einstellungen, die heute funktionieren, über TLS oder STARTTLS. Server, die Passwörter unverschlüsselt annehmen, kommen nicht in die Liste.',
          'Angaben mit Quelle: die eigene Seite des Anbieters, was er selbst veröffentlicht (Autoconfig, PACC, SRV-Einträge), oder ein Nachweis, dass die einsendende Person über die Domain verfügt.',
          'Anbieter, die aufhören oder nie IMAP oder SMTP hatten, bekommen einen Eintrag, der das sagt: Eine klare Antwort hilft mehr als keine.',
          'Nicht aufgenommen werden Einträge, die einen anderen Anbieter nachahmen, werbende Texte, Server, von denen niemand zeigen kann, dass sie zum Anbieter gehören, und Domains, die nicht für Mail da sind.',
        ],
      },
      {
        heading: 'Was geprüft wird',
        points: [
          'Die Regeln, die jeder Eintrag einhält, und was sich für wen ändert.',
          'Wessen Server, Links und MX-Muster das sind. Fremde brauchen den Nachweis ihrer eigenen Domain oder das ausdrückliche Wort einer prüfenden Person, Server für Server.',
          'Namen, die nachahmen: Buchstaben, die gleich aussehen, Namen und Domains anderer.',
          'Eine Verbindung zu jedem Server, ohne Anmeldung und ohne etwas zu senden.',
          'Was die Domain selbst veröffentlicht, und der Nachweis durch einen TXT-Eintrag.',
          'Jede Prüfung sagt, was sie gefunden hat, der einsendenden wie der prüfenden Person. Eine gescheiterte lässt sich wiederholen, aber von niemandem übergehen.',
        ],
      },
      {
        heading: 'Wer entscheidet und wie lange es dauert',
        points: [
          'Die Prüfungen dauern Sekunden, höchstens drei Minuten. Dann entscheidet ein Mensch: annehmen, mit Begründung ablehnen oder nachfragen. Unser Ziel ist eine Woche; am schnellsten geht, was für jede Domain nachgewiesen ist.',
          'Vier Augen: Wo Menschen einer ausgelieferten Domain zu einer Domain geleitet würden, zu der sie heute nicht geleitet werden, wo viele ihre Antwort verlören oder ein fremdes MX-Muster für Unbeteiligte entschiede, muss eine zweite Person zustimmen; danach vergehen {hours} Stunden, in denen die einsendende Person und alle Prüfenden es anhalten können.',
          'Was mit dem Token einer prüfenden Person eingereicht wurde, lässt sich mit diesem nicht annehmen: Das muss jemand anders tun. Wer etwas ohne Token geschickt hat, weiß niemand; Prüfende reichen mit ihrem ein.',
          'Für die Antwort auf eine Rückfrage sind {days} Tage Zeit. Bleibt sie aus, endet die Einsendung und lässt sich neu schicken.',
          'Jeder Schritt bleibt für immer festgehalten, mit wer, wann und warum; die einsendende Person sieht alles bis auf den Namen. Alles Veröffentlichte lässt sich zurücknehmen.',
          'Wenn der Betreiber dieses Servers nichts anderes gewählt hat, wird nichts ohne einen Menschen veröffentlicht.',
        ],
      },
      {
        heading: 'Ihr eigener Eintrag: korrigieren oder entfernen',
        points: [
          'Reichen Sie eine Änderung ein, mit dem ganzen Eintrag, wie er sein soll, und weisen Sie die Domain mit dem angezeigten TXT-Eintrag nach.',
          'Zum Entfernen reichen Sie eine Entfernung ein, mit demselben Nachweis. Mit Nachweis genügt eine Zustimmung, wer auch immer Sie sind.',
          'Wollen Sie in der Liste stehen, aber nicht geprüft werden, bitten Sie darum: Ihre Server kommen auf die Liste derer, die in Ruhe gelassen werden.',
          'Oder veröffentlichen Sie Ihre Einstellungen unter Ihrer eigenen Domain und bitten Sie darum, dass wir ihnen folgen: Was Ihre Datei an zwei Tagen anders sagt, wird von selbst zur Prüfung vorgeschlagen.',
        ],
      },
      {
        heading: 'Ein falscher Eintrag',
        points: [
          'Melden Sie ihn, mit dem, was anders sein soll, und woran man es sieht. Sie müssen nicht der Anbieter sein und nichts nachweisen.',
          'Ist er gefährlich (eine Domain hat den Besitzer gewechselt, ein Server gehört jemand anderem), schreiben Sie dem Betreiber dieses Servers: Die Quarantäne nimmt einen Server sofort aus jeder Antwort.',
        ],
      },
      {
        heading: 'Was über Einsendende gespeichert wird, und wie lange',
        points: [
          'Der Entwurf, was die Prüfungen fanden, was warum entschieden wurde, und ein Prüfwert der Quittung: auf Dauer, als Geschichte des Eintrags. Von einer zurückgezogenen Einsendung nur Nummer, Art, Eintrag und was mit ihr geschah.',
          'Eine E-Mail-Adresse, wenn Sie eine angeben: bis die Einsendung endet; dann wird sie auch aus der Datenbankdatei gelöscht. Jede Mail enthält einen Link, der sie früher löscht.',
          'Woher eine Einsendung kam: nichts. Das Netz (nicht die Adresse) steht allein im Arbeitsspeicher und ist vergessen, sobald über seine Einsendungen entschieden ist und wieder jemand etwas einreicht; so reicht niemand ohne Ende ein.',
          'Von Prüfenden: der Name ihres Tokens bei jeder Entscheidung und der Tag, an dem das Token zuletzt benutzt wurde.',
        ],
      },
    ],
    contact: 'Wer diesen Server betreibt, ist hier zu erreichen:',
    none: 'Dieser Server nimmt zurzeit keine Einsendungen an.',
    submit: 'Einen Eintrag vorschlagen',
  },
} as const satisfies InEach<Policy>;

export function policyPage(deps: Deps) {
  return (c: Context): Promise<Response> => {
    const { title, lead, sections, contact: reach, none, submit }: Policy = texts[languageOf(c)];
    const { contact, submissions } = deps;
    const policy = submissions?.desk.policy ?? defaultPolicy;
    const body = html`<h1>${title}</h1>
<p class="lead">${lead}</p>
${submissions ? html`<p><a class="button" href="/submit">${submit}</a></p>` : html`<p class="note">${none}</p>`}
${sections.map(
  ({ heading, points }) => html`<h2>${heading}</h2>
<ul>${points.map((point) => html`<li>${filled(point, policy)}</li>`)}</ul>`,
)}
${contact === undefined ? '' : html`<p>${reach} <strong>${linked(contact)}</strong></p>`}`;
    return sendPage(c, deps, { title, description: lead, body });
  };
}

function filled(point: string, { holdHours, answerDays }: Numbers): string {
  return point.replace('{hours}', String(holdHours)).replace('{days}', String(answerDays));
}

/** The same in Markdown, for those who read the repository: docs/policy.md. */
export function policyText(): string {
  const { title, lead, sections }: Policy = texts.en;
  const list = sections.map(({ heading, points }) => {
    const lines = points.map((point) => `- ${filled(point, defaultPolicy)}`);
    return `## ${heading}\n\n${lines.join('\n')}\n`;
  });
  return [`# ${title}\n`, `${lead}\n`, ...list].join('\n');
}
