/** `/review`: the queue of submissions, one of them with everything in view, and the decision. For those with a token. */
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import { countSubmissions, listSubmissions, type SubmissionRow } from '../../store/submissions.ts';
import type { By, Desk } from '../../submit/desk.ts';
import { mostReason } from '../../submit/draft/draft.ts';
import { states } from '../../submit/model.ts';
import { accept, ask, decline } from '../../submit/review.ts';
import { forReviewer } from '../../submit/show.ts';
import { stateNames } from '../../submit/standing.ts';
import { isOpen } from '../../submit/state.ts';
import { recheck, stop } from '../../submit/submissions.ts';
import { HttpProblem } from '../http/errors.ts';
import { queryParameter } from '../http/query.ts';
import { needsSecret, sendAside } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import { named } from '../submissions/review.ts';
import { plainReason } from '../submissions/said.ts';
import { refusable, submissionsOf } from '../submissions/submissions.ts';
import { checkList, eventList, standing } from './checks.ts';
import { formOf } from './form-body.ts';
import { type Html, sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { recordDiff } from './record-diff.ts';
import { endOfSession, type Session, sessionCookie, sessionOf, signedForm, signIn } from './session.ts';
import { texts as formWords } from './submit-form.ts';
import { dateElement, writtenNumber } from './written.ts';

export const texts = {
  en: {
    title: 'Review',
    signInLead: 'For those who decide what gets in. The operator makes tokens with “mailatlas token create”.',
    token: 'Token',
    signIn: 'Sign in',
    refused: 'This is no token of a reviewer, or it was revoked.',
    signedIn: (who: string) => `Signed in as ${who}.`,
    signOut: 'Sign out',
    open: 'To decide',
    none: 'There is nothing here.',
    number: 'No.',
    entry: 'Entry',
    what: 'What',
    since: 'Since',
    stands: 'Stands',
    older: 'Older ones',
    one: (number: number) => `Submission ${number}`,
    back: 'Back to the queue',
    says: 'What the submitter says',
    differs: 'What differs',
    field: 'Field',
    now: 'Served now',
    submitted: 'As submitted',
    same: 'Nothing differs from what is served now.',
    found: 'What the checks found',
    decide: 'Decide',
    two: 'This sends mail of people elsewhere than today: two reviewers have to accept it, and then it is held.',
    movesTo: 'New domains',
    takesAway: 'Nobody would answer any more for',
    acceptedBy: 'Accepted so far by',
    proofs: 'Proved',
    confirm: 'No machine can judge this. By ticking it you say that you have looked at it yourself.',
    reason: 'Reason',
    reasonHint: 'The submitter reads it, and so does everybody who looks at the history. Needed to decline and to ask.',
    accept: 'Accept',
    decline: 'Decline',
    ask: 'Ask back',
    recheck: 'Run the checks again',
    stop: 'Stop the publication',
    former: (n: number) => (n === 1 ? 'What it said before' : `What it said before (${n} versions)`),
    until: 'until',
  },
  de: {
    title: 'Prüfen',
    signInLead:
      'Für alle, die entscheiden, was aufgenommen wird. Token macht der Betreiber mit „mailatlas token create“.',
    token: 'Token',
    signIn: 'Anmelden',
    refused: 'Das ist kein Token eines Prüfers, oder es wurde widerrufen.',
    signedIn: (who: string) => `Angemeldet als ${who}.`,
    signOut: 'Abmelden',
    open: 'Zu entscheiden',
    none: 'Hier ist nichts.',
    number: 'Nr.',
    entry: 'Eintrag',
    what: 'Was',
    since: 'Seit',
    stands: 'Stand',
    older: 'Ältere',
    one: (number: number) => `Vorschlag ${number}`,
    back: 'Zurück zur Liste',
    says: 'Was der Einreicher sagt',
    differs: 'Was sich unterscheidet',
    field: 'Feld',
    now: 'Jetzt',
    submitted: 'Wie eingereicht',
    same: 'Es unterscheidet sich nichts von dem, was wir jetzt angeben.',
    found: 'Was die Prüfungen gefunden haben',
    decide: 'Entscheiden',
    two: 'Damit ginge die Post von Menschen anderswohin als heute: Zwei Prüfer müssen zustimmen, danach gilt eine Wartezeit.',
    movesTo: 'Neue Domains',
    takesAway: 'Niemand antwortete mehr für',
    acceptedBy: 'Zugestimmt haben bisher',
    proofs: 'Nachgewiesen',
    confirm: 'Das kann kein Programm beurteilen. Mit dem Haken sagen Sie, dass Sie es selbst angesehen haben.',
    reason: 'Begründung',
    reasonHint: 'Der Einreicher liest sie, und jeder, der den Verlauf ansieht. Nötig zum Ablehnen und zum Nachfragen.',
    accept: 'Annehmen',
    decline: 'Ablehnen',
    ask: 'Nachfragen',
    recheck: 'Prüfungen wiederholen',
    stop: 'Veröffentlichung anhalten',
    former: (n: number) => (n === 1 ? 'Was vorher darin stand' : `Was vorher darin stand (${n} Fassungen)`),
    until: 'bis',
  },
} as const satisfies InEach<Readonly<Record<string, string | ((given: never) => string)>>>;

const shown = 100;

/** `GET /review?state=` */
export function reviewPage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    needsSecret(c);
    const { desk } = submissionsOf(deps);
    const session = await sessionOf(c, deps);
    return session ? sendQueue(c, deps, desk, session) : sendSignIn(c, deps);
  };
}

