/** What was measured, as Markdown for the README and as a picture beside it. */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { load, machineName } from '../machine.ts';
import type { Table } from './requests.ts';
import type { Scale } from './scale.ts';
import type { Start } from './start.ts';

export interface Measured {
  readonly tables?: readonly Table[];
  readonly start?: Start;
  readonly scale?: readonly Scale[];
}

const root = new URL('../../', import.meta.url);
const picture = 'docs/bench.svg';
const [begins, ends] = ['<!-- bench -->', '<!-- /bench -->'];

/** Into the README, between its marks, and docs/bench.svg. @throws where the marks are gone */
export function write(measured: Measured): void {
  const readme = new URL('README.md', root);
  const text = readFileSync(readme, 'utf8');
  const [from, to] = [text.indexOf(begins), text.indexOf(ends)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${begins} … ${ends}`);
  const [first] = measured.tables ?? [];
  if (!first) throw new Error('there is no table to draw');
  writeFileSync(new URL(picture, root), svg(first));
  const section = `\n![Requests a second: ${first.title}](${picture})\n\n${markdown(measured)}\n`;
  writeFileSync(readme, `${text.slice(0, from + begins.length)}${section}${text.slice(to)}`);
}

export function markdown({ tables, start, scale }: Measured): string {
  const parts = [
    `${machineName()}; Node ${process.versions.node}; load of others ${load()}. Medians of rounds in turn.`,
    ...(tables ? [requestTable(tables)] : []),
    [...(start ? startLines(start) : []), ...(scale ? scaleLines(scale) : [])].join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function requestTable(tables: readonly Table[]): string {
  const lines = tables.flatMap(({ title, rows }) => [
    `| **${title}** | | | | | | |`,
    ...rows.map(({ contestant, perSecond, p50, p99, cpu, busy, memory }) => {
      const latency = `${p50.toFixed(2)} | ${p99.toFixed(2)}`;
      // Where the server was not busy, its rate is what the client or the machine had to give.
      return `| ${contestant} | ${whole(perSecond)} | ${latency} | ${cpu.toFixed(1)} | ${whole(busy)} % | ${whole(memory)} |`;
    }),
  ]);
  return [
    '| | requests/s | p50 ms | p99 ms | CPU µs each | busy | memory MB |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...lines,
  ].join('\n');
}

function startLines({ bareNode, lookup, loadData, firstAnswer, firstEver, memory }: Start): string[] {
  return [
    `- from start to first answer: ${whole(firstAnswer)} ms, with an empty database ${whole(firstEver)} ms; then ${whole(memory)} MB`,
    `- \`mailatlas lookup\`: ${whole(lookup)} ms, of which a bare Node takes ${whole(bareNode)} ms; \`mailatlas load\` into an empty database: ${whole(loadData)} ms`,
  ];
}

function scaleLines([small, large]: readonly Scale[]): string[] {
  if (!small || !large) return [];
  const memory = (100_000 * (large.memory - small.memory)) / (large.domains - small.domains);
  const rate = (100 * large.perSecond) / small.perSecond;
  const [few, many] = [small, large].map(({ domains }) => whole(domains));
  return [
    `- an atlas of ${many} domains: ${whole(large.perSecond)} requests/s, ${rate.toFixed(0)} % of the rate with ${few}; ${whole(large.memory)} MB, ${whole(memory)} MB for each 100,000 domains`,
  ];
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

const [width, rowHeight, labelWidth, barWidth, top] = [760, 34, 290, 300, 52];

/** Bars, readable on light and on dark. */
function svg({ title, rows }: Table): string {
  const most = Math.max(...rows.map(({ perSecond }) => perSecond));
  const height = top + rows.length * rowHeight + 12;
  const bars = rows.map(({ contestant, perSecond, p99 }, i) => {
    const y = top + i * rowHeight;
    const length = Math.round((barWidth * perSecond) / most);
    const middle = y + 16;
    return `<text class="name" x="${labelWidth - 10}" y="${middle + 4}">${contestant.replaceAll('`', '')}</text>
<rect class="${i === 0 ? 'ours' : 'other'}" x="${labelWidth}" y="${y + 4}" width="${length}" height="24" rx="3"/>
<text x="${labelWidth + length + 8}" y="${middle + 4}">${whole(perSecond)} <tspan class="more">p99 ${p99.toFixed(2)} ms</tspan></text>`;
  });
  const said = rows.map(({ contestant, perSecond }) => `${contestant.replaceAll('`', '')} ${whole(perSecond)}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">Requests a second: ${title}</title>
<desc id="desc">${said.join('; ')}</desc>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.head { font-weight: 600; font-size: 15px; }
.name { text-anchor: end; }
.more { fill: #59636e; }
.ours { fill: #0b7285; }
.other { fill: #adb5bd; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.more { fill: #9198a1; }
.ours { fill: #3bc9db; }
.other { fill: #59636e; }
}
</style>
<text class="head" x="12" y="28">Requests a second on one core: ${title}</text>
${bars.join('\n')}
</svg>
`;
}
