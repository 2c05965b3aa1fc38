/**
 * Proof of control: a TXT record that names one submission and nothing else. Who can write it into a domain's zone speaks
 * for the domain, and for this very submission: no other has its number and hash.
 *
 * The name is `_mailatlas.` and the registrable domain. The value is `mailatlas=<number>.<hash>`, where the hash is the
 * SHA-256 of `mailatlas proof <number> <receipt digest>` in base64url without padding, and the receipt digest is the SHA-256
 * of the receipt in lower-case hexadecimal, which is all that is stored of it.
 *
 * Several resolvers or name servers are asked, and all must show it: one that lies, or an answer forged on one way, proves
 * nothing. Aliases are followed, as RFC 8555 section 8.4 has it: who points the name elsewhere lets others speak. A zone
 * that answers every name with the same text has not this one, which nobody can guess.
 */
import { createHash } from 'node:crypto';
import type { Atlas } from '../../atlas/tables.ts';
import type { Domain } from '../../name/domain.ts';
import { before } from '../../net/deadline.ts';
import type { TextAnswer } from '../../net/dns/resolver.ts';
import type { CheckItem, CheckResult, Draft, Proofs } from '../model.ts';
import { toProve } from '../parties.ts';
import { item, judged, result } from './item.ts';

/** Asks several resolvers or name servers for the TXT records of a name: one answer from each. Never rejects. */
export type AskTexts = (name: string) => Promise<readonly TextAnswer[]>;

/** Which submission is to be proved: its number, and the SHA-256 of its receipt, hex. */
export interface Proved {
  readonly number: number;
  readonly receiptDigest: string;
}

/** A submission that needs more proofs than this is a curator's work. */
const mostDomains = 100;
const atOnce = 10;

export function proofName(domain: string): string {
  return `_mailatlas.${domain}`;
}

export function proofValue({ number, receiptDigest }: Proved): string {
  const hash = createHash('sha256').update(`mailatlas proof ${number} ${receiptDigest}`).digest('base64url');
  return `mailatlas=${number}.${hash}`;
}

/** The line for the domain's zone file (RFC 1035 section 5). */
export function proofLine(domain: string, proved: Proved): string {
  return `${proofName(domain)}. IN TXT "${proofValue(proved)}"`;
}

/**
 * @param proved undefined for a dry run, which has no number yet
 * @param ask undefined where this instance has no resolver
 * @param deadline on the clock of `performance.now()`
 */
export async function checkProof(
  draft: Draft,
  atlas: Atlas,
  proved: Proved | undefined,
  ask: AskTexts | undefined,
  deadline: number,
): Promise<CheckResult> {
  const needed = toProve(draft, atlas);
  if (needed.length === 0) return result('proof', 'passed', 'not-for-kind');
  if (!proved || !ask) {
    const unasked = needed.map((domain) => item(domain, 'unknown', 'proof-unasked'));
    return result('proof', 'unknown', proved ? 'proof-here' : 'proof-dry', unasked);
  }
  const items: CheckItem[] = [];
  for (let i = 0; i < needed.length; i += atOnce) {
    const some = needed.slice(i, i + atOnce).map(async (domain, k): Promise<CheckItem> => {
      if (i + k >= mostDomains) return item(domain, 'attention', 'not-asked', { most: mostDomains });
      return before(deadline, proveOne(domain, proved, ask), item(domain, 'unknown', 'proof-unknown'));
    });
    items.push(...(await Promise.all(some)));
  }
  return judged('proof', items, {
    passed: 'proof-passed',
    attention: 'proof-attention',
    failed: 'proof-attention',
    unknown: 'proof-unknown',
  });
}

async function proveOne(domain: Domain, proved: Proved, ask: AskTexts): Promise<CheckItem> {
  const value = proofValue(proved);
  const answers = await ask(proofName(domain));
  const holds = (answer: TextAnswer) => answer.kind === 'texts' && answer.texts.some((text) => bare(text) === value);
  const held = answers.filter(holds).length;
  const silent = answers.filter(({ kind }) => kind === 'failed').length;
  if (held > 0 && held === answers.length) return item(domain, 'passed', 'proved');
  if (silent === answers.length || (held > 0 && held + silent === answers.length))
    return item(domain, 'unknown', 'proof-unknown');
  if (held > 0) return item(domain, 'unknown', 'proof-disagrees', { held, asked: answers.length });
  return item(domain, 'attention', 'unproved', { zone: proofLine(domain, proved) });
}

/** Some forms for zones keep the quotation marks that people paste. */
function bare(text: string): string {
  return text.trim().replace(/^"(.*)"$/, '$1');
}

/** What the check found, for the policy: which domains are to be proved, and which are. */
export function proofsOf(checks: readonly CheckResult[]): Proofs {
  const items = checks.find(({ name }) => name === 'proof')?.items ?? [];
  return {
    needed: items.map(({ about }) => about),
    held: items.filter(({ state }) => state === 'passed').map(({ about }) => about),
  };
}
