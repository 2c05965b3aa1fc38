/** A probe and its verdict as a row of the store. */
import type { Ipv6, NewCheck } from '../store/seen/checks.ts';
import { fitted } from './agents/evidence-shape.ts';
import { daysLeft } from './certificate.ts';
import type { Attempt, Evidence } from './evidence.ts';
import type { Verdict } from './verdict.ts';

export function checkOf(evidence: Evidence, verdict: Verdict, run: number | null): NewCheck {
  return {
    endpoint: evidence.endpoint,
    at: evidence.at,
    vantage: evidence.vantage,
    run,
    code: verdict.code,
    outcome: verdict.outcome,
    warnings: verdict.warnings.map(({ code }) => code),
    says: verdict.says,
    ms: millisecondsOf(evidence),
    certDays: certDaysOf(evidence),
    evidence: fitted(evidence),
    ...ipv6Of(evidence),
  };
}

/**
 * How the host's IPv6 addresses fared. `silent`: nothing came back from any of them, and IPv4 has nothing wrong; `alone`: the
 * host has no IPv4 to hold it against. Whether that is the host's fault or the network's from which we look, one check does
 * not tell; settle.ts asks how others fared in the run.
 */
function ipv6Of({ attempts }: Evidence): { ipv6?: Ipv6 } {
  const [six, four] = [attempts.filter(isIpv6), attempts.filter((attempt) => !isIpv6(attempt))];
  if (six.length === 0) return {};
  if (!six.every(isSilent)) return { ipv6: 'answers' };
  if (four.length === 0) return { ipv6: 'alone' };
  return four.every(({ fault }) => fault === undefined || fault.phase === 'quit') ? { ipv6: 'silent' } : {};
}

function isIpv6({ address }: Attempt): boolean {
  return address.includes(':');
}

function isSilent({ fault }: Attempt): boolean {
  return fault?.phase === 'connect' && ['timeout', 'deadline', 'unreachable'].includes(fault.kind);
}

/** DNS and then one address after another; of each the end of its last step. */
function millisecondsOf({ dns, attempts }: Evidence): number {
  return Math.round(attempts.reduce((sum, { ms }) => sum + Math.max(0, ...Object.values(ms)), dns.ms));
}

/** Whole days from the probe to the end of the server's certificate, the first to end where addresses show different ones. */
function certDaysOf({ at, attempts }: Evidence): number | null {
  const left = attempts.flatMap(({ tls }) => (tls?.chain[0] ? [daysLeft(tls.chain[0], new Date(at))] : []));
  return left.length === 0 ? null : Math.min(...left);
}
