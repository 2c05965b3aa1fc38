/**
 * The bundle: the whole atlas with statuses in one signed file. docs/bundle.md is its specification; this is the part that
 * reads it, without anything that a browser does not have.
 *
 *     mailatlas-bundle 1
 *     signature <key id> <Ed25519 signature, base64>
 *     (an empty line)
 *     {"mailatlas":{…}}        the payload: one JSON object a line
 *     …
 */
import type { Domain } from '../name/domain.ts';
import type { Withheld } from '../provider/current.ts';
import type {
  Curated,
  EndpointKey,
  Knowledge,
  LeftOut,
  MailHandler,
  Provider,
  Quarantine,
  SignIn,
  Status,
} from '../provider/model.ts';

/** The first line of every bundle of this version, and what the signature starts with. */
export const bundleMagic = 'mailatlas-bundle 1\n';
/** Octets; whatever is longer is no bundle. A real one has less than one per cent of it. */
export const maxBundle = 64 * 1024 * 1024;
const maxHeader = 4096;

/** When, and for how long. Instants are ISO 8601. */
export interface BundleHead {
  /** Seconds since 1970 when it was signed: a bundle with a smaller one is older. */
  readonly revision: number;
  readonly at: string;
  readonly expires: string;
  /** The newest revision of the store it was made from, for `GET /api/v1/changes?since=`; null without a store. */
  readonly changes: number | null;
}

/** Everything in a bundle. */
export interface BundleContent {
  /** Fields are missing in the unsigned lines of `GET /api/v1/atlas.ndjson`. */
  readonly head: Partial<BundleHead>;
  /** Records as they may be given: without what is under quarantine. */
  readonly curated: Curated;
  readonly knowledge: Knowledge;
  /** By record: the keys of those sources that are the provider's own word. */
  readonly own: ReadonlyMap<string, ReadonlySet<string>>;
  /** By record: hosts that were taken out. */
  readonly withheld: ReadonlyMap<string, readonly Withheld[]>;
  /** Registrable domains of the MX patterns: what one needs of the public suffix list. */
  readonly registrable: ReadonlySet<string>;
}

export type BundleFault =
  | 'not-a-bundle'
  | 'unknown-version'
  | 'too-large'
  | 'unsigned'
  | 'unknown-key'
  | 'altered'
  | 'expired'
  | 'rolled-back';

/** Why a bundle is refused. `code` is stable, `message` is a sentence for people. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code: BundleFault;
  constructor(code: BundleFault, message: string) {
    super(message);
    this.code = code;
  }
}

/** A bundle before anybody has looked at the signature: nothing of the payload may be believed. */
export interface Envelope {
  readonly signatures: readonly { readonly key: string; readonly signature: string }[];
  /** What the signatures are of: the first line and the payload. */
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly payload: Uint8Array;
}

/** @throws {BundleError} where the bytes are no bundle of this version, or have no signature */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > maxBundle) throw new BundleError('too-large', 'The file is larger than 64 MiB.');
  // Latin 1: one character an octet, whatever the octets are.
  const start = String.fromCharCode(...bytes.subarray(0, maxHeader));
  if (!start.startsWith('mailatlas-bundle ')) throw new BundleError('not-a-bundle', 'The file is no mailatlas bundle.');
  if (!start.startsWith(bundleMagic))
    throw new BundleError('unknown-version', 'The bundle is of a version that this program does not know.');
  const end = start.indexOf('\n\n');
  const lines = start.slice(bundleMagic.length, Math.max(end, 0)).split('\n');
  const signatures = lines.flatMap((line) => {
    const [, key, signature] = /^signature ([0-9a-f]{16}) ([A-Za-z0-9+/]{86}==)$/.exec(line) ?? [];
    return key === undefined || signature === undefined ? [] : [{ key, signature }];
  });
  if (end < 0 || signatures.length === 0) throw new BundleError('unsigned', 'The bundle has no signature.');
  const payload = bytes.subarray(end + 2);
  const signed = new Uint8Array(bundleMagic.length + payload.length);
  signed.set(new TextEncoder().encode(bundleMagic));
  signed.set(payload, bundleMagic.length);
  return { signatures, signed, payload };
}

/** One line of a payload. Who reads it ignores lines and fields that it does not know. */
export type BundleLine =
  | { readonly mailatlas: Partial<BundleHead> }
  | { readonly registrable: readonly string[] }
  | { readonly provider: Provider; readonly own: readonly string[]; readonly withheld?: readonly Withheld[] }
  | { readonly other: MailHandler }
  | { readonly leftOut: LeftOut }
  | { readonly quarantine: { readonly name: Domain; readonly at: string; readonly why: string } }
  | { readonly endpoint: EndpointKey; readonly status?: Status; readonly signsIn?: SignIn }
  | { readonly end: number };

/**
 * Reads a payload whose signature is good, or lines that came over a connection one trusts.
 * @throws {BundleError} where it is not whole
 */
export function readPayload(text: string): BundleContent {
  const lines = text.split('\n');
  let head: Partial<BundleHead> = {};
  const curated = { providers: [] as Provider[], others: [] as MailHandler[], leftOut: [] as LeftOut[] };
  const statuses = new Map<EndpointKey, Status>();
  const signIns = new Map<EndpointKey, SignIn>();
  const quarantine = new Map<Domain, Quarantine extends ReadonlyMap<unknown, infer V> ? V : never>();
  const own = new Map<string, ReadonlySet<string>>();
  const withheld = new Map<string, readonly Withheld[]>();
  const registrable = new Set<string>();
  let whole = false;
  for (const [i, json] of lines.entries()) {
    if (json === '') continue;
    const line = parseLine(json);
    if ('mailatlas' in line) head = line.mailatlas;
    else if ('registrable' in line) for (const name of line.registrable) registrable.add(name);
    else if ('provider' in line) {
      curated.providers.push(line.provider);
      own.set(line.provider.id, new Set(line.own));
      if (line.withheld) withheld.set(line.provider.id, line.withheld);
    } else if ('other' in line) curated.others.push(line.other);
    else if ('leftOut' in line) curated.leftOut.push(line.leftOut);
    else if ('quarantine' in line) quarantine.set(line.quarantine.name, line.quarantine);
    else if ('endpoint' in line) {
      if (line.status) statuses.set(line.endpoint, line.status);
      if (line.signsIn) signIns.set(line.endpoint, line.signsIn);
    } else if ('end' in line) whole = line.end === i;
  }
  if (!whole) throw new BundleError('not-a-bundle', 'The bundle is not whole.');
  // Whom a verifier must not call is the verifier's own list.
  return {
    head,
    curated: { ...curated, noProbe: [] },
    knowledge: { statuses, quarantine, signIns },
    own,
    withheld,
    registrable,
  };
}

function parseLine(json: string): BundleLine {
  try {
    return JSON.parse(json) as BundleLine;
  } catch {
    throw new BundleError('not-a-bundle', 'A line of the bundle is no JSON.');
  }
}