/** `POST /review`: signing in and out. */
export function reviewSession(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    needsSecret(c);
    submissionsOf(deps);
    const fields = await formOf(c);
    if (fields.get('act') === 'leave') return withCookie(sendAside(c, '/review'), endOfSession(deps));
    const token = (fields.get('token') ?? '').trim();
    if (!(await signIn(deps, token))) return sendSignIn(c, deps, true);
    return withCookie(sendAside(c, '/review'), sessionCookie(deps, token));
  };
}

function withCookie(response: Response, cookie: string): Response {
  response.headers.append('Set-Cookie', cookie);
  return response;
}

/** `GET /review/{number}` */
export function reviewOnePage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    needsSecret(c);
    const { desk } = submissionsOf(deps);
    const session = await sessionOf(c, deps);
    return session ? sendOne(c, deps, await named(desk, c), session) : sendSignIn(c, deps);
  };
}

/** `POST /review/{number}`: decides, and shows what became of it. */
export function reviewDecision(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    needsSecret(c);
    const { desk } = submissionsOf(deps);
    const { session, fields } = await signedForm(c, deps);
    const row = await named(desk, c);
    const work = decisionOf(desk, row, session.by, fields);
    await refusable(work);
    return sendAside(c, `/review/${row.number}`);
  };
}

function decisionOf(desk: Desk, row: SubmissionRow, by: By, fields: URLSearchParams): Promise<SubmissionRow> {
  const reason = plainReason((fields.get('reason') ?? '').trim());
  const act = fields.get('act');
  if ((act === 'decline' || act === 'ask') && reason === '')
    throw new HttpProblem('malformed-request', 'Say why: the submitter reads it.');
  if (act === 'accept') {
    // The page that they have seen may be of another version.
    const seen = Number(fields.get('version'));
    return accept(desk, row.number, by, { reason, confirm: fields.getAll('confirm'), seen });
  }
  if (act === 'decline') return decline(desk, row, by, { reason });
  if (act === 'ask') return ask(desk, row, by, { reason });
  if (act === 'recheck') return recheck(desk, row, by);
  if (act === 'stop') return stop(desk, row, by, reason);
  throw new HttpProblem('malformed-request', 'The form does not say what is to be done.');
}

