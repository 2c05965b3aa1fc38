/** How to enter the settings in the mail programs that people have, each in a few steps. */
import { html, raw } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';

/** What the steps need to know of the answer. */
export interface ForPrograms {
  /** Which password, in the middle of a sentence. */
  readonly password: string;
  /** Of Apple's profile; undefined where there is none. */
  readonly profile: string | undefined;
  /** A picture of a QR code that leads to the profile. */
  readonly profileCode: string | undefined;
  /** Thunderbird for Android's code as JSON, with placeholders; undefined where it cannot say the account. */
  readonly account: string | undefined;
}

export const texts = {
  en: {
    title: 'How to enter it',
    lead: 'Choose your mail program. Whatever it asks for is in the table above.',
    thunderbird: {
      name: 'Thunderbird',
      where: 'Windows, macOS, Linux',
      steps: [
        'Open the menu ☰ and choose “Add Account”, then “Email” (“New Account” in older versions).',
        'Enter your name and your address, and choose “Continue”.',
        (password: string) => `Thunderbird finds the servers by itself. Enter ${password}.`,
        'If it finds other servers than the table above, choose “Configure Manually” and enter those of the table.',
      ],
    },
    outlook: {
      name: 'Outlook (classic)',
      where: 'Windows',
      steps: [
        'Choose “File”, then “Add Account”, and enter your address.',
        'Open “Advanced options”, tick “Let me set up my account manually”, and choose “Connect”.',
        'Choose “IMAP” and enter server, port and encryption method from the table above.',
        (password: string) => `Choose “Next” and enter ${password}.`,
      ],
    },
    newOutlook: {
      name: 'New Outlook',
      where: 'Windows, and Outlook for iOS and Android',
      warning:
        'New Outlook gives your password to Microsoft’s servers. They fetch your mail and keep a copy of it there; your computer never speaks to your provider. It asks Microsoft alone for settings and never asks us.',
      steps: [
        'If you do not want that, take classic Outlook or another program.',
        'Else choose “Settings”, “Accounts”, “Add account”, and enter your address.',
        (password: string) =>
          `If it asks for servers, choose “IMAP” and take those of the table above; enter ${password}.`,
      ],
    },
    apple: {
      name: 'Apple Mail',
      where: 'iPhone, iPad, Mac',
      steps: [
        'iPhone, iPad: “Settings”, “Apps”, “Mail”, “Mail Accounts”, “Add Account”, “Other”. Mac: in Mail, “Mail”, “Add Account…”, “Other Mail Account…”.',
        (password: string) => `Enter name, address and ${password}.`,
        'Choose “IMAP” and enter the servers of the table above for incoming and outgoing mail.',
      ],
      profile:
        'Shorter: a profile enters the servers for you. Open it on the device, then “Settings”, “Profile Downloaded”, “Install”. The device asks for your address and password itself.',
      download: 'Download the profile',
      code: 'Or point the camera of the iPhone or iPad here:',
      codeName: 'QR code that leads to the profile',
    },
    android: {
      name: 'Thunderbird for Android, K-9 Mail',
      where: 'Android',
      steps: [
        'Choose “Add account” and enter your address.',
        'If the servers are not found, or are others, choose manual setup and enter those of the table above.',
        (password: string) => `Enter ${password}.`,
      ],
      code: 'Shorter, in Thunderbird: “Import settings”, “Scan QR code”. The code holds servers and address and no password, which the app asks for. It is made here in your browser; K-9 Mail does not read it.',
      person: 'Your name, as others see it (if you like)',
      show: 'Show the QR code',
      needsAddress: 'For the code, type your whole address at the top of this page.',
      ascii: 'Thunderbird’s code takes addresses with plain letters only.',
      codeName: 'QR code for Thunderbird for Android',
    },
    fairemail: {
      name: 'FairEmail',
      where: 'Android',
      steps: [
        'Open the settings, choose “Wizard” under “Quick setup”, and then “Other provider”.',
        (password: string) => `Enter name, address and ${password}, and choose “Check”.`,
        'If that finds nothing, or something else, use “Manual setup” and enter the servers of the table above.',
      ],
    },
  },
  de: {
    title: 'So tragen Sie es ein',
    lead: 'Wählen Sie Ihr Mailprogramm. Alles, wonach es fragt, steht oben in der Tabelle.',
    thunderbird: {
      name: 'Thunderbird',
      where: 'Windows, macOS, Linux',
      steps: [
        'Öffnen Sie das Menü ☰ und wählen Sie „Konto hinzufügen“, dann „E-Mail“ (in älteren Versionen „Neues Konto“).',
        'Geben Sie Ihren Namen und Ihre Adresse ein und wählen Sie „Weiter“.',
        (password: string) => `Thunderbird findet die Server selbst. Geben Sie ${password} ein.`,
        'Findet es andere Server als die in der Tabelle, wählen Sie „Manuell einrichten“ und tragen die aus der Tabelle ein.',
      ],
    },
    outlook: {
      name: 'Outlook (klassisch)',
      where: 'Windows',
      steps: [
        'Wählen Sie „Datei“, dann „Konto hinzufügen“, und geben Sie Ihre Adresse ein.',
        'Öffnen Sie „Erweiterte Optionen“, haken Sie „Ich möchte mein Konto manuell einrichten“ an und wählen Sie „Verbinden“.',
        'Wählen Sie „IMAP“ und tragen Sie Server, Port und Verschlüsselungsmethode aus der Tabelle ein.',
        (password: string) => `Wählen Sie „Weiter“ und geben Sie ${password} ein.`,
      ],
    },
    newOutlook: {
      name: 'Neues Outlook',
      where: 'Windows, ebenso Outlook für iOS und Android',
      warning:
        'Das neue Outlook gibt Ihr Passwort an Server von Microsoft weiter. Diese holen Ihre Post ab und behalten dort eine Kopie; Ihr Rechner spricht nie mit Ihrem Anbieter. Nach Einstellungen fragt es allein Microsoft und niemals uns.',
      steps: [
        'Wenn Sie das nicht möchten, nehmen Sie das klassische Outlook oder ein anderes Programm.',
        'Sonst wählen Sie „Einstellungen“, „Konten“, „Konto hinzufügen“ und geben Ihre Adresse ein.',
        (password: string) =>
          `Fragt es nach Servern, wählen Sie „IMAP“ und nehmen die aus der Tabelle; geben Sie ${password} ein.`,
      ],
    },
    apple: {
      name: 'Apple Mail',
      where: 'iPhone, iPad, Mac',
      steps: [
        'iPhone, iPad: „Einstellungen“, „Apps“, „Mail“, „Mail-Accounts“, „Account hinzufügen“, „Andere“. Mac: in Mail „Mail“, „Account hinzufügen …“, „Anderer Mail-Account …“.',
        (password: string) => `Geben Sie Name, Adresse und ${password} ein.`,
        'Wählen Sie „IMAP“ und tragen Sie für eingehende und ausgehende Post die Server aus der Tabelle ein.',
      ],
      profile:
        'Kürzer: Ein Profil trägt die Server für Sie ein. Öffnen Sie es auf dem Gerät, dann „Einstellungen“, „Profil geladen“, „Installieren“. Nach Adresse und Passwort fragt das Gerät selbst.',
      download: 'Profil herunterladen',
      code: 'Oder halten Sie die Kamera des iPhones oder iPads hierauf:',
      codeName: 'QR-Code, der zum Profil führt',
    },
    android: {
      name: 'Thunderbird für Android, K-9 Mail',
      where: 'Android',
      steps: [
        'Wählen Sie „Konto hinzufügen“ und geben Sie Ihre Adresse ein.',
        'Werden keine oder andere Server gefunden, richten Sie das Konto manuell mit denen aus der Tabelle ein.',
        (password: string) => `Geben Sie ${password} ein.`,
      ],
      code: 'Kürzer, in Thunderbird: „Einstellungen importieren“, „QR-Code scannen“. Der Code enthält Server und Adresse, aber kein Passwort; danach fragt die App. Er entsteht hier in Ihrem Browser; K-9 Mail liest ihn nicht.',
      person: 'Ihr Name, wie ihn andere sehen (wenn Sie möchten)',
      show: 'QR-Code zeigen',
      needsAddress: 'Für den Code geben Sie bitte oben auf der Seite Ihre ganze Adresse ein.',
      ascii: 'Thunderbirds Code nimmt nur Adressen mit einfachen Buchstaben.',
      codeName: 'QR-Code für Thunderbird für Android',
    },
    fairemail: {
      name: 'FairEmail',
      where: 'Android',
      steps: [
        'Öffnen Sie die Einstellungen, wählen Sie unter „Schnelleinrichtung“ den „Assistenten“ und dann „Anderer Anbieter“.',
        (password: string) => `Geben Sie Name, Adresse und ${password} ein und wählen Sie „Überprüfen“.`,
        'Findet das nichts oder etwas anderes, nehmen Sie die manuelle Einrichtung und tragen die Server aus der Tabelle ein.',
      ],
    },
  },
} as const satisfies InEach<unknown>;

