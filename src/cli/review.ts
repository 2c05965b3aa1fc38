import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { draftText } from '../catalog/format.ts';
import type { SubmissionList } from '../web/contract/submissions.ts';
import { askServer, complaintOf, type Question, ServerRefusal, serverOption, serverUrl } from './atlas-server.ts';
import type { Command } from './main.ts';
import { jsonOption, language } from './options.ts';
import { readSecret, tokenPlace } from './private-file.ts';
import { Complaint, exit, misuse, out, outJson, visible } from './say.ts';
import { quoted, type Reviewed, sayCheck, sayEvent, sayQueue, sayStanding, sayTitle } from './submission-say.ts';

const usage = `usage: mailatlas review [list] [--state STATE,…] --server URL [--json]
       mailatlas review show NUMBER [--record] --server URL [--json]
       mailatlas review accept NUMBER --seen VERSION [--confirm NAME]… [--reason TEXT] --server URL
       mailatlas review decline|ask NUMBER --reason TEXT --server URL
       mailatlas review stop NUMBER [--reason TEXT] --server URL
       mailatlas review recheck NUMBER --server URL
       mailatlas review rollback REVISION --reason TEXT --server URL

Decides about submissions on a mailatlas server, with a token that its operator makes: mailatlas token create --role reviewer
(rollback needs the role admin). What no machine could judge has to be confirmed by name; show says what. What would send
people of a served domain elsewhere is published only when a second reviewer has accepted it, too, and some days have passed.

  --server URL       the server (default: the environment's MAILATLAS_SERVER)
  --token-file FILE  a file with the token that nobody else can read (default: the environment's MAILATLAS_TOKEN)
  --state STATE,…    list: checking, waiting, asked, published, exported, declined, withdrawn (default: what is open)
  --record           show: the record alone, as YAML
  --seen VERSION     accept: what you have looked at, as show says it; what has changed since is not accepted
  --confirm NAME     accept: what you have looked at, as show names it. Repeatable
  --reason TEXT      what the submitter and the history are told
  --json             what the server answers

Exit code 0: done. 1: the server refuses it, and says why. 3: no answer.

example:
  MAILATLAS_TOKEN=mat_… mailatlas review show 12 --server https://atlas.example
`;

const decisions = ['accept', 'decline', 'ask', 'stop', 'recheck'] as const;
type Decision = (typeof decisions)[number];

const options = {
  ...serverOption,
  ...jsonOption,
  'token-file': { type: 'string' },
  state: { type: 'string' },
  record: { type: 'boolean' },
  confirm: { type: 'string', multiple: true },
  seen: { type: 'string' },
  reason: { type: 'string' },
} as const;

type List = z.infer<typeof SubmissionList>;

const words = {
  en: {
    empty: 'Nothing is waiting.',
    more: 'there are more',
    reason: 'why, in the words of the submitter:',
    former: 'drafts before this one',
    served: 'what is served now',
    two: 'It needs two reviewers and a hold.',
    moves: 'people of a served domain would be sent to',
    takes: 'nobody would answer any more for',
    proofs: 'proof of control',
    of: 'of',
    accept: 'To accept it, look at each of these and confirm it, with --seen',
    accepted: 'accepted by',
  },
  de: {
    empty: 'Nichts wartet.',
    more: 'es gibt noch mehr',
    reason: 'Begründung, in den Worten der Einsendung:',
    former: 'Frühere Entwürfe',
    served: 'was jetzt ausgeliefert wird',
    two: 'Nötig sind zwei Zustimmungen und eine Wartezeit.',
    moves: 'Menschen einer ausgelieferten Domain würden geleitet zu',
    takes: 'niemand antwortete mehr für',
    proofs: 'Nachweise',
    of: 'von',
    accept: 'Vor dem Annehmen alles hier ansehen und einzeln bestätigen, mit --seen',
    accepted: 'angenommen von',
  },
} as const;

export const command: Command = {
  usage,
  async run(args) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [act = 'list', typed, ...extra] = positionals;
    if (extra.length > 0) throw misuse('review takes one number', 'review');
    const decision = decisions.find((one) => one === act);
    const isKnown = decision !== undefined || ['list', 'show', 'rollback'].includes(act);
    if (!isKnown) throw misuse(`review knows list, show, ${decisions.join(', ')} and rollback, not “${act}”`, 'review');
    const strays = [
      values.state !== undefined && act !== 'list' && '--state is for list',
      values.record && act !== 'show' && '--record is for show',
      values.confirm && act !== 'accept' && '--confirm is for accept',
      values.seen !== undefined && act !== 'accept' && '--seen is for accept',
      act === 'accept' && !/^[1-9]\d{0,8}$/.test(values.seen ?? '') && 'accept needs --seen VERSION, as show says it',
      values.reason !== undefined && ['list', 'show', 'recheck'].includes(act) && `--reason is not for ${act}`,
      act === 'list' && typed !== undefined && 'list takes no number',
      ['decline', 'ask', 'rollback'].includes(act) && !values.reason?.trim() && `${act} needs --reason TEXT`,
    ].find((one) => typeof one === 'string');
    if (strays) throw misuse(strays, 'review');
    const number = act === 'list' ? 0 : numberOf(typed, act);
    const server = serverUrl(values.server, 'review');
    const secret = readSecret(values['token-file'], tokenPlace, 'review');
    const ask = <T>(question: Question) => askServer<T>(server, { ...question, secret }, language());
    try {
      if (act === 'list') return sayList(await ask<List>({ path: listPath(values.state) }), values.json === true);
      const { confirm = [], reason, seen: version } = values;
      const seen = await ask<Reviewed>(
        decision
          ? decide(decision, number, { confirm, reason, version })
          : act === 'show'
            ? { path: at(number) }
            : back(number, reason),
      );
      if (values.json) outJson(seen);
      else if (values.record) out(recordOf(seen));
      else if (act === 'show') out(sayAll(seen));
      else out(`${sayTitle(seen, language())}\n${sayStanding(seen, language())}`);
      return exit.yes;
    } catch (error) {
      throw error instanceof ServerRefusal ? explain(error, number) : error;
    }
  },
};

