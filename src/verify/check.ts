/** A probe and its verdict as a row of the store. */
import type { NewCheck } from '../store/checks.ts';
import { daysLeft } from './certificate.ts';
import type { Evidence } from './evidence.ts';
import { fitted } from './evidence-shape.ts';
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
  };
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
