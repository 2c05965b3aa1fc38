/** `GET /how-mail-works`: who speaks with whom when a message travels, in words for everybody and beside a real conversation. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import type { Deps } from '../served/served.ts';
import { type Html, sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { type SmtpStep, smtpRecording } from './smtp-recording.ts';

/** Port, protocol, and whether people want it. */
const ports = [
  [993, 'IMAP', 'SSL/TLS', 'best'],
  [143, 'IMAP', 'STARTTLS', 'fine'],
  [995, 'POP3', 'SSL/TLS', 'best'],
  [110, 'POP3', 'STARTTLS', 'fine'],
  [465, 'SMTP', 'SSL/TLS', 'best'],
  [587, 'SMTP', 'STARTTLS', 'fine'],
  [25, 'SMTP', 'STARTTLS', 'servers'],
] as const;

interface Said {
  readonly title: string;
  readonly lead: string;
  readonly way: string;
  readonly stations: readonly { readonly who: string; readonly does: string; readonly by?: string }[];
  readonly protocols: string;
  readonly protocolTexts: readonly (readonly [name: string, text: string])[];
  readonly ports: string;
  readonly portsLead: string;
  readonly port: string;
  readonly protocol: string;
  readonly security: string;
  readonly use: string;
  readonly uses: Readonly<Record<'best' | 'fine' | 'servers', string>>;
  readonly tls: string;
  readonly tlsTexts: readonly string[];
  readonly password: string;
  readonly passwordTexts: readonly string[];
  readonly steps: string;
  readonly stepsLead: string;
  readonly recorded: string;
  readonly stepTexts: Readonly<Record<SmtpStep, { readonly name: string; readonly text: string }>>;
  readonly lines: string;
  readonly bounce: string;
  readonly bounceTexts: readonly string[];
  readonly codes: string;
  readonly code: string;
  readonly meaning: string;
  readonly codeTexts: readonly (readonly [code: string, text: string])[];
  readonly explain: string;
}