function sendSignIn(c: Context, deps: Deps, refused = false): Promise<Response> {
  const say = texts[languageOf(c)];
  const body = html`<h1>${say.title}</h1><p class="lead">${say.signInLead}</p>
<form method="post" action="/review" class="narrow"><input type="text" autocomplete="username" value="mailatlas" hidden><div class="one"><label for="token">${say.token}</label>
<input type="password" id="token" name="token" autocomplete="current-password" required${refused ? raw(' aria-invalid="true" aria-describedby="refused"') : ''}>
${refused ? html`<p class="fault" id="refused" role="alert">${say.refused}</p>` : ''}</div>
<p class="acts"><button class="primary">${say.signIn}</button></p></form>`;
  return sendPage(c, deps, { title: say.title, body, caching: 'no-store', ...(refused && { status: 403 as const }) });
}

async function sendQueue(c: Context, deps: Deps, { store }: Desk, session: Session): Promise<Response> {
  const language = languageOf(c);
  const say = texts[language];
  const asked = queryParameter(c.req.url, 'state');
  const wanted = states.filter((state) => state === asked);
  const before = Number(queryParameter(c.req.url, 'before')) || undefined;
  const page = { limit: shown, ...(before !== undefined && { before }) };
  const rows = await listSubmissions(store.db, wanted.length > 0 ? wanted : states.filter(isOpen), page);
  const counts = await countSubmissions(store.db);
  const places = [
    {
      path: '/review',
      name: say.open,
      count: states.filter(isOpen).reduce((sum, state) => sum + (counts[state] ?? 0), 0),
      isHere: wanted.length === 0,
    },
    ...states.flatMap((state) =>
      counts[state]
        ? [
            {
              path: `/review?state=${state}`,
              name: stateNames[state][language],
              count: counts[state],
              isHere: wanted.includes(state),
            },
          ]
        : [],
    ),
  ];
  const body = html`<h1>${say.title}</h1>${whoIsIn(session, language)}
<nav class="choices" aria-label="${say.stands}"><ul>${places.map(({ path, name, count, isHere }) => html`<li><a href="${path}"${isHere ? raw(' aria-current="page"') : ''}>${name} (${writtenNumber(count, language)})</a></li>`)}</ul></nav>
${rows.length === 0 ? html`<p>${say.none}</p>` : queue(rows, language)}
${rows.length === shown ? html`<p><a href="/review?${wanted[0] === undefined ? '' : `state=${wanted[0]}&`}before=${rows.at(-1)?.number}">${say.older}</a></p>` : ''}`;
  return sendPage(c, deps, { title: say.title, body, caching: 'no-store' });
}

function queue(rows: readonly SubmissionRow[], language: Language): Html {
  const say = texts[language];
  const columns = [say.number, say.entry, say.what, say.stands, say.since];
  return html`<table class="sheet" role="table"><caption class="hidden">${say.open}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row) => html`<tr role="row"><th role="rowheader" scope="row"><a href="/review/${row.number}">${row.number}</a></th>
<td role="cell" data-label="${say.entry}"><span>${row.id}</span></td>
<td role="cell" data-label="${say.what}"><span>${formWords[language].kinds[row.kind]}</span></td>
<td role="cell" data-label="${say.stands}"><span>${standing(row, language)}</span></td>
<td role="cell" data-label="${say.since}">${dateElement(row.changedAt, language)}</td></tr>`,
  )}</tbody></table>`;
}

async function sendOne(c: Context, deps: Deps, row: SubmissionRow, session: Session): Promise<Response> {
  const { desk } = submissionsOf(deps);
  const language = languageOf(c);
  const say = texts[language];
  const it = await forReviewer(desk, row, language);
  const { draft, served, former, needs } = it;
  const after = draft.kind === 'remove' ? null : (draft.record ?? served);
  const body = html`<p class="eyebrow"><a href="/review">${say.back}</a></p><h1>${say.one(row.number)}</h1>${whoIsIn(session, language)}
<p class="lead">${formWords[language].kinds[row.kind]}: <a href="/provider/${row.id}">${row.id}</a>. ${standing(it, language)}</p>
${draft.reason === '' ? '' : html`<h2>${say.says}</h2><blockquote>${draft.reason}</blockquote>`}
<h2>${say.differs}</h2>${diff(served, after, language)}
<h2>${say.found}</h2>${checkList(it.checks, language)}
${isOpen(row.state) ? decision(row, session, needs, it.acceptedBy, language) : ''}
${eventList(it.events, language)}
${
  former.length === 0
    ? ''
    : html`<details><summary>${say.former(former.length)}</summary><div>${former.map(
        (one) =>
          html`<h3>${say.until} ${dateElement(one.until, language)}</h3><blockquote>${one.draft.reason}</blockquote>${diff(one.draft.record ?? null, draft.record ?? null, language)}`,
      )}</div></details>`
}`;
  return sendPage(c, deps, { title: say.one(row.number), body, caching: 'no-store' });
}

