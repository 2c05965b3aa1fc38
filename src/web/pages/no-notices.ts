/**
 * `/notices/{number}/{token}`: the end of notices by mail about a submission. Asked for by a link in each of them, and by
 * mail programs themselves (RFC 8058): only a POST does it, because links are followed by machines that look for viruses.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { isSecret, secretHash } from '../../store/secret.ts';
import type { SubmissionRow } from '../../store/submissions.ts';
import { endOfNoticesOf } from '../../submit/receipt.ts';
import { endNotices } from '../../submit/submissions.ts';
import { HttpProblem } from '../http/errors.ts';
import type { Deps } from '../served/served.ts';
import { submissionOf, submissionsOf } from '../submissions/submissions.ts';
import { sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { onlyHere } from './problem.ts';

export const texts = {
  en: {
    title: 'No more notices',
    ask: (number: number) =>
      `About submission ${number} mails are sent to an address that was given with it. They end here, and the address is erased. The submission itself goes on.`,
    button: 'End the notices and erase the address',
    done: 'The address is erased. Nothing more will be sent.',
  },
  de: {
    title: 'Keine Nachrichten mehr',
    ask: (number: number) =>
      `Zu Einsendung ${number} gehen Mails an eine Adresse, die mit ihr angegeben wurde. Hier enden sie, und die Adresse wird gelöscht. Die Einsendung selbst läuft weiter.`,
    button: 'Nachrichten beenden und Adresse löschen',
    done: 'Die Adresse ist gelöscht. Es wird nichts mehr geschickt.',
  },
} as const satisfies InEach<object>;

export function noNoticesPage(deps: Deps) {
  const found = async (c: Context): Promise<SubmissionRow> => {
    onlyHere(deps, c);
    const row = await submissionOf(submissionsOf(deps).desk, c.req.param('number'));
    if (row && isSecret(c.req.param('token') ?? '', secretHash(endOfNoticesOf(row.receipt)))) return row;
    throw new HttpProblem('unknown-submission', 'There is no such submission, or the address is not complete.');
  };
  const answer = (c: Context, body: ReturnType<typeof html>): Promise<Response> => {
    const { title } = texts[languageOf(c)];
    return sendPage(c, deps, { title, body: html`<h1>${title}</h1>\n${body}`, caching: 'no-store' });
  };
  return {
    GET: async (c: Context): Promise<Response> => {
      const { number, contact } = await found(c);
      const { ask, button, done } = texts[languageOf(c)];
      if (contact === null) return answer(c, html`<p class="note">${done}</p>`);
      return answer(c, html`<p>${ask(number)}</p>\n<form method="post"><p><button>${button}</button></p></form>`);
    },
    POST: async (c: Context): Promise<Response> => {
      const row = await found(c);
      await endNotices(submissionsOf(deps).desk, row);
      return answer(c, html`<p class="note">${texts[languageOf(c)].done}</p>`);
    },
  };
}
