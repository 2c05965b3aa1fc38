/**
 * The small client library, `mailatlas/client`: opens a bundle, looks domains up in it without asking anybody, and asks a
 * server only when told to. Runs in browsers and on Node, needs nothing but Web Crypto with Ed25519.
 *
 *     const atlas = await openBundle(bytes, { keys: ['…'], seen: lastRevision });
 *     const result = await atlas.lookup('someone@example.de');
 *     if ('answer' in result) console.log(result.answer.incoming);
 *
 * The library keeps nothing: whoever uses it stores {@link OpenAtlas.revision} and gives it as `seen` the next time, so that
 * nobody can hand out an old bundle again.
 */
import {
  type BundleContent,
  BundleError,
  type BundleHead,
  maxBundle,
  openEnvelope,
  readPayload,
} from '../atlas/bundle.ts';
import { type AnswerJson, type Miss, offline } from '../atlas/offline.ts';
import { parseAddress } from '../name/address.ts';
import { parseDomain } from '../name/domain.ts';
import { isSignedBy } from './verify.ts';

export { BundleError, type BundleFault } from '../atlas/bundle.ts';
export type { AnswerJson, Miss, MissReason } from '../atlas/offline.ts';
export { NameError } from '../name/domain.ts';
export { type AskOptions, askServer, type ServerResult } from './ask.ts';

export interface OpenOptions {
  /** Public keys that are trusted: 32 octets each, in base64. */
  readonly keys: readonly string[];
  /** The newest revision that was ever opened; an older bundle is refused. */
  readonly seen?: number;
  /** Seconds that a bundle is still taken after it has expired; Infinity for ever. Default 0. */
  readonly grace?: number;
  /** What time it is; default: the machine's. */
  readonly now?: Date;
}

/** One MX record, as DNS gives it: the lower the preference, the sooner it is tried. */
export interface MxRecord {
  readonly preference: number;
  readonly host: string;
}

export type Result = { readonly answer: AnswerJson } | { readonly miss: Miss };

export interface OpenAtlas extends BundleHead {
  /** How many records there are. */
  readonly providers: number;
  /**
   * The settings for an address or a domain, as people type it. An address fills the user names in; nobody is asked.
   * @param options.mx what DNS said about the domain: for domains that are hosted by a provider the atlas knows
   * @throws {NameError} where that is no domain
   */
  lookup(typed: string, options?: { readonly mx?: readonly MxRecord[] }): Promise<Result>;
}

/**
 * Opens a bundle, compressed by gzip or not.
 * @throws {BundleError} where it is unsigned, altered, expired, older than one that was seen, or no bundle at all
 */
export async function openBundle(file: Uint8Array, options: OpenOptions): Promise<OpenAtlas> {
  const { keys, seen = 0, grace = 0, now = new Date() } = options;
  const envelope = openEnvelope(await unzipped(file));
  await isSignedBy(envelope, keys);
  const content = contentOf(envelope.payload);
  const { revision, at, expires, changes = null } = content.head;
  if (revision === undefined || at === undefined || expires === undefined)
    throw new BundleError('not-a-bundle', 'The bundle does not say when it was made.');
  // Not “later than”: an instant that cannot be read is no permission.
  if (!(now.getTime() <= Date.parse(expires) + grace * 1000))
    throw new BundleError('expired', `The bundle expired at ${expires}; get a new one.`);
  if (revision < seen)
    throw new BundleError(
      'rolled-back',
      `The bundle is older than one that was opened before (${revision} < ${seen}).`,
    );
  const atlas = readable(() => offline(content));
  return {
    revision,
    at,
    expires,
    changes,
    providers: atlas.providers,
    async lookup(typed, { mx = [] } = {}) {
      const address = parseAddress(typed);
      const hosts = mx.map(({ preference, host }) => ({ preference, host: parseDomain(host) }));
      const found = await atlas.find(
        address,
        hosts.sort((a, b) => a.preference - b.preference),
      );
      return 'answer' in found ? { answer: atlas.say(found.answer, address.local) } : found;
    },
  };
}

function contentOf(payload: Uint8Array): BundleContent {
  return readable(() => readPayload(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
}

/** Signed is not the same as well made: a program that opens bundles hears of that as of everything else. @throws {BundleError} */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError('not-a-bundle', 'The bundle holds something that this program cannot read.');
  }
}

/** The bytes of a gzip stream (RFC 1952), never more than a bundle may have. */
async function unzipped(file: Uint8Array): Promise<Uint8Array> {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([file as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > maxBundle) {
        await reader.cancel();
        throw new BundleError('too-large', 'The file is larger than 64 MiB.');
      }
      chunks.push(value);
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError('not-a-bundle', 'The file cannot be decompressed.');
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