type Step = string | ((password: string) => string);

export function programs(given: ForPrograms, language: Language): Html {
  const say = texts[language];
  const { password } = given;
  const steps = (list: readonly Step[]) =>
    html`<ol>${list.map((step) => html`<li>${typeof step === 'string' ? step : step(password)}</li>`)}</ol>`;
  const fold = (id: string, { name, where }: { name: string; where: string }, inside: Html) =>
    html`<details id="${id}" class="program"><summary><span>${name}</span> <small>${where}</small></summary>
<div>${inside}</div></details>`;
  const { thunderbird, outlook, newOutlook, apple, android, fairemail } = say;
  return html`<h2 id="programs">${say.title}</h2>
<p class="soft">${say.lead}</p>
${fold('thunderbird', thunderbird, steps(thunderbird.steps))}
${fold('outlook', outlook, steps(outlook.steps))}
${fold('new-outlook', newOutlook, html`<p class="note doubt">${newOutlook.warning}</p>${steps(newOutlook.steps)}`)}
${fold('apple', apple, html`${profile(given, language)}${steps(apple.steps)}`)}
${fold('android', android, html`${code(given, language)}${steps(android.steps)}`)}
${fold('fairemail', fairemail, steps(fairemail.steps))}`;
}

function profile({ profile: href, profileCode }: ForPrograms, language: Language): Html | string {
  if (href === undefined) return '';
  const { apple: say } = texts[language];
  return html`<p>${say.profile}</p>
<p><a class="button" href="${href}">${say.download}</a></p>
${
  profileCode === undefined
    ? ''
    : html`<p>${say.code}</p><p><img class="code" src="${profileCode}" alt="${say.codeName}" width="180" height="180" loading="lazy"></p>`
}`;
}

/** The whole of it needs a script: without one nothing of it is shown. */
function code({ account }: ForPrograms, language: Language): Html | string {
  if (account === undefined) return '';
  const { android: say } = texts[language];
  return html`<div class="phone" data-account="${account}" data-name="${say.codeName}" data-ascii="${say.ascii}" hidden>
<p>${say.code}</p>
<form class="ask"><label for="person">${say.person}</label>
<div class="field"><input id="person" type="text" autocomplete="name" maxlength="100">${raw(' ')}<button>${say.show}</button></div></form>
<p class="needs">${say.needsAddress}</p>
<div class="code" aria-live="polite"></div></div>`;
}
