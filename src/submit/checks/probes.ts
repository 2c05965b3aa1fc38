/**
 * A live probe of every server of a draft, with the verifier's prober and its judgement: never a sign-in, only ports for
 * mail, no private address (prober-node.ts), nobody who asked not to be probed, one at a time to each owner, within a
 * budget. A stranger chose the hosts: told are codes and sentences, never what a server said.
 */

import { ownerOf } from '../../name/suffix.ts';
import { before } from '../../net/deadline.ts';
import { isTemplate } from '../../provider/hosts.ts';
import { type Auth, endpointKey, type OptOut } from '../../provider/model.ts';
import { judgeAuth } from '../../verify/auth.ts';
import type { Clock } from '../../verify/clock.ts';
import type { Endpoint } from '../../verify/endpoint.ts';
import type { Evidence } from '../../verify/evidence.ts';
import { judge } from '../../verify/judge.ts';
import { mayProbe } from '../../verify/may-probe.ts';
import type { Pace } from '../../verify/pace.ts';
import { sayFindingPlainly } from '../../verify/sentences.ts';
import { type FindingCode, findings } from '../../verify/verdict.ts';
import type { CheckItem, CheckResult, CheckState, Draft } from '../model.ts';
import { item, judged, result, saidItem } from './item.ts';

export interface ProbePorts {
  /** Never rejects, and ends by itself; undefined where this instance cannot probe (a Worker). */
  readonly probe?: (endpoint: Endpoint) => Promise<Evidence>;
  /** Shared by all submissions of a process. */
  readonly pace: Pace;
  readonly clock: Clock;
  /** Charges a probe to whoever caused it; false: not now (budget.ts). */
  readonly allow: (endpoint: Endpoint) => boolean;
  readonly noProbe: readonly OptOut[];
}

/** More servers than a record needs are not probed for one submission. */
const mostEndpoints = 20;

/** What is never right for a record, however conclusive the probe was. */
const never: ReadonlySet<string> = new Set<FindingCode>(['policy.port', 'policy.blocked-address']);

/** @param deadline on the clock of `performance.now()` */
export async function checkProbes({ record }: Draft, ports: ProbePorts, deadline: number): Promise<CheckResult> {
  if (!record) return result('probes', 'passed', 'not-for-kind');
  const claims = new Map<string, { readonly endpoint: Endpoint; readonly auth: readonly Auth[] }>();
  for (const { protocol, host, port, security, auth } of [...record.incoming, ...record.outgoing]) {
    if (isTemplate(host)) continue;
    const endpoint: Endpoint = { protocol, host, port, security };
    claims.set(endpointKey(endpoint), { endpoint, auth });
  }
  if (claims.size === 0) return result('probes', 'passed', 'probes-none');
  if (!ports.probe) return result('probes', 'unknown', 'probes-here');
  const optOuts = new Set(ports.noProbe.map(({ name }) => name));
  const late = (key: string) => item(key, 'unknown', 'probe-late');
  const owners = new Map<string, Promise<unknown>>();
  const items = [...claims].map(([key, { endpoint, auth }], i): Promise<readonly CheckItem[]> => {
    if (!mayProbe(endpoint.host, optOuts)) return Promise.resolve([item(key, 'attention', 'no-probe')]);
    if (i >= mostEndpoints) return Promise.resolve([item(key, 'unknown', 'probe-quota')]);
    // One owner's servers are called one after another.
    const owner = ownerOf(endpoint.host);
    const visit = (owners.get(owner) ?? Promise.resolve()).then(() => visitOne(key, endpoint, auth, ports, deadline));
    owners.set(owner, visit);
    return before(deadline, visit, [late(key)]);
  });
  return judged('probes', (await Promise.all(items)).flat(), {
    passed: 'probes-passed',
    attention: 'probes-attention',
    failed: 'probes-failed',
    unknown: 'probes-unknown',
  });
}

async function visitOne(
  key: string,
  endpoint: Endpoint,
  auth: readonly Auth[],
  { probe, pace, clock, allow }: ProbePorts,
  deadline: number,
): Promise<readonly CheckItem[]> {
  const owner = ownerOf(endpoint.host);
  for (;;) {
    const wait = pace.wait(endpoint.host, owner, clock.now());
    if (wait === 0) break;
    // Another submission is there: look again in a second.
    if (performance.now() >= deadline) return [item(key, 'unknown', 'probe-late')];
    await clock.sleep(Math.min(wait, 1000));
  }
  if (!probe || !allow(endpoint)) return [item(key, 'unknown', 'probe-quota')];
  const leave = pace.enter(endpoint.host, owner);
  let addresses: readonly string[] = [];
  try {
    const evidence = await probe(endpoint);
    addresses = evidence.attempts.map(({ address }) => address);
    return itemsOf(key, endpoint, auth, evidence, new Date(clock.now()));
  } finally {
    leave(addresses, clock.now());
  }
}

/** A verdict for strangers. What may pass by itself, or lies with us, is to be asked again, not to be held against anybody. */
function itemsOf(key: string, endpoint: Endpoint, auth: readonly Auth[], evidence: Evidence, now: Date): CheckItem[] {
  const { code } = judge(evidence, now);
  if (code !== 'ok') {
    const state: CheckState = findings[code] === 'permanent' || never.has(code) ? 'failed' : 'unknown';
    const [en, de] = (['en', 'de'] as const).map((language) => sayFindingPlainly(code, endpoint, language));
    return [saidItem(key, state, code, { en: en ?? '', de: de ?? '' })];
  }
  const missing = judgeAuth(auth, endpoint, evidence).filter(({ standing }) => standing === 'contradicted');
  return [
    item(key, 'passed', 'probe-works'),
    ...missing.map((claim) => item(key, 'attention', 'auth-contradicted', { auth: claim.auth })),
  ];
}