function diff(
  before: Parameters<typeof recordDiff>[0],
  after: Parameters<typeof recordDiff>[1],
  language: Language,
): Html {
  const say = texts[language];
  const rows = recordDiff(before, after);
  if (rows.length === 0) return html`<p>${say.same}</p>`;
  return html`<table class="sheet sides" role="table"><caption class="hidden">${say.differs}</caption>
<thead role="rowgroup"><tr role="row">${[say.field, say.now, say.submitted].map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row) => html`<tr role="row"><th role="rowheader" scope="row"><code>${row.field}</code></th>
<td role="cell" data-label="${say.now}"><del>${row.before}</del></td><td role="cell" data-label="${say.submitted}"><ins>${row.after}</ins></td></tr>`,
  )}</tbody></table>`;
}

function decision(
  row: SubmissionRow,
  { formKey }: Session,
  needs: Awaited<ReturnType<typeof forReviewer>>['needs'],
  acceptedBy: readonly string[],
  language: Language,
): Html {
  const say = texts[language];
  const isHeld = row.holdUntil !== null;
  const names = (what: string, list: readonly string[]) =>
    list.length > 0 ? html`<p>${what}: ${list.join(', ')}</p>` : '';
  return html`<h2 id="decide">${say.decide}</h2>
${needs.reviewers > 1 ? html`<div class="note doubt"><p>${say.two}</p>${names(say.movesTo, needs.movesTo)}${names(say.takesAway, needs.takesAway)}</div>` : ''}
${acceptedBy.length > 0 ? html`<p>${say.acceptedBy}: ${acceptedBy.join(', ')}</p>` : ''}
${needs.proofs.needed.length > 0 ? html`<p>${say.proofs}: ${needs.proofs.held.length}/${needs.proofs.needed.length} (${needs.proofs.needed.join(', ')})</p>` : ''}
<form method="post" action="/review/${row.number}" class="decision"><input type="hidden" name="key" value="${formKey}"><input type="hidden" name="version" value="${row.version}">
${
  needs.confirm.length === 0 || isHeld
    ? ''
    : html`<fieldset class="ticks"><legend>${say.confirm}</legend>${needs.confirm.map((word) => html`<label><input type="checkbox" name="confirm" value="${word}"> <code>${word}</code></label>`)}</fieldset>`
}
<div class="one"><label for="reason">${say.reason}</label><textarea id="reason" name="reason" rows="3" maxlength="${mostReason}" aria-describedby="reason-hint"></textarea><p class="hint" id="reason-hint">${say.reasonHint}</p></div>
<p class="acts">${
    isHeld
      ? html`<button class="primary" name="act" value="stop">${say.stop}</button>`
      : row.state === 'waiting'
        ? html`<button class="primary" name="act" value="accept">${say.accept}</button><button name="act" value="ask">${say.ask}</button>`
        : ''
  }<button name="act" value="decline">${say.decline}</button>${row.state !== 'checking' && !isHeld ? html`<button name="act" value="recheck">${say.recheck}</button>` : ''}</p></form>`;
}

function whoIsIn({ by, formKey }: Session, language: Language): Html {
  const say = texts[language];
  return html`<form method="post" action="/review" class="leave"><input type="hidden" name="key" value="${formKey}"><span class="soft">${say.signedIn(by.who)}</span> <button name="act" value="leave">${say.signOut}</button></form>`;
}
