import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isOpen } from '../submit/state.ts';
import { askServer, complaintOf, type Question, ServerRefusal, serverOption, serverUrl } from './atlas-server.ts';
import type { Command } from './main.ts';
import { jsonOption, language } from './options.ts';
import { type Reserved, readSecret, reservePrivate, tokenPlace } from './private-file.ts';
import { Complaint, type ExitCode, exit, misuse, note, out, outJson, visible } from './say.ts';
import { readSubmissionFile, type SubmissionFile } from './submission-file.ts';
import {
  type DryRun,
  type Followed,
  type Made,
  sayCheck,
  sayProofs,
  sayRemarks,
  sayStanding,
  sayTitle,
  sayWords,
  words,
} from './submission-say.ts';

const usage = `usage: mailatlas submit FILE --server URL [--receipt FILE] [--reason TEXT] [--contact ADDRESS] [--dry-run]
       mailatlas submit --kind report|remove --id ID --reason TEXT --server URL [--receipt FILE]
       mailatlas submit --follow NUMBER | --recheck NUMBER | --stop NUMBER | --withdraw NUMBER --receipt FILE --server URL
       mailatlas submit --change NUMBER FILE --receipt FILE --server URL

Submits a record to a mailatlas server, shows its checks as they finish, and what to write into which zone as proof of
control. FILE is a record (YAML as in data/providers, or JSON), a whole submission in JSON, or a file in autoconfig's format.
A reviewer decides then; the server's policy says how.

  --server URL        the server (default: the environment's MAILATLAS_SERVER)
  --receipt FILE      where the receipt goes: a new file that nobody else can read. Without it the receipt is printed, once.
                      To follow, withdraw …: the file, or MAILATLAS_RECEIPT in the environment
  --dry-run           run every check and submit nothing
  --kind KIND         new, change, report or remove (default: change where the server has such a record, else new)
  --id ID             the record it is about, where the file does not say
  --reason TEXT       why, and how one can see it: plain text
  --contact ADDRESS   where you want to hear what becomes of it; kept only while the submission is open
  --token-file FILE   of reviewers: a file with your token. What you submit with it, others have to accept
  --country CC, --provider KIND, --website URL, --operator DOMAIN, --documentation URL
                      what a file in autoconfig's format cannot say
  --follow NUMBER     how far it is; waits while it is being checked
  --change NUMBER     put FILE in its place: an answer to what a reviewer asks
  --recheck NUMBER    run the checks again, when the proof is in place
  --stop NUMBER       take an acceptance back that is not served yet
  --withdraw NUMBER   end it; what was submitted is deleted
  --json              what the server answers, at once: nothing is waited for

Exit code 0: it is on its way, or served. 1: a check failed, the server refuses it, or it was declined. 3: no answer.

example:
  mailatlas submit hoster.example.yml --server https://atlas.example --receipt hoster.receipt
`;

const acts = ['follow', 'change', 'recheck', 'stop', 'withdraw'] as const;
type Act = (typeof acts)[number];

const beside = ['country', 'provider', 'website', 'operator', 'documentation'] as const;

const options = {
  ...serverOption,
  ...jsonOption,
  receipt: { type: 'string' },
  'dry-run': { type: 'boolean' },
  kind: { type: 'string' },
  id: { type: 'string' },
  reason: { type: 'string' },
  contact: { type: 'string' },
  'token-file': { type: 'string' },
  country: { type: 'string' },
  provider: { type: 'string' },
  website: { type: 'string' },
  operator: { type: 'string' },
  documentation: { type: 'string' },
  follow: { type: 'string' },
  change: { type: 'string' },
  recheck: { type: 'string' },
  stop: { type: 'string' },
  withdraw: { type: 'string' },
} as const;

type Values = ReturnType<typeof parse>['values'];

const parse = (args: string[]) => parseArgs({ args, allowPositionals: true, options });

/** Milliseconds between two looks at a submission that is being checked. */
const pause = 1000;
/** So often in a row a server may not answer meanwhile: it may be starting anew. */
const mostMissed = 20;