export const texts = {
  en: {
    title: 'How mail works',
    lead: 'Two servers, two tasks: one sends your mail, one keeps what arrives for you. That is why every mail program asks for both.',
    way: 'The way of a message',
    stations: [
      {
        who: 'Your mail program',
        does: 'hands the message to your provider’s outgoing server',
        by: 'SMTP, port 465 or 587',
      },
      {
        who: 'Your provider',
        does: 'looks up in DNS (MX) which server takes mail for the other domain',
        by: 'SMTP, port 25',
      },
      {
        who: 'The other provider',
        does: 'puts it into the recipient’s mailbox',
        by: 'IMAP, port 993, or POP3, port 995',
      },
      { who: 'The other mail program', does: 'fetches it from there' },
    ],
    protocols: 'The three protocols',
    protocolTexts: [
      ['SMTP', 'sends. The program hands a message on, server by server, until it is in the mailbox. It cannot fetch.'],
      [
        'IMAP',
        'fetches and leaves the mail on the server. What you read or move on one device is the same on all others. This is what you want.',
      ],
      [
        'POP3',
        'fetches too, but into one device, and usually deletes the mail on the server. It knows no folders. It fits where one computer keeps everything.',
      ],
    ],
    ports: 'Ports and security',
    portsLead: 'A port is the door of a server. Which one it is also says how the encryption begins.',
    port: 'Port',
    protocol: 'Protocol',
    security: 'Security',
    use: 'For you?',
    uses: {
      best: 'yes, the best choice',
      fine: 'yes, where the one above is missing',
      servers: 'no: servers speak with each other here',
    },
    tls: 'SSL/TLS or STARTTLS?',
    tlsTexts: [
      'With SSL/TLS the connection is encrypted from the first byte on. With STARTTLS it begins in the open, and both sides then agree on encryption, before any password is sent.',
      'Both protect the same once they run. SSL/TLS has one weakness less: nobody on the way can talk the program out of it. Choose “none” never: password and mail would travel like a postcard.',
      'The server shows a certificate with its name. If your mail program warns about it, the name is wrong, the certificate has run out, or somebody stands between. Do not wave it through; look here whether the name is right.',
    ],
    password: 'Which password?',
    passwordTexts: [
      'Mostly the one of your mailbox. Many providers want another one for mail programs, made in the account settings (app password), and often IMAP has to be switched on there first.',
      'With OAuth2 the program opens the provider’s own sign-in page and gets a key in return. It never sees your password.',
    ],
    steps: 'Sending in six steps',
    stepsLead:
      'This is what a mail program and an outgoing server really say to each other. Everything is text; C is the program, S the server, and each answer begins with a number: 2 means yes, 3 go on, 4 not now, 5 no.',
    recorded: 'Recorded with Postfix 3.7; the password is masked.',
    stepTexts: {
      connect: {
        name: 'Connect',
        text: 'The program finds the server’s address in DNS and opens a connection to its port.',
      },
      ready: { name: 'Greeting', text: 'The server says who it is, and that it is ready: 220.' },
      hello: {
        name: 'Introduction, encryption, sign-in',
        text: 'The program introduces itself (EHLO), the server lists what it can do. They switch to encryption (STARTTLS), greet again, and the program signs in (AUTH). Note that AUTH is offered only once the connection is encrypted.',
      },
      envelope: {
        name: 'Envelope',
        text: 'From whom (MAIL FROM) and for whom (RCPT TO). The server decides here whether it takes the message. What stands in “From” and “To” of the message is the letterhead; this is the envelope.',
      },
      data: {
        name: 'Message',
        text: 'DATA, then the whole text, then a line with a dot alone. With 250 the server has taken over: from now on it must deliver, or tell you that it could not.',
      },
      quit: { name: 'Goodbye', text: 'QUIT, and both hang up.' },
    },
    lines: 'The lines of this step',
    bounce: 'When a message comes back',
    bounceTexts: [
      'A server that has taken a message and cannot deliver it sends a report to the envelope’s sender: the bounce, from “Mailer-Daemon” or “Mail Delivery System”. It names the recipient and repeats the other server’s answer, and in that the number matters.',
      'A 4 at the beginning means that it will be tried again, for some days; you need do nothing. A 5 is final.',
      'A bounce for a message that you never sent means that somebody has used your address as sender. Your mailbox need not be broken into for that.',
    ],
    codes: 'What the numbers mean',
    code: 'Number',
    meaning: 'Meaning',
    codeTexts: [
      ['4.2.2, 5.2.2', 'the mailbox is full'],
      ['4.7.x', 'not now: too many at once, or the server wants to see whether you come again (greylisting)'],
      ['5.1.1', 'there is no such address: look for a typing error'],
      ['5.1.2', 'there is no such domain'],
      ['5.3.4', 'the message is too large'],
      ['5.7.0, 5.7.8', 'sign-in is missing or wrong: user name, password, or access is not switched on'],
      ['5.7.1', 'refused: as spam, or because this sender may not send through this server'],
    ],
    explain: 'Have an error message explained',
  },
  de: {
    title: 'Wie Mail funktioniert',
    lead: 'Zwei Server, zwei Aufgaben: Einer verschickt Ihre Post, einer bewahrt auf, was für Sie ankommt. Deshalb fragt jedes Mailprogramm nach beiden.',
    way: 'Der Weg einer Nachricht',
    stations: [
      {
        who: 'Ihr Mailprogramm',
        does: 'übergibt die Nachricht dem Postausgangsserver Ihres Anbieters',
        by: 'SMTP, Port 465 oder 587',
      },
      {
        who: 'Ihr Anbieter',
        does: 'sieht im DNS nach (MX), welcher Server Post für die andere Domain annimmt',
        by: 'SMTP, Port 25',
      },
      {
        who: 'Der andere Anbieter',
        does: 'legt sie in das Postfach des Empfängers',
        by: 'IMAP, Port 993, oder POP3, Port 995',
      },
      { who: 'Das andere Mailprogramm', does: 'holt sie dort ab' },
    ],
    protocols: 'Die drei Protokolle',
    protocolTexts: [
      [
        'SMTP',
        'verschickt. Das Programm gibt eine Nachricht weiter, von Server zu Server, bis sie im Postfach liegt. Abholen kann es nicht.',
      ],
      [
        'IMAP',
        'holt ab und lässt die Post auf dem Server. Was Sie auf einem Gerät lesen oder verschieben, ist auf allen anderen genauso. Das ist, was Sie wollen.',
      ],
      [
        'POP3',
        'holt auch ab, aber auf ein Gerät, und löscht die Post auf dem Server meist. Ordner kennt es nicht. Es passt, wo ein einziger Rechner alles aufbewahrt.',
      ],
    ],
    ports: 'Ports und Sicherheit',
    portsLead: 'Ein Port ist die Tür eines Servers. Welche es ist, sagt auch, wie die Verschlüsselung beginnt.',
    port: 'Port',
    protocol: 'Protokoll',
    security: 'Sicherheit',
    use: 'Für Sie?',
    uses: {
      best: 'ja, die beste Wahl',
      fine: 'ja, wenn es den darüber nicht gibt',
      servers: 'nein: Hier sprechen Server miteinander',
    },
    tls: 'SSL/TLS oder STARTTLS?',
    tlsTexts: [
      'Mit SSL/TLS ist die Verbindung vom ersten Byte an verschlüsselt. Mit STARTTLS beginnt sie offen, und beide Seiten vereinbaren dann die Verschlüsselung, bevor ein Passwort gesendet wird.',
      'Läuft die Verschlüsselung, schützen beide gleich gut. SSL/TLS hat eine Schwäche weniger: Niemand unterwegs kann sie dem Programm ausreden. Wählen Sie niemals „keine“: Passwort und Post reisten wie auf einer Postkarte.',
      'Der Server weist sich mit einem Zertifikat aus, in dem sein Name steht. Warnt Ihr Mailprogramm davor, stimmt der Name nicht, das Zertifikat ist abgelaufen, oder jemand steht dazwischen. Winken Sie das nicht durch; sehen Sie hier nach, ob der Name stimmt.',
    ],
    password: 'Welches Passwort?',
    passwordTexts: [
      'Meist das Ihres Postfachs. Viele Anbieter wollen für Mailprogramme ein eigenes, das Sie in den Einstellungen Ihres Kontos anlegen (App-Passwort), und oft muss IMAP dort erst eingeschaltet werden.',
      'Mit OAuth2 öffnet das Programm die Anmeldeseite des Anbieters und bekommt dafür einen Schlüssel. Ihr Passwort sieht es nie.',
    ],
    steps: 'Senden in sechs Schritten',
    stepsLead:
      'Das sagen Mailprogramm und Postausgangsserver wirklich zueinander. Alles ist Text; C ist das Programm, S der Server, und jede Antwort beginnt mit einer Zahl: 2 heißt ja, 3 weiter, 4 jetzt nicht, 5 nein.',
    recorded: 'Aufgezeichnet mit Postfix 3.7; das Passwort ist verdeckt.',
    stepTexts: {
      connect: {
        name: 'Verbinden',
        text: 'Das Programm findet die Adresse des Servers im DNS und öffnet eine Verbindung zu dessen Port.',
      },
      ready: { name: 'Begrüßung', text: 'Der Server sagt, wer er ist und dass er bereit ist: 220.' },
      hello: {
        name: 'Vorstellung, Verschlüsselung, Anmeldung',
        text: 'Das Programm stellt sich vor (EHLO), der Server zählt auf, was er kann. Sie schalten auf Verschlüsselung um (STARTTLS), begrüßen sich noch einmal, und das Programm meldet sich an (AUTH). Beachten Sie, dass AUTH erst angeboten wird, wenn die Verbindung verschlüsselt ist.',
      },
      envelope: {
        name: 'Umschlag',
        text: 'Von wem (MAIL FROM) und für wen (RCPT TO). Hier entscheidet der Server, ob er die Nachricht annimmt. Was in „Von“ und „An“ der Nachricht steht, ist der Briefkopf; das hier ist der Umschlag.',
      },
      data: {
        name: 'Nachricht',
        text: 'DATA, dann der ganze Text, dann eine Zeile mit einem einzelnen Punkt. Mit 250 hat der Server übernommen: Von jetzt an muss er zustellen oder Ihnen sagen, dass es nicht ging.',
      },
      quit: { name: 'Abschied', text: 'QUIT, und beide legen auf.' },
    },
    lines: 'Die Zeilen dieses Schritts',
    bounce: 'Wenn eine Nachricht zurückkommt',
    bounceTexts: [
      'Ein Server, der eine Nachricht übernommen hat und nicht zustellen kann, schickt dem Absender auf dem Umschlag einen Bericht: den Rückläufer (Bounce), von „Mailer-Daemon“ oder „Mail Delivery System“. Er nennt den Empfänger und wiederholt die Antwort des anderen Servers, und darin kommt es auf die Zahl an.',
      'Eine 4 am Anfang heißt, dass es einige Tage lang weiter versucht wird; Sie müssen nichts tun. Eine 5 ist endgültig.',
      'Ein Rückläufer zu einer Nachricht, die Sie nie geschickt haben, heißt: Jemand hat Ihre Adresse als Absender benutzt. Ihr Postfach muss dafür nicht aufgebrochen sein.',
    ],
    codes: 'Was die Zahlen bedeuten',
    code: 'Zahl',
    meaning: 'Bedeutung',
    codeTexts: [
      ['4.2.2, 5.2.2', 'das Postfach ist voll'],
      ['4.7.x', 'jetzt nicht: zu viele auf einmal, oder der Server will sehen, ob Sie wiederkommen (Greylisting)'],
      ['5.1.1', 'diese Adresse gibt es nicht: suchen Sie einen Tippfehler'],
      ['5.1.2', 'diese Domain gibt es nicht'],
      ['5.3.4', 'die Nachricht ist zu groß'],
      [
        '5.7.0, 5.7.8',
        'die Anmeldung fehlt oder ist falsch: Benutzername, Passwort, oder der Zugang ist nicht freigeschaltet',
      ],
      ['5.7.1', 'abgelehnt: als Spam, oder weil dieser Absender nicht über diesen Server senden darf'],
    ],
    explain: 'Eine Fehlermeldung erklären lassen',
  },
} as const satisfies InEach<Said>;

