/**
 * Plots as SVG, made here and needing no script. They stretch to whatever room there is; words stand beside them in HTML,
 * which stays readable on a phone. Each is a picture with a name and a description, and a table says the same.
 *
 * Numbers are our own, so that nothing needs an escape; names and descriptions are escaped by `html`.
 */
import { html, raw } from 'hono/html';
import type { Html } from './frame.ts';
import type { DayMood, Point } from './past.ts';

export interface Named {
  /** Of the elements in the page, which must differ. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** How high and how far down a day's bar is: it tells the same as its colour. */
const bars: Readonly<Record<DayMood, readonly [top: number, height: number]>> = {
  good: [10, 22],
  doubt: [5, 27],
  bad: [0, 40],
  none: [30, 2],
};

/** One bar a day. */
export function strip(days: readonly DayMood[], named: Named): Html {
  const paths = (Object.keys(bars) as DayMood[]).flatMap((mood) => {
    const [top, height] = bars[mood];
    const bar = days.flatMap((one, i) => (one === mood ? [`M${i * 10 + 1} ${top}h8v${height}h-8z`] : []));
    return bar.length === 0 ? [] : [`<path class="${mood}" d="${bar.join('')}"/>`];
  });
  return picture(named, { width: days.length * 10, height: 40, of: 'strip' }, paths.join(''));
}

export interface LineOptions {
  /** How many days there are. */
  readonly days: number;
  /** The value at the upper edge; 0 is the lower one. */
  readonly top: number;
  /** A value that is marked by a dashed line. */
  readonly limit?: number;
}

/** A line through points. Where nothing was seen for three days, it is broken. */
export function line(points: readonly Point[], { days, top, limit }: LineOptions, named: Named): Html {
  const height = 60;
  const place = ({ x, y }: Point) => `${round(x * 10)} ${round(height - 1 - (Math.max(0, y) / top) * (height - 2))}`;
  const runs = points.reduce<Point[][]>((all, point) => {
    const last = all.at(-1);
    if (last && point.x - (last.at(-1)?.x ?? 0) <= 3) last.push(point);
    else all.push([point]);
    return all;
  }, []);
  const areas = runs.map((run) => {
    const [first, last] = [run[0]?.x ?? 0, run.at(-1)?.x ?? 0];
    return `M${round(first * 10)} ${height}L${run.map(place).join('L')}L${round(last * 10)} ${height}z`;
  });
  // A point alone is a line of no length, which round ends make visible.
  const lines = runs.map((run) => `M${run.map(place).join('L')}${run.length === 1 ? 'h0' : ''}`);
  const mark =
    limit === undefined || limit > top
      ? ''
      : `<path class="limit" d="M0 ${round(height - 1 - (limit / top) * (height - 2))}H${days * 10}"/>`;
  return picture(
    named,
    { width: days * 10, height, of: 'line' },
    `<path class="area" d="${areas.join('')}"/>${mark}<path class="stroke" d="${lines.join('')}"/>`,
  );
}

/**
 * Layers that stand on each other: how many of each kind there were, day by day. A day without numbers is a gap.
 * @param top the value at the upper edge; 0 is the lower one
 */
export function layers(
  kinds: readonly string[],
  days: readonly (Readonly<Record<string, number>> | undefined)[],
  top: number,
  named: Named,
): Html {
  const height = 120;
  const floors = days.map(() => height);
  const paths = kinds.map((kind) => {
    const blocks = days.flatMap((day, i) => {
      const part = ((day?.[kind] ?? 0) / top) * height;
      if (part === 0) return [];
      // What is there must be seen, however little it is.
      const size = Math.max(part, 2);
      floors[i] = (floors[i] ?? height) - size;
      return [`M${i * 10} ${round(floors[i] ?? 0)}h10v${round(size)}h-10z`];
    });
    return blocks.length === 0 ? '' : `<path class="${kind}" d="${blocks.join('')}"/>`;
  });
  return picture(named, { width: days.length * 10, height, of: 'layers' }, paths.join(''));
}

function picture(
  { id, title, description }: Named,
  { width, height, of }: { readonly width: number; readonly height: number; readonly of: string },
  inner: string,
): Html {
  return html`<svg class="plot ${of}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${title}</title><desc id="${id}-d">${description}</desc>${raw(inner)}</svg>`;
}

/** A round number that is not smaller: 1, 2 or 5 with zeros. */
export function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= value) ?? 10 * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