export const command: Command = {
  usage,
  async run(args) {
    const { values, positionals } = parse(args);
    const [path, ...extra] = positionals;
    if (extra.length > 0) throw misuse('submit takes one file', 'submit');
    const given = acts.filter((act) => values[act] !== undefined);
    const [act, ...others] = given;
    if (others.length > 0) throw misuse(`--${given.join(' and --')} are for one at a time`, 'submit');
    const server = serverUrl(values.server, 'submit');
    const needsFile = act === undefined ? values.kind !== 'report' && values.kind !== 'remove' : act === 'change';
    if (needsFile && path === undefined) throw misuse('submit needs the FILE of a record', 'submit');
    if (act !== undefined && values['token-file'] !== undefined)
      throw misuse(`--token-file is not for --${act}, which takes the receipt`, 'submit');
    if (!needsFile && path !== undefined)
      throw misuse(`there is no file to --${act ?? `kind ${values.kind}`}`, 'submit');
    const file = path === undefined ? undefined : readSubmissionFile(path);
    try {
      return act === undefined ? await submit(server, file, values) : await later(server, act, file, values);
    } catch (error) {
      throw error instanceof ServerRefusal ? explain(error, file) : error;
    }
  },
};

/** The request with what is to be submitted. */
function questionOf(
  file: SubmissionFile | undefined,
  values: Values,
): Pick<Question, 'body' | 'headers'> & { query: string } {
  const { kind, id, reason, contact } = values;
  const said = { ...(kind && { kind }), ...(id && { id }), ...(reason && { reason }), language: language() };
  if (file && 'xml' in file.content) {
    if (contact !== undefined && !/^[\x21-\x7e]+$/.test(contact)) {
      throw misuse('beside such a file, --contact takes an address of ASCII letters', 'submit');
    }
    const more = beside.flatMap((name): [string, string][] =>
      values[name] === undefined ? [] : [[name, values[name]]],
    );
    return {
      body: { type: 'text/xml', text: file.content.xml },
      headers: contact === undefined ? {} : { From: contact },
      query: String(new URLSearchParams([...Object.entries(said), ...more])),
    };
  }
  const stray = beside.find((name) => values[name] !== undefined);
  if (stray !== undefined)
    throw misuse(`--${stray} is for files in autoconfig’s format; a record says it itself`, 'submit');
  const all = { ...said, ...(contact && { contact }) };
  if (!file) return { body: { json: all }, query: '' };
  const { content } = file;
  // What the file says of itself is said there.
  const json = 'submission' in content ? { ...all, ...content.submission } : { ...all, ...content };
  return { body: { json }, query: '' };
}

async function submit(server: string, file: SubmissionFile | undefined, values: Values): Promise<ExitCode> {
  const speech = language();
  const { query, ...said } = questionOf(file, values);
  const token = values['token-file'];
  const question = { ...said, ...(token !== undefined && { secret: readSecret(token, tokenPlace, 'submit') }) };
  if (values['dry-run']) {
    const path = `/api/v1/submissions?dry_run=1${query && `&${query}`}`;
    note(words[speech].dryRun);
    const tried = await askServer<DryRun>(server, { ...question, method: 'POST', path, isSlow: true }, speech);
    if (values.json) outJson(tried);
    else {
      if (tried.remarks.length > 0) out(sayRemarks(tried.remarks, speech));
      for (const check of tried.checks) out(sayCheck(check, speech));
    }
    return exitFor(tried);
  }
  const place =
    values.receipt === undefined
      ? undefined
      : reservePrivate(values.receipt, {
          isThere: 'it may be the receipt of another submission; name a new file',
          isNot: 'nothing was submitted',
        });
  let made: Made;
  try {
    made = await send(server, { ...question, method: 'POST', path: `/api/v1/submissions${query && `?${query}`}` });
  } catch (error) {
    place?.giveUp();
    throw error;
  }
  const { receipt, ...rest } = made;
  const kept = place && keeps(place, receipt) ? place : undefined;
  if (values.json) {
    outJson(kept ? rest : made);
    return exitFor(made);
  }
  const { number, kind, preview, remarks } = made;
  out(sayTitle(made, speech));
  out(kept ? `${words[speech].receiptIn} ${kept.file}` : `${words[speech].receipt} ${receipt}`);
  if (!kept) note(words[speech].once);
  if (kind === 'new' || kind === 'change') out(`${words[speech].preview} ${preview}/v1.1/`);
  if (remarks.length > 0) out(sayRemarks(remarks, speech));
  return follow(server, number, receipt, kept?.file ?? 'FILE');
}

/** False where it cannot be written after all (a full disk): then it is shown, because nobody can get it again. */
function keeps(place: Reserved, receipt: string): boolean {
  try {
    place.write(receipt);
    return true;
  } catch (error) {
    place.giveUp();
    const { code } = error as NodeJS.ErrnoException;
    note(`${place.file} cannot be written (${code ?? 'unknown'}), and the receipt is shown instead`);
    return false;
  }
}