export function howMailWorksPage(deps: Deps) {
  return (c: Context): Promise<Response> => {
    const language = languageOf(c);
    const { title, lead } = texts[language];
    return sendPage(c, deps, { title, description: lead, body: body(language) });
  };
}

function body(language: Language): Html {
  const say = texts[language];
  const paragraphs = (all: readonly string[]) => all.map((text) => html`<p>${text}</p>`);
  return html`<h1>${say.title}</h1>
<p class="lead">${say.lead}</p>
<h2>${say.way}</h2>
<ol class="way">${say.stations.map(
    (station) =>
      html`<li><strong>${station.who}</strong> ${station.does}${'by' in station ? html`<small>${station.by}</small>` : ''}</li>`,
  )}</ol>
<h2>${say.protocols}</h2>
<dl class="terms">${say.protocolTexts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
<h2>${say.ports}</h2>
<p>${say.portsLead}</p>
<table class="narrow"><thead><tr>${[say.port, say.protocol, say.security, say.use].map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${ports.map(
    ([port, protocol, security, use]) =>
      html`<tr><th scope="row" class="mono">${port}</th><td>${protocol}</td><td>${security}</td><td>${say.uses[use]}</td></tr>`,
  )}</tbody></table>
<h3>${say.tls}</h3>
${paragraphs(say.tlsTexts)}
<h3>${say.password}</h3>
${paragraphs(say.passwordTexts)}
<h2 id="steps">${say.steps}</h2>
<p>${say.stepsLead}</p>
<p class="small soft">${say.recorded}</p>
<ol class="lesson">${smtpRecording.map(({ name, lines }) => {
    const step = say.stepTexts[name];
    return html`<li><div><h3>${step.name}</h3><p>${step.text}</p></div>
<pre tabindex="0" role="region" aria-label="${`${say.lines}: ${step.name}`}">${lines.map(line)}</pre></li>`;
  })}</ol>
<h2 id="bounce">${say.bounce}</h2>
${paragraphs(say.bounceTexts)}
<table class="narrow"><caption>${say.codes}</caption><thead><tr><th scope="col">${say.code}</th><th scope="col">${say.meaning}</th></tr></thead>
<tbody>${say.codeTexts.map(([code, text]) => html`<tr><th scope="row" class="mono">${code}</th><td>${text}</td></tr>`)}</tbody></table>
<p><a class="button" href="/#errors">${say.explain}</a></p>`;
}

/** Who says a line can be told without colour: it begins with C or S. */
function line(text: string): Html {
  const who = text.startsWith('C:') ? 'mine' : text.startsWith('S:') ? 'theirs' : 'event';
  return html`<span class="${who}">${text}</span>
`;
}