const at = (number: number) => `/api/v1/submissions/${number}`;

function listPath(state: string | undefined): string {
  return `/api/v1/submissions${state === undefined ? '' : `?state=${encodeURIComponent(state)}`}`;
}

interface Said {
  readonly confirm: readonly string[];
  readonly reason: string | undefined;
  readonly version: string | undefined;
}

function decide(act: Decision, number: number, { confirm, reason, version }: Said): Question {
  const said = {
    ...(reason !== undefined && { reason }),
    ...(version !== undefined && { version: Number(version) }),
    ...(confirm.length > 0 && { confirm }),
  };
  const path = `${at(number)}/${act}`;
  return act === 'recheck' ? { method: 'POST', path } : { method: 'POST', path, body: { json: said } };
}

function back(revision: number, reason: string | undefined): Question {
  return { method: 'POST', path: `/api/v1/revisions/${revision}/rollback`, body: { json: { reason } } };
}

function numberOf(typed: string | undefined, act: string): number {
  if (typed !== undefined && /^[1-9]\d{0,14}$/.test(typed)) return Number(typed);
  throw misuse(`${act} takes the number of a ${act === 'rollback' ? 'revision' : 'submission'}`, 'review');
}

function sayList(list: List, json: boolean): number {
  const { submissions, next } = list;
  if (json) outJson(list);
  else if (submissions.length === 0) out(words[language()].empty);
  else out(`${sayQueue(submissions)}${next === null ? '' : `\n${words[language()].more}`}`);
  return exit.yes;
}

function recordOf({ draft: { record }, number }: Reviewed): string {
  if (record) return draftText({ record, remarks: [] });
  throw new Complaint(`submission ${number} has no record`, { code: exit.no });
}

/** Everything that a decision needs, the decision itself last. */
function sayAll(seen: Reviewed): string {
  const speech = language();
  const { draft, checks, events, needs, acceptedBy, former } = seen;
  const text = words[speech];
  const { held, needed } = needs.proofs;
  return [
    sayTitle(seen, speech),
    ...(draft.reason === '' ? [] : [text.reason, ...quoted(draft.reason)]),
    ...checks.map((check) => sayCheck(check, speech, check.name === 'changes' ? 'all' : 'open')),
    ...(former.length === 0 ? [] : [`${text.former}: ${former.length}`]),
    ...events.map((event) => sayEvent(event, speech)),
    ...(needed.length === 0
      ? []
      : [
          `${text.proofs}: ${held.length} ${text.of} ${needed.length}${held.length > 0 ? ` (${held.map(visible).join(', ')})` : ''}`,
        ]),
    ...(needs.reviewers > 1 ? [sayWhyTwo(needs, speech)] : []),
    ...(acceptedBy.length === 0 ? [] : [`${text.accepted} ${acceptedBy.map(visible).join(', ')}`]),
    ...(seen.state === 'waiting' && seen.holdUntil === null
      ? [`${text.accept} ${seen.version}`, ...needs.confirm.map(flag)]
      : []),
    sayStanding(seen, speech),
  ].join('\n');
}

function sayWhyTwo({ movesTo, takesAway }: Reviewed['needs'], speech: 'en' | 'de'): string {
  const { two, moves, takes } = words[speech];
  const some = (what: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [`  ${what} ${names.slice(0, 10).map(visible).join(', ')}${names.length > 10 ? ' …' : ''}`];
  return [two, ...some(moves, movesTo), ...some(takes, takesAway)].join('\n');
}

/** As it can be put behind a command, whatever a stranger has put into the name. */
function flag(name: string): string {
  return `  --confirm '${visible(name).replaceAll("'", "'\\''")}'`;
}

function explain(refusal: ServerRefusal, number: number): Complaint {
  const { missing } = refusal.problem as { missing?: string[] };
  if (refusal.code === 'unconfirmed' && Array.isArray(missing)) {
    return new Complaint(`no machine can judge this: look at it, and confirm each\n${missing.map(flag).join('\n')}`, {
      code: exit.no,
      tip: `mailatlas review show ${number} says what each is about`,
    });
  }
  return complaintOf(refusal, {
    'no-token': 'have one made: mailatlas token create --role reviewer --name NAME',
    'wrong-role': 'only an admin can do this: mailatlas token create --role admin --name NAME',
    'no-submissions': 'see --server',
  });
}
