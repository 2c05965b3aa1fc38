/**
 * Is it them or is it us? When the verifier's own network is down, everybody seems to be. A run is held together, and where
 * it says more of the verifier than of the servers it moves nothing:
 *
 *  - both control hosts, where the operator named some, fail in dns or tcp
 *  - of ten or more owners whose servers were well so far, more than 30 % now fail in dns or tcp
 *  - in a smaller run: some fail so, hardly any that were well answer, and neither do witnesses (verified servers of others
 *    that are asked then)
 */
import type { Outcome } from '../store/seen/checks.ts';

/** A check, for this question. */
export interface Sighting {
  /** Whose server it is. */
  readonly owner: string;
  readonly code: string;
  readonly outcome: Outcome;
  /** Nothing spoke against the endpoint before. */
  readonly well: boolean;
}

export interface RunVerdict {
  readonly verdict: 'sound' | 'inconclusive';
  /** Why it is inconclusive: a sentence. */
  readonly reason: string | null;
}

const sound: RunVerdict = { verdict: 'sound', reason: null };
/** From so many owners on, their share decides. */
const quorum = 10;
const share = 0.3;
/** How many are asked beside those of a small run, and how many of them must agree. */
export const witnessCount = 3;
const leastWitnesses = 2;

export function failsInNetwork({ code, outcome }: Pick<Sighting, 'code' | 'outcome'>): boolean {
  return outcome === 'fails' && /^(dns|tcp)\./.test(code);
}

/** Who of those that were well now fails in dns or tcp. Grows with the owners in a run, not with its checks. */
export class Jury {
  /** Owner -> whether any server of theirs that was well fails so. */
  readonly #owners = new Map<string, boolean>();
  #anybodyFails = false;

  add(sighting: Sighting): void {
    const fails = failsInNetwork(sighting);
    this.#anybodyFails ||= fails;
    if (sighting.well) this.#owners.set(sighting.owner, (this.#owners.get(sighting.owner) ?? false) || fails);
  }

  has(owner: string): boolean {
    return this.#owners.has(owner);
  }

  get size(): number {
    return this.#owners.size;
  }

  get failing(): number {
    return [...this.#owners.values()].filter(Boolean).length;
  }

  /** Somebody fails in dns or tcp, whether they were well or not. */
  get anybodyFails(): boolean {
    return this.#anybodyFails;
  }

  /** Somebody fails so, and those who were well are too few to tell whose fault it is: witnesses are needed. */
  get isInDoubt(): boolean {
    return this.#anybodyFails && this.size < quorum && this.size - this.failing < leastWitnesses;
  }
}

/** How a run is judged, once all that can be asked were asked. `undefined`: they were not asked, or there are none. */
export function judgeRun(
  jury: Readonly<Pick<Jury, 'size' | 'failing' | 'isInDoubt'>>,
  asked: { readonly controls?: readonly boolean[]; readonly witnesses?: readonly boolean[] } = {},
): RunVerdict {
  const { controls = [], witnesses = [] } = asked;
  const no = (reason: string): RunVerdict => ({ verdict: 'inconclusive', reason });
  if (controls.length > 0 && controls.every((failed) => failed)) {
    return no('The control hosts cannot be reached either: this looks like the verifier’s own network.');
  }
  if (jury.size >= quorum && jury.failing > share * jury.size) {
    return no(
      `${jury.failing} of ${jury.size} owners whose servers were well cannot be reached in dns or tcp: this looks like the verifier’s own network.`,
    );
  }
  if (jury.isInDoubt && witnesses.length >= leastWitnesses && witnesses.every((failed) => failed)) {
    return no('Servers of others that were well cannot be reached either: this looks like the verifier’s own network.');
  }
  return sound;
}

/** How a run is judged that was cut off: nobody asked the witnesses. */
export function judgeAbandoned(jury: Readonly<Pick<Jury, 'size' | 'failing' | 'isInDoubt'>>): RunVerdict {
  if (!jury.isInDoubt) return judgeRun(jury);
  return { verdict: 'inconclusive', reason: 'The run was cut off before it was clear whose network failed.' };
}
