/** Who does not want to be probed is not: the list is `data/no-probe.yml`, and everybody who probes asks here first. */
import { domainOrUndefined, withParents } from '../name/domain.ts';

/**
 * @param optOuts host names, and domains with everything below them
 * @returns true for an address: it belongs to nobody on a list of names
 */
export function mayProbe(host: string, optOuts: ReadonlySet<string>): boolean {
  const domain = domainOrUndefined(host);
  return domain === undefined || !withParents(domain).some((name) => optOuts.has(name));
}
