/**
 * `/submit`: the form with which strangers tell of a provider, a mistake, or their own entry. It works without a script:
 * “check only” answers with a page that grows as checks finish. A script (browser/submit.ts) adds rows, and tells mistakes
 * while one types: it sends the form to be judged, by the very schema that judges what is submitted.
 */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Provider } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import { readDraft } from '../../submit/draft/draft.ts';
import type { Mistake } from '../../submit/draft/mistake.ts';
import { type CheckResult, type Kind, kinds } from '../../submit/model.ts';
import { previewOf } from '../../submit/receipt.ts';
import { showCheck } from '../../submit/show.ts';
import { HttpProblem } from '../http/errors.ts';
import { queryParameter } from '../http/query.ts';
import { needsSecret } from '../http/respond.ts';
import type { Deps } from '../served/served.ts';
import type { Intake } from '../submissions/intake.ts';
import { submissionsOf } from '../submissions/submissions.ts';
import { asset } from './assets.ts';
import { checkItem } from './checks.ts';
import { formOf } from './form-body.ts';
import { draftOfForm } from './form-draft.ts';
import { sendPage, streamPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';
import { scripts } from './scripts.ts';
import { failed, followed, receiptCard } from './submission.ts';
import { entryForm, type Filled, texts as formTexts, kindLinks, type Setting, submitForm } from './submit-form.ts';
import { Told } from './told.ts';

export const texts = {
  en: {
    title: 'Submit an entry',
    unserved: 'There is no entry of this name in the list.',
    closed: 'This server takes no submissions.',
    closedText: 'Its operator has not turned them on. The settings it serves stay readable.',
    trying: 'What the checks find',
    tryingLead: 'Nothing was submitted. Each check appears here when it has finished.',
    tried: 'That was all. If it looks right, send it.',
    filled: 'What was filled in',
    done: 'Submitted',
    another: 'Follow a submission',
  },
  de: {
    title: 'Einen Eintrag vorschlagen',
    unserved: 'Einen Eintrag dieses Namens gibt es in der Liste nicht.',
    closed: 'Dieser Server nimmt keine Vorschläge an.',
    closedText: 'Sein Betreiber hat das nicht eingeschaltet. Die Einstellungen, die er angibt, bleiben lesbar.',
    trying: 'Was die Prüfungen finden',
    tryingLead: 'Es wurde nichts eingereicht. Jede Prüfung erscheint hier, wenn sie fertig ist.',
    tried: 'Das war alles. Wenn es stimmt, reichen Sie es ein.',
    filled: 'Was ergänzt wurde',
    done: 'Eingereicht',
    another: 'Einen Vorschlag verfolgen',
  },
} as const satisfies InEach<Readonly<Record<string, string>>>;

const script = asset('submit.js', 'text/javascript; charset=utf-8', scripts.submit);

/** `GET /submit?kind=&id=` */
export function submitPage(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const language = languageOf(c);
    const say = texts[language];
    if (!deps.submissions) {
      const body = html`<h1>${say.closed}</h1><p class="lead">${say.closedText}</p>`;
      return sendPage(c, deps, { title: say.closed, body });
    }
    const asked = queryParameter(c.req.url, 'kind');
    const kind = kinds.find((one) => one === asked) ?? 'new';
    const id = queryParameter(c.req.url, 'id')?.trim() || undefined;
    const domain = queryParameter(c.req.url, 'domain');
    if (kind === 'new')
      return sendForm(c, deps, { kind, ...(domain && { record: { domains: [domain] } }) }, [], undefined);
    const base = id === undefined ? undefined : await servedAs(deps, id);
    if (base) return sendForm(c, deps, { kind, id: base.id, ...(kind === 'change' && { record: base }) }, [], base);
    const body = html`<h1>${say.title}</h1>${kindLinks(kind, id, language)}
${entryForm(kind, id, id === undefined ? undefined : say.unserved, language)}`;
    return sendPage(c, deps, { title: say.title, body, status: id === undefined ? 200 : 404 });
  };
}

