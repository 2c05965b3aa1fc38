/** The atlas as one text: what the command line keeps so that a lookup need not parse two hundred YAML files. */
import type { Curated } from '../provider/model.ts';

/** Changes with the shape of the records: what an older program compiled or loaded is then made anew. */
export const recordFormat = 1;

interface Encoded {
  format: number;
  /** Digest of the files the data come from. */
  digest: string;
  curated: Curated;
}

export function encodeAtlas(curated: Curated, digest: string): string {
  return JSON.stringify({ format: recordFormat, digest, curated } satisfies Encoded);
}

/** The data of a text, or undefined where it is not of this format or not of these files. */
export function decodeAtlas(text: string, digest: string): Curated | undefined {
  try {
    const encoded = JSON.parse(text) as Partial<Encoded>;
    return encoded.format === recordFormat && encoded.digest === digest ? encoded.curated : undefined;
  } catch {
    return undefined;
  }
}