/** The receipt exists only in the answer: where that is lost, the same request gets it again. */
async function send(server: string, question: Question): Promise<Made> {
  const headers = { ...question.headers, 'Idempotency-Key': randomUUID() };
  for (let attempt = 1; ; attempt++) {
    try {
      return await askServer<Made>(server, { ...question, headers }, language());
    } catch (error) {
      const mayPass = error instanceof Complaint || (error instanceof ServerRefusal && error.status === 500);
      if (attempt >= 3 || !mayPass) throw error;
      await sleep(pause * attempt);
    }
  }
}

/** What the holder of a receipt can do. */
async function later(server: string, act: Act, file: SubmissionFile | undefined, values: Values): Promise<ExitCode> {
  const number = numberOf(values[act], act);
  const receipt = readSecret(
    values.receipt,
    { what: 'receipt', flag: '--receipt', variable: 'MAILATLAS_RECEIPT' },
    'submit',
  );
  const path = `/api/v1/submissions/${number}`;
  const { reason } = values;
  const told = file ? questionOf(file, values) : { query: '' };
  const questions: Record<Act, Question> = {
    follow: { path },
    change: { ...told, method: 'PUT', path: `${path}${told.query && `?${told.query}`}` },
    recheck: { method: 'POST', path: `${path}/recheck` },
    stop: { method: 'POST', path: `${path}/stop`, body: { json: { ...(reason && { reason }) } } },
    withdraw: { method: 'DELETE', path },
  };
  const seen = await askServer<Followed>(server, { ...questions[act], secret: receipt }, language());
  if (values.json) {
    outJson(seen);
    return act === 'follow' ? exitFor(seen) : exit.yes;
  }
  if (act === 'withdraw' || act === 'stop') {
    out(sayStanding(seen, language()));
    return exit.yes;
  }
  return follow(server, number, receipt, values.receipt ?? 'FILE');
}

function numberOf(typed: string | undefined, act: Act): number {
  if (typed !== undefined && /^[1-9]\d{0,14}$/.test(typed)) return Number(typed);
  throw misuse(`--${act} takes the number of a submission`, 'submit');
}

/** Shows each check as it ends, and where the submission stands then. */
async function follow(server: string, number: number, receipt: string, place: string): Promise<ExitCode> {
  const speech = language();
  const shown = new Set<string>();
  let missed = 0;
  for (;;) {
    let seen: Followed;
    try {
      seen = await askServer<Followed>(server, { path: `/api/v1/submissions/${number}`, secret: receipt }, speech);
      missed = 0;
    } catch (error) {
      const mayPass = error instanceof Complaint || (error instanceof ServerRefusal && error.status >= 429);
      if (!mayPass || ++missed > mostMissed) throw error;
      await sleep(pause);
      continue;
    }
    for (const check of seen.checks) {
      if (shown.has(check.name) || check.state === 'pending' || check.state === 'running') continue;
      shown.add(check.name);
      // Nothing of a report is for machines; what is to be proved is told below, once.
      if (seen.kind !== 'report') out(sayCheck(check, speech, check.name === 'proof' ? 'none' : 'open'));
    }
    if (seen.state === 'checking') {
      await sleep(pause);
      continue;
    }
    for (const part of [sayWords(seen.events, speech), isOpen(seen.state) ? sayProofs(seen, speech) : ''])
      if (part !== '') out(part);
    out(sayStanding(seen, speech));
    if (isOpen(seen.state))
      note(`${words[speech].further} mailatlas submit --follow ${number} --receipt ${place} --server ${server}`);
    return exitFor(seen);
  }
}

function exitFor({
  checks,
  state,
}: {
  readonly checks: Followed['checks'];
  readonly state?: Followed['state'];
}): ExitCode {
  if (state === 'declined' || state === 'withdrawn') return exit.no;
  return checks.some((check) => check.state === 'failed') ? exit.no : exit.yes;
}

/** What the server says no to; each mistake of a draft at its place in the file. */
function explain(refusal: ServerRefusal, file: SubmissionFile | undefined): Complaint {
  const { mistakes } = refusal.problem as { mistakes?: { at: string; says: string }[] };
  if (Array.isArray(mistakes) && mistakes.length > 0) {
    const lines = mistakes.map(({ at, says }) => `  ${file?.placeOf(at) ?? visible(at)}: ${visible(says)}`);
    return new Complaint(`this cannot be submitted:\n${lines.join('\n')}`, { code: exit.no });
  }
  return complaintOf(refusal, {
    'no-submissions': 'see --server; its operator can say where submissions go',
    'unknown-submission': 'see the number and --receipt',
    'no-token': 'see --receipt',
  });
}