/** `POST /submit`: `act` is `submit`, `try` (checks only) or `judge` (mistakes only). */
export function submitForms(deps: Deps, intake: Intake) {
  return async (c: Context): Promise<Response> => {
    needsSecret(c);
    const language = languageOf(c);
    const { desk } = submissionsOf(deps);
    const fields = await formOf(c);
    const base = await servedAs(deps, (fields.get('/id') ?? '').trim());
    const sent = draftOfForm(fields, base, language);
    const filled = { kind: kindOf(sent['kind']), ...sent } as Filled;
    const atlas = await desk.atlas();
    const read = readDraft(JSON.stringify(sent), (one) => atlas.records.get(one));
    const act = fields.get('act');
    if (act === 'judge' || 'mistakes' in read) {
      return sendForm(c, deps, filled, 'mistakes' in read ? read.mistakes : [], base, act !== 'judge');
    }
    intake.charge(c, 'submit');
    if (act === 'try') return sendTrial(c, deps, intake, read, filled, base);
    if (act !== 'submit') throw new HttpProblem('malformed-request', 'The form says neither “submit” nor “try”.');
    const { draft, contact } = read;
    const { number, receipt, row } = await intake.submit(c, { draft, contact });
    const preview = `${deps.url ?? ''}/preview/${previewOf(receipt)}`;
    const said = texts[language];
    return followed(c, deps, row, receipt, {
      title: said.done,
      before: receiptCard(
        number,
        receipt,
        draft.record ? `${preview}/v1.1/${draft.record.domains[0] ?? ''}` : undefined,
        language,
      ),
    });
  };
}

/** The checks of a draft that is not submitted, each as it finishes; the form stands below. */
async function sendTrial(
  c: Context,
  deps: Deps,
  intake: Intake,
  { draft, remarks }: Extract<ReturnType<typeof readDraft>, { draft: unknown }>,
  filled: Filled,
  base: Provider | undefined,
): Promise<Response> {
  const language = languageOf(c);
  const say = texts[language];
  const told = new Told<CheckResult>();
  const trying = intake.tryOut(c, draft, told.tell);
  trying.then(told.end, told.end);
  async function* parts() {
    yield html`<h1>${say.title}</h1><h2>${say.trying}</h2><p class="soft">${say.tryingLead}</p><ol class="checks" aria-live="polite">`;
    for await (const result of told)
      if (result.state !== 'running') yield checkItem(showCheck(result, language), language);
    await trying;
    yield html`</ol><p>${say.tried}</p>
${remarks.length === 0 ? '' : html`<h2>${say.filled}</h2><ul lang="en">${remarks.map(({ where, says }) => html`<li><code>${where}</code> ${says}</li>`)}</ul>`}
${submitForm(filled, [], settingOf(deps, base, language))}`;
  }
  return streamPage(c, deps, { title: say.trying, script }, parts(), failed(c, deps));
}

/** @param isSent whether somebody wants to submit this, and is told what keeps them from it */
async function sendForm(
  c: Context,
  deps: Deps,
  filled: Filled,
  mistakes: readonly Mistake[],
  base: Provider | undefined,
  isSent = false,
): Promise<Response> {
  const language = languageOf(c);
  const say = texts[language];
  const body = html`<h1>${say.title}</h1>${kindLinks(filled.kind, filled.id, language)}
${submitForm(filled, mistakes, settingOf(deps, base, language))}
<p><a href="/submission">${say.another}</a> · <a href="/policy">${formTexts[language].policy}</a></p>`;
  return sendPage(c, deps, {
    title: say.title,
    body,
    script,
    ...(isSent && mistakes.length > 0 && { status: 422 as const }),
    ...(c.req.method === 'POST' && { caching: 'no-store' as const }),
  });
}

function settingOf({ submissions }: Deps, base: Provider | undefined, language: Language): Setting {
  return { base, language, isSilent: submissions?.desk.isSilent === true };
}

function kindOf(said: unknown): Kind {
  return kinds.find((one) => one === said) ?? 'new';
}

async function servedAs({ submissions }: Deps, id: string): Promise<Provider | undefined> {
  return (await submissions?.desk.atlas())?.records.get(id.toLowerCase());
}
