/**
 * Domains that an operator hosts, beside those that the records name: a mail server's customers, listed one by one. They are
 * no part of a record, because a record is shown whole, and who the customers are is nobody's business.
 */
import type { Domain } from '../name/domain.ts';
import type { Atlas } from './atlas.ts';

/** Domain -> id of the record that applies. */
export type HostedDomains = ReadonlyMap<Domain, string>;

/** The atlas with these domains before all others. One whose record is not there (any more) is as if it were not listed. */
export function withHosted(atlas: Atlas, hosted: HostedDomains): Atlas {
  return {
    ...atlas,
    ownerOf(names) {
      const [domain] = names;
      const record = atlas.records.get(hosted.get(domain as Domain) ?? '');
      return record ? { record, listed: true } : atlas.ownerOf(names);
    },
  };
}
