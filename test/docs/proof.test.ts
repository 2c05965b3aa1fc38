import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { secretHash } from '../../src/store/secret.ts';
import { proofLine } from '../../src/submit/checks/proof.ts';

test('the commands of docs/proof.md make the line that is asked for', () => {
  const text = readFileSync(new URL('../../docs/proof.md', import.meta.url), 'utf8');
  const script = /```sh\n(.*?)```/s.exec(text)?.[1] ?? '';
  const receipt = /RECEIPT=(\S+)/.exec(script)?.[1] ?? '';
  const { stdout, stderr } = spawnSync('bash', ['-euc', script], { encoding: 'utf8' });
  assert.equal(stdout.trim(), proofLine('mail.example', { number: 12, receiptDigest: secretHash(receipt) }), stderr);
});
