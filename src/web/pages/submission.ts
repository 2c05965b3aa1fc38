/**
 * `/submission`: a submission for the one who holds its receipt. The receipt is typed, or sent along by the page itself; it
 * never stands in an address. While checks run the page grows, without a script.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import { routePath } from 'hono/route';
import { elapsed } from '../../net/elapsed.ts';
import type { Language } from '../../provider/phrases.ts';
import { readSubmission, type SubmissionRow } from '../../store/submissions.ts';
import { submitter } from '../../submit/desk.ts';
import { forSubmitter, summary } from '../../submit/show.ts';
import { isOpen } from '../../submit/state.ts';
import { recheck, stop, withdraw } from '../../submit/submissions.ts';
import { systemClock } from '../../verify/clock.ts';
import { HttpProblem } from '../http/errors.ts';
import { needsSecret } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import type { Intake } from '../submissions/intake.ts';
import { ofReceipt, refusable, submissionsOf } from '../submissions/submissions.ts';
import { checkItem, eventList, standing } from './checks.ts';
import { formOf } from './form-body.ts';
import { type Html, sendPage, streamPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';

export const texts = {
  en: {
    title: 'Follow a submission',
    lead: 'With its number and its receipt you see how far it is, prove that the domains are yours, and withdraw it.',
    number: 'Number',
    receipt: 'Receipt',
    open: 'Open',
    heading: (number: number) => `Submission ${number}`,
    about: 'About',
    keep: 'Keep this receipt',
    keepText:
      'It is shown this once, and kept nowhere. With it, and only with it, you follow, change or withdraw what you submitted.',
    preview: 'A mail program can try the draft already, before anybody has reviewed it:',
    checks: 'What the checks find',
    checking: 'They are running; each appears when it has finished.',
    proof: 'How to prove that a domain is yours',
    proofText:
      'Write this line into its zone, then run the checks again. Who does not prove it waits for a reviewer who does it by hand.',
    held: 'was seen there',
    missing: 'not seen yet',
    again: 'Run the checks again',
    stop: 'Stop the publication',
    withdraw: 'Withdraw',
    withdrawHint: 'What you submitted is deleted then.',
    failed: 'Something went wrong here; it is in the log. What was submitted is kept: open it with its receipt.',
  },
  de: {
    title: 'Einen Vorschlag verfolgen',
    lead: 'Mit Nummer und Quittung sehen Sie, wie weit er ist, weisen nach, dass die Domains Ihnen gehören, und ziehen ihn zurück.',
    number: 'Nummer',
    receipt: 'Quittung',
    open: 'Öffnen',
    heading: (number: number) => `Vorschlag ${number}`,
    about: 'Zu',
    keep: 'Bewahren Sie diese Quittung auf',
    keepText:
      'Sie wird nur dieses eine Mal gezeigt und nirgends aufbewahrt. Mit ihr, und nur mit ihr, verfolgen, ändern oder löschen Sie, was Sie eingereicht haben.',
    preview: 'Ein Mailprogramm kann den Vorschlag schon ausprobieren, bevor ihn jemand geprüft hat:',
    checks: 'Was die Prüfungen finden',
    checking: 'Sie laufen; jede erscheint, wenn sie fertig ist.',
    proof: 'So weisen Sie nach, dass eine Domain Ihnen gehört',
    proofText:
      'Schreiben Sie diese Zeile in ihre Zone und wiederholen Sie dann die Prüfungen. Ohne Nachweis wartet der Vorschlag auf einen Menschen, der es von Hand klärt.',
    held: 'wurde dort gesehen',
    missing: 'noch nicht gesehen',
    again: 'Prüfungen wiederholen',
    stop: 'Veröffentlichung anhalten',
    withdraw: 'Zurückziehen',
    withdrawHint: 'Was Sie eingereicht haben, wird dann gelöscht.',
    failed:
      'Hier ist etwas schiefgegangen; es steht im Protokoll. Was eingereicht ist, bleibt: Öffnen Sie es mit der Quittung.',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((given: never) => string)>>>;

/** `GET /submission` */
export function submissionPage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    submissionsOf(deps);
    const say = texts[languageOf(c)];
    const body = html`<h1>${say.title}</h1><p class="lead">${say.lead}</p>
<form method="post" action="/submission" class="narrow">
<div class="one"><label for="number">${say.number}</label><input type="text" id="number" name="number" inputmode="numeric" class="short" required></div>
<div class="one"><label for="receipt">${say.receipt}</label><input type="password" id="receipt" name="receipt" autocomplete="off" required></div>
<p class="acts"><button class="primary">${say.open}</button></p></form>`;
    return sendPage(c, deps, { title: say.title, body });
  };
}

