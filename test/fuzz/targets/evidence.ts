/** Evidence that agents send: whatever passes the shape, the server judges and explains without falling over. */
import assert from 'node:assert/strict';
import { readEvidence } from '../../../src/verify/agents/evidence-shape.ts';
import { judge } from '../../../src/verify/judge.ts';
import { findings } from '../../../src/verify/verdict.ts';
import { assertHarmless, filesOf } from '../holds.ts';
import type { Target } from '../target.ts';
import { probeOf } from './replies.ts';

const now = new Date('2026-11-20T10:00:00Z');
const codes: ReadonlySet<string> = new Set(['ok', ...Object.keys(findings)]);

export const evidence: Target = {
  name: 'evidence',
  holds: 'what passes the shape is judged with a code of the closed list, in sentences, in both languages',
  form: 'json',
  seeds: () => seeds,
  words: ['attempts', 'transcript', 'capabilities', 'mechanisms', 'fault', 'explained', 'blocked', 'chain', 'greeting'],
  run(input) {
    let value: unknown;
    try {
      value = JSON.parse(input);
    } catch {
      return undefined;
    }
    const read = readEvidence(value);
    if (typeof read === 'string') return undefined;
    for (const language of ['en', 'de'] as const) {
      const verdict = judge(read, now, language);
      assert.ok(codes.has(verdict.code), verdict.code);
      assert.equal(verdict.ok, verdict.outcome === 'works');
      for (const { says } of [verdict, ...verdict.also, ...verdict.warnings]) assertHarmless(says, 'a verdict');
    }
    return judge(read, now);
  },
};

const seeds = await Promise.all(
  filesOf('test/transcripts', /\.txt$/, 12).map(async (text) =>
    JSON.stringify(await probeOf(text, 'imap', 'starttls')),
  ),
);
