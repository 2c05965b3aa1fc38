/** Signs what is served. */
import { bundleFile, bundleLines, headAt, type Signer } from '../../atlas/bundle-write.ts';
import type { Served } from '../served/served.ts';

/** Milliseconds. What has not changed is signed anew once a day, so that a bundle of today is always to be had. */
const sameFor = 86_400_000;
/** Statuses move every minute; a bundle takes 30 ms and a new revision. Quarantine waits for no longer than this. */
const changedFor = 60_000;

/** A function that gives the bundle of what is served, and keeps it for a while. */
export function bundler(signer: Signer, now: () => Date = () => new Date()): (served: Served) => string {
  let kept: { served: Served; at: number; text: string } | undefined;
  return (served) => {
    const { atlas, knowledge, revision } = served;
    const at = now();
    const age = kept ? at.getTime() - kept.at : Number.POSITIVE_INFINITY;
    if (kept && age < (kept.served === served ? sameFor : changedFor)) return kept.text;
    const text = bundleFile([...bundleLines(atlas.curated, knowledge, headAt(at, revision))].join(''), [signer]);
    kept = { served, at: at.getTime(), text };
    return text;
  };
}
