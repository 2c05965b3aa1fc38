/**
 * The list of checks, and how they are run: the same for a submission, for a dry run and in tests. What only reads is done at
 * once; what asks the network runs beside each other, each with a deadline; each result is told as it comes.
 */
import type { Atlas } from '../../atlas/tables.ts';
import type { Resolver } from '../../net/dns/resolver.ts';
import { unlessStopped } from '../../verify/clock.ts';
import { type CheckName, type CheckResult, checkNames, type Draft } from '../model.ts';
import { checkChanges } from './changes.ts';
import { checkHosts } from './hosts.ts';
import { checkImitation } from './imitation.ts';
import { result } from './item.ts';
import { checkProbes, type ProbePorts } from './probes.ts';
import { type AskTexts, checkProof, type Proved, proofsOf } from './proof.ts';
import { checkPublished, type Discover } from './published.ts';
import { checkRules } from './rules.ts';

/** What the checks hold a draft against, and through which they ask. Whatever is not there is told as unknown. */
export interface CheckContext {
  /** What is served at this moment, as a whole: names are compared with all others. */
  readonly atlas: Atlas;
  /** Undefined for a dry run. */
  readonly proved?: Proved;
  readonly texts?: AskTexts;
  /** Who receives the mail of new domains today. */
  readonly mx?: Resolver;
  readonly probes: ProbePorts;
  readonly discover?: Discover;
  /** Milliseconds for each kind of question; together it is never longer than the longest. */
  readonly patience?: Partial<Patience>;
  /** Ends the checks: nothing is told any more, what is under way is dropped. */
  readonly signal?: AbortSignal;
  /** Hears of defects: a check that breaks off is unknown, and never passed. */
  readonly onDefect: (error: unknown) => void;
}

interface Patience {
  readonly proof: number;
  readonly probes: number;
  readonly published: number;
}

const usualPatience: Patience = { proof: 30_000, probes: 150_000, published: 30_000 };

/** Hears of each check as it begins (running) and as it ends. */
export type Tell = (result: CheckResult) => void | Promise<void>;

/**
 * Runs all checks. @returns their results in the order of {@link checkNames}
 * @throws what `told` throws, and the signal's reason where that ends it
 */
export async function runChecks(draft: Draft, context: CheckContext, told: Tell = () => {}): Promise<CheckResult[]> {
  const { atlas, proved, texts, mx, probes, discover, onDefect, signal } = context;
  signal?.throwIfAborted();
  const patience = { ...usualPatience, ...context.patience };
  const begun = performance.now();
  const run = async (name: CheckName, check: () => CheckResult | Promise<CheckResult>): Promise<CheckResult> => {
    signal?.throwIfAborted();
    await told(result(name, 'running', 'running'));
    let found: CheckResult;
    try {
      found = await check();
    } catch (error) {
      onDefect(error);
      found = result(name, 'unknown', 'defect');
    }
    if (!signal?.aborted) await told(found);
    return found;
  };
  const today = new Date(probes.clock.now()).toISOString().slice(0, 10);
  const proof = run('proof', () => checkProof(draft, atlas, proved, texts, begun + patience.proof));
  const all = Promise.all([
    run('rules', () => checkRules(draft, atlas, today)),
    run('changes', () => checkChanges(draft, atlas, mx)),
    // Whoever vouches for the draft makes foreign hosts less foreign.
    proof.then((found) => run('hosts', () => checkHosts(draft, atlas, new Set(proofsOf([found]).held)))),
    run('imitation', () => checkImitation(draft, atlas)),
    run('probes', () => checkProbes(draft, probes, begun + patience.probes)),
    run('published', () => checkPublished(draft, atlas.records.get(draft.id), discover, begun + patience.published)),
    proof,
  ]);
  const results = await unlessStopped(all, signal);
  if (!results) throw signal?.reason as Error;
  return results.toSorted((a, b) => checkNames.indexOf(a.name) - checkNames.indexOf(b.name));
}
