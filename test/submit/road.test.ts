/** The whole road with nothing left out: what a stranger sends is read, checked by everything there is, decided, and served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeRecord } from '../../src/catalog/judge.ts';
import { contextOf } from '../../src/catalog/rules/context.ts';
import { nodeResolver } from '../../src/net/dns/resolver-node.ts';
import { secretHash } from '../../src/store/secret.ts';
import { readSubmission } from '../../src/store/submissions.ts';
import type { Checker } from '../../src/submit/checking.ts';
import { runChecks } from '../../src/submit/checks/checks.ts';
import { proofLine, proofName, proofValue } from '../../src/submit/checks/proof.ts';
import { submitter } from '../../src/submit/desk.ts';
import { readDraft } from '../../src/submit/draft/draft.ts';
import { accept, caseOf } from '../../src/submit/review.ts';
import { recheck, submit } from '../../src/submit/submissions.ts';
import { startDns, type ZoneEntry } from '../dns-server.ts';
import { curated } from '../records.ts';
import { startMailServer } from '../verify/mail-server.ts';
import { imap, smtp } from '../verify/well-behaved.ts';
import { refusal, testDesk } from './desk.ts';
import { context, prober } from './world.ts';

const sent = JSON.stringify({
  kind: 'new',
  reason: 'We moved to our operator’s machines: https://new.example/help',
  record: {
    id: 'new.example',
    name: 'New Mail',
    kind: 'hosting',
    country: 'DE',
    website: 'https://new.example/',
    operator: 'example.test',
    documentation: [{ url: 'https://new.example/help', lang: 'en', about: 'settings' }],
    domains: ['new.example'],
    incoming: [{ protocol: 'imap', host: 'mail.example.test', port: 993 }],
    outgoing: [{ protocol: 'smtp', host: 'mail.example.test', port: 465 }],
  },
});

test('a provider on its operator’s machines: by a reviewer’s word, or by proof of both', async () => {
  const zone: Record<string, ZoneEntry> = {};
  const [dns, one, two] = await Promise.all([
    startDns(zone),
    startMailServer(imap({ security: 'tls' })),
    startMailServer(smtp({ security: 'tls' })),
  ]);
  const resolver = nodeResolver(dns.address);
  const ports: Record<number, number> = { 993: one.port, 465: two.port };
  const probe = prober();
  const run: Checker = (subject, told, signal) => {
    const { draft, atlas, proved } = subject;
    const given = context(atlas, {
      ...(proved && { proved }),
      texts: async (name) => [await resolver.txt(name)],
      mx: resolver,
      probes: {
        ...context().probes,
        probe: (endpoint) => probe({ ...endpoint, port: ports[endpoint.port] ?? 1 }),
      },
      signal,
    });
    return runChecks(draft, given, told);
  };
  const its = await testDesk({ run, data: { providers: [] } });
  try {
    const read = readDraft(sent, () => undefined);
    assert.ok('draft' in read, JSON.stringify(read));
    const { number, receipt, row } = await submit(its.desk, { draft: read.draft });
    await its.queue.idle();
    const subject = await caseOf(its.desk, row);
    assert.deepEqual(subject.checks.map(({ name, state }) => `${name} ${state}`).sort(), [
      'changes passed',
      'hosts attention',
      'imitation passed',
      'probes passed',
      'proof attention',
      'published unknown',
      'rules passed',
    ]);

    // One click is not enough.
    const anna = await its.person('anna');
    const { more } = await refusal(accept(its.desk, number, anna, { reason: 'Fine.' }), 'confirm');
    assert.deepEqual(more, {
      missing: ['operator-host:mail.example.test', 'published', 'unproved:example.test', 'unproved:new.example'],
    });

    // Both domains put the line into their zones that they were told, and it is checked again.
    const proved = { number, receiptDigest: secretHash(receipt) };
    const told = subject.checks.find(({ name }) => name === 'proof')?.items.map(({ says }) => says.en) ?? [];
    assert.ok(told.some((text) => text.includes(proofLine('new.example', proved))));
    for (const domain of ['new.example', 'example.test']) zone[proofName(domain)] = { TXT: [proofValue(proved)] };
    const waiting = await readSubmission(its.store.db, number);
    assert.ok(waiting);
    await recheck(its.desk, waiting, submitter);
    await its.queue.idle();
    const again = await caseOf(its.desk, row);
    assert.deepEqual(again.proofs, { needed: ['example.test', 'new.example'], held: ['example.test', 'new.example'] });

    // This instance does not ask domains what they publish: that is all that is left to confirm.
    await accept(its.desk, number, anna, { reason: 'Fine.', confirm: ['published'] });
    const served = await its.served('new.example');
    assert.ok(served);
    assert.deepEqual(served.incoming[0]?.sources, [`submission-${number}`, 'provider']);
    const all = curated({ providers: [served] });
    const rules = judgeRecord(served, contextOf(all, { fileOf: new Map(), unread: [], today: '2026-11-20' }));
    assert.deepEqual(rules, [], 'what is served could stand in data/ as it is');
    assert.deepEqual(its.notes, []);
  } finally {
    await Promise.all([its.close(), dns.stop(), one.stop(), two.stop()]);
  }
});