/** `POST /submission`: shows it, after `act` (`recheck`, `stop`, `withdraw`) was done. */
export function submissionForms(deps: Deps, intake: Intake) {
  return async (c: Context): Promise<Response> => {
    needsSecret(c);
    const { desk } = submissionsOf(deps);
    const fields = await formOf(c);
    const receipt = (fields.get('receipt') ?? '').trim();
    const row = await ofReceipt(desk, (fields.get('number') ?? '').trim(), receipt);
    const act = fields.get('act');
    if (act === 'recheck') intake.charge(c, 'change');
    const acts: Readonly<Record<string, () => Promise<SubmissionRow>>> = {
      recheck: () => recheck(desk, row, submitter, deps.asker(c)),
      stop: () => stop(desk, row, submitter, ''),
      withdraw: () => withdraw(desk, row),
    };
    const work = act === null ? undefined : acts[act];
    if (act !== null && !work) throw new HttpProblem('malformed-request', 'The form does not say what is to be done.');
    return followed(c, deps, work ? await refusable(work()) : row, receipt);
  };
}

/** What a submitter gets to see once. @param preview where mail programs find the draft */
export function receiptCard(number: number, receipt: string, preview: string | undefined, language: Language): Html {
  const say = texts[language];
  return html`<div class="card"><h2>${say.keep}</h2><p>${say.number}: <code>${number}</code><br>${say.receipt}: <code class="secret">${receipt}</code></p>
<p>${say.keepText}</p>
${preview === undefined ? '' : html`<p>${say.preview} <code>${preview}</code></p>`}</div>`;
}

/**
 * How soon the store is asked what is new, less and less often, and for how long at the most, milliseconds: a Worker may ask
 * 1,000 questions for one answer.
 */
const [firstPause, lastPause] = [400, 2000];
const longest = 200_000;

/** The page of a submission; while its checks run it grows. */
export async function followed(
  c: Context,
  deps: Deps,
  row: SubmissionRow,
  receipt: string,
  more: { readonly title?: string; readonly before?: Html } = {},
): Promise<Response> {
  const { desk } = submissionsOf(deps);
  const language = languageOf(c);
  const say = texts[language];
  const { number, id } = row;
  const title = more.title ?? say.heading(number);
  const before = html`<h1>${title}</h1>
<p class="lead">${say.about} <a href="/provider/${id}">${id}</a>: ${standing(summary(desk, row), language)}</p>
${more.before ?? ''}
<h2>${say.checks}</h2>${row.state === 'checking' ? html`<p class="soft">${say.checking}</p>` : ''}<ol class="checks" aria-live="polite">`;
  async function* parts() {
    yield before;
    const told = new Set<string>();
    let pause = firstPause;
    for (const end = elapsed() + longest; ; await systemClock.sleep(pause)) {
      pause = Math.min(1.2 * pause, lastPause);
      const now = (await readSubmission(desk.store.db, number)) ?? row;
      const shown = await forSubmitter(desk, now, language);
      const running = now.state === 'checking' && now.version === row.version && elapsed() < end;
      for (const check of shown.checks) {
        if (told.has(check.name) || (running && (check.state === 'pending' || check.state === 'running'))) continue;
        told.add(check.name);
        yield checkItem(check, language);
      }
      if (running) continue;
      yield html`</ol>${now.state === row.state ? '' : html`<p>${standing(shown, language)}</p>`}${rest(now, shown, receipt, language)}`;
      return;
    }
  }
  return streamPage(c, deps, { title }, parts(), failed(c, deps));
}

/** What stands at the end of a page that could not be told to its end. */
export function failed(c: Context, deps: Deps) {
  return (error: unknown): Html => {
    deps.defect(error, routePath(c));
    return html`</ol><p class="note bad">${texts[languageOf(c)].failed}</p>`;
  };
}

function rest(
  row: SubmissionRow,
  { proof, events }: Awaited<ReturnType<typeof forSubmitter>>,
  receipt: string,
  language: Language,
): Html {
  const say = texts[language];
  const proofs = isOpen(row.state) ? proof : [];
  return html`${
    proofs.length === 0
      ? ''
      : html`<h2>${say.proof}</h2><p>${say.proofText}</p>${proofs.map(({ domain, line, held }) => html`<h3>${domain} <small>${held ? say.held : say.missing}</small></h3><pre>${line}</pre>`)}`
  }
${isOpen(row.state) ? actions(row, receipt, language) : ''}
${eventList(events, language)}`;
}

function actions({ number, holdUntil, state }: SubmissionRow, receipt: string, language: Language): Html {
  const say = texts[language];
  return html`<form method="post" action="/submission" class="acts"><input type="hidden" name="number" value="${number}"><input type="hidden" name="receipt" value="${receipt}">
${state === 'checking' || holdUntil !== null ? '' : html`<button name="act" value="recheck">${say.again}</button>`}
${holdUntil === null ? '' : html`<button name="act" value="stop">${say.stop}</button>`}
<button name="act" value="withdraw">${say.withdraw}</button> <small>${say.withdrawHint}</small></form>`;
}
