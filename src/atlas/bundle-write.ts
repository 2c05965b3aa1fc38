/** Writes the lines of a bundle (bundle.ts, docs/bundle.md): the same data are the same bytes. */
import type { Domain } from '../name/domain.ts';
import { stem } from '../name/pattern.ts';
import { registrableDomain } from '../name/suffix.ts';
import { currentOf } from '../provider/current.ts';
import type { Curated, EndpointKey, Knowledge, Provider, Quarantine } from '../provider/model.ts';
import { ownSources } from '../provider/parties.ts';
import { type BundleHead, type BundleLine, bundleMagic } from './bundle.ts';
import { canonicalJson } from './digest.ts';

/** Each line with its line break, in a fixed order: head, records by id, the lists, what is known, the end. */
export function* bundleLines(curated: Curated, knowledge: Knowledge, head: Partial<BundleHead>): Generator<string> {
  const { providers, others } = curated;
  const lines = bundleWriter();
  yield* lines.first(head, registrableOf([...providers, ...others]));
  yield* lines.records(providers.toSorted(by(({ id }) => id)), knowledge);
  yield* lines.beside(curated, knowledge.quarantine);
  yield* lines.endpoints([...new Set([...knowledge.statuses.keys(), ...knowledge.signIns.keys()])].sort(), knowledge);
  yield lines.last();
}

/** The lines in parts, to be asked for in this order, for whoever does not have everything at once. */
export function bundleWriter() {
  let count = 0;
  const line = (value: BundleLine) => {
    count += 1;
    return `${canonicalJson(value)}\n`;
  };
  return {
    /** @param registrable of the MX patterns, sorted */
    first: (head: Partial<BundleHead>, registrable: string[]) => [line({ mailatlas: head }), line({ registrable })],
    /** @param records some more of them, sorted */
    *records(records: readonly Provider[], knowledge: Knowledge): Generator<string> {
      for (const record of records) yield line(providerLine(record, knowledge));
    },
    *beside({ others, leftOut }: Pick<Curated, 'others' | 'leftOut'>, quarantine: Quarantine): Generator<string> {
      for (const other of others.toSorted(by(({ name, kind }) => `${name} ${kind}`))) yield line({ other });
      for (const entry of leftOut.toSorted(by(({ domain }) => domain))) yield line({ leftOut: entry });
      for (const [name, { at, why }] of [...quarantine].sort(by(([key]) => key)))
        yield line({ quarantine: { name, at, why } });
    },
    /** @param keys some more of them, sorted */
    *endpoints(keys: readonly EndpointKey[], { statuses, signIns }: Omit<Knowledge, 'quarantine'>): Generator<string> {
      for (const endpoint of keys) {
        const [status, signsIn] = [statuses.get(endpoint), signIns.get(endpoint)];
        if (status || signsIn) yield line({ endpoint, ...(status && { status }), ...(signsIn && { signsIn }) });
      }
    },
    last: () => line({ end: count }),
  };
}

/** What may be given of a record now: whoever reads only these lines sends nobody to a host under quarantine. */
function providerLine(record: Provider, knowledge: Knowledge): BundleLine {
  const { provider, withheld } = currentOf(record, knowledge);
  // A site may be missing while it is withheld.
  const given = provider as Provider;
  return { provider: given, own: ownSources(record), ...(withheld.length > 0 && { withheld }) };
}

function registrableOf(owners: readonly { readonly mx?: readonly string[] | undefined }[]): string[] {
  const hosts = owners.flatMap(({ mx = [] }) => mx.map((pattern) => stem(pattern) as Domain));
  return [...new Set(hosts.map((host) => registrableDomain(host) ?? host))].sort();
}

/** By code units, as everywhere that bytes are compared. */
function by<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

/** The whole file. `sign` gives the signature of these octets, in base64, for each key. */
export function bundleFile(payload: string, signers: readonly Signer[]): string {
  const signed = new TextEncoder().encode(bundleMagic + payload);
  const lines = signers.map((signer) => `signature ${signer.id} ${signer.sign(signed)}\n`);
  return `${bundleMagic}${lines.join('')}\n${payload}`;
}

export interface Signer {
  /** Of the public key. */
  readonly id: string;
  sign(octets: Uint8Array): string;
}

/** How long a bundle holds unless somebody says otherwise. */
export const bundleDays = 30;

/** The head of a bundle that is signed now. */
export function headAt(now: Date, changes: number | null, days = bundleDays): BundleHead {
  const seconds = Math.floor(now.getTime() / 1000);
  const iso = (at: number) => new Date(at * 1000).toISOString();
  return { revision: seconds, at: iso(seconds), expires: iso(seconds + days * 86_400), changes };
}
