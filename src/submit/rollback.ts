/**
 * Taking a revision back: the record becomes what it was before. It is a submission like any other, made by an admin: where
 * it would send people of a domain elsewhere it waits for a second reviewer and is held, because a stolen token must not
 * redirect mail by taking back either. (What is dangerous leaves every format at once by quarantine.)
 */
import { canonicalJson } from '../atlas/digest.ts';
import { readRecord } from '../store/providers.ts';
import { readRevision } from '../store/revisions.ts';
import { newSecret, secretHash } from '../store/secret.ts';
import { putSubmission, readByReceipt, type SubmissionRow } from '../store/submissions.ts';
import type { By, Desk } from './desk.ts';
import type { Draft } from './model.ts';
import { Refusal } from './refusal.ts';
import { accept } from './review.ts';

/** @throws {Refusal} `unknown`, or `no-going-back` where nothing would change or nobody knows what was there */
export async function rollback(desk: Desk, n: number, by: By, why: string): Promise<SubmissionRow> {
  const { store } = desk;
  const revision = await readRevision(store.db, n);
  if (!revision) throw new Refusal('unknown', 'There is no such revision.');
  const { id, oldDigest, before } = revision;
  if (oldDigest !== null && before === null) {
    throw new Refusal('no-going-back', `What revision ${n} replaced was not kept.`);
  }
  const served = await readRecord(store.db, id);
  if ((served?.digest ?? null) === oldDigest) {
    throw new Refusal('no-going-back', `${id} is as it was before revision ${n}.`, { id });
  }
  const kind = before === null ? 'remove' : served ? 'change' : 'new';
  const draft: Draft = { kind, id, ...(before && { record: before }), reason: why, language: 'en' };
  const at = desk.now().toISOString();
  // Nobody gets this receipt: who follows it is a reviewer.
  const receipt = secretHash(newSecret('mar'));
  const row = {
    state: 'waiting' as const,
    kind,
    id,
    draft: canonicalJson(draft),
    baseDigest: served?.digest ?? null,
    receipt,
    preview: secretHash(newSecret('mar')),
    origin: 'rollback' as const,
    undoes: n,
    contact: null,
    at,
  } as const;
  const first = { at, ...by, act: 'submit', toState: row.state, why, confirmed: '[]' };
  await store.atomically(putSubmission(store.db, row, first, []));
  const made = await readByReceipt(store.db, receipt);
  if (!made) throw new Refusal('unknown', 'There is no such submission.');
  return accept(desk, made.number, by, { reason: why });
}
