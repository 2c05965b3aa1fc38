/** The box that explains what a mail program says when it fails. Everything happens in the browser: nothing pasted is sent. */
import { html } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import type { Html } from './frame.ts';
import type { InEach } from './language.ts';

export const texts = {
  en: {
    title: 'Does it say something is wrong?',
    label: 'Paste the error message of your mail program',
    hint: 'It is explained here in your browser and sent nowhere. A part of it is enough.',
    unknown: 'Nobody has written this message down yet. Check user name, password and the steps under “To do first”.',
    step: 'What to do is above',
    seen: 'where this was seen',
    failed: 'The list of messages could not be loaded. Please try again.',
  },
  de: {
    title: 'Kommt eine Fehlermeldung?',
    label: 'Fügen Sie die Fehlermeldung Ihres Mailprogramms ein',
    hint: 'Sie wird hier in Ihrem Browser erklärt und nirgendwohin geschickt. Ein Teil davon genügt.',
    unknown:
      'Diese Meldung hat noch niemand aufgeschrieben. Prüfen Sie Benutzername, Passwort und die Schritte unter „Zuerst zu tun“.',
    step: 'Was zu tun ist, steht oben',
    seen: 'wo das zu sehen war',
    failed: 'Die Liste der Meldungen war nicht zu laden. Bitte versuchen Sie es noch einmal.',
  },
} as const satisfies InEach<Readonly<Record<string, string>>>;

/** @param provider the record whose server may have said it */
export function errorsBox(language: Language, provider?: string): Html {
  const say = texts[language];
  return html`<section class="errors" data-unknown="${say.unknown}" data-step="${say.step}" data-seen="${say.seen}" data-failed="${say.failed}"${
    provider === undefined ? '' : html` data-of="${provider}"`
  } hidden>
<h2 id="errors">${say.title}</h2>
<label for="message">${say.label}</label>
<p class="hint" id="message-hint">${say.hint}</p>
<textarea id="message" rows="3" aria-describedby="message-hint" autocomplete="off" spellcheck="false"></textarea>
<div class="explained" aria-live="polite"></div>
</section>`;
}
