/**
 * The one stylesheet. It stands in every page, because the first paint then needs one round trip and not two; the content
 * security policy names its digest. Colours are few: ink, paper, one accent, and three for how servers are, which are never
 * alone: a word and a shape say the same.
 */
import { createHash } from 'node:crypto';
import { plotStyle } from './plot-style.ts';

const light = `
  --paper: #fdfcf9; --card: #ffffff; --sunk: #f4f2ec; --line: #dcd8cd; --edge: #8b8678;
  --ink: #1d2528; --soft: #545d60; --accent: #0a5a62; --on-accent: #ffffff; --wash: #e4f0ef;
  --good: #1c6440; --doubt: #7d5200; --bad: #a02c22; --good-wash: #e6f2ea; --doubt-wash: #f9efd9; --bad-wash: #fae8e5;
`;
const dark = `
  --paper: #14191b; --card: #1b2123; --sunk: #22292b; --line: #354043; --edge: #7f8c8f;
  --ink: #e7e9e6; --soft: #aab4b5; --accent: #86d0d0; --on-accent: #0d2224; --wash: #1c3235;
  --good: #8dd3a8; --doubt: #e6bd6a; --bad: #f3a196; --good-wash: #1b3025; --doubt-wash: #34290f; --bad-wash: #3a201d;
`;

const sheet = `
:root {
  color-scheme: light dark; ${light}
  --serif: ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Charter, Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
  --small: .875rem; --lead: 1.1875rem; --h3: 1.125rem; --h2: 1.5rem; --h1: clamp(2rem, 1.4rem + 2.6vw, 3rem);
  --gap: clamp(1.5rem, 1rem + 2vw, 2.5rem);
}
@media (prefers-color-scheme: dark) { :root { ${dark} } }
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 var(--sans); overflow-wrap: break-word; }
.wrap { width: 100%; max-width: 66rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2rem); }
main { flex: 1; padding-block: clamp(2rem, 1.2rem + 4vw, 4rem) 4rem; }
main:focus { outline: none; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; margin: 0; }
h1 { font: 600 var(--h1)/1.1 var(--serif); letter-spacing: -.015em; }
h2 { font: 600 var(--h2)/1.25 var(--serif); letter-spacing: -.005em; margin-top: 3rem; }
h3 { font-size: var(--h3); margin-top: 2rem; }
h2 + h3 { margin-top: 1.25rem; }
p, ul, ol, dl, pre, table, figure { margin: 1rem 0 0; }
p, li, dd { max-width: 42rem; }
li + li { margin-top: .4rem; }
ul, ol { padding-left: 1.4rem; }
.lead { font-size: var(--lead); line-height: 1.5; color: var(--soft); max-width: 38rem; }
.soft, small { color: var(--soft); }
small, .small { font-size: var(--small); }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: .07em; }
a:hover { text-decoration-thickness: .14em; }
:focus-visible { outline: .1875rem solid var(--accent); outline-offset: .1875rem; border-radius: .15rem; }
code, .mono { font-family: var(--mono); font-size: .9em; }
pre { overflow-x: auto; padding: 1rem 1.25rem; background: var(--sunk); border: 1px solid var(--line); border-radius: .5rem;
  font: .875rem/1.6 var(--mono); }
time { white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .6rem 1rem; background: var(--accent); color: var(--on-accent); }
.skip:focus { top: .5rem; z-index: 1; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }

.top { border-bottom: 1px solid var(--line); }
.top .wrap { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.75rem; padding-block: .75rem; }
.brand { display: inline-flex; align-items: center; gap: .6rem; min-height: 2.75rem; font: 600 1.25rem var(--serif);
  color: var(--ink); text-decoration: none; letter-spacing: -.01em; }
.brand svg { width: 1.9rem; height: 1.9rem; color: var(--accent); flex: none; }
.top nav { flex: 1; }
.top ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0; padding: 0; list-style: none; }
.top li { margin: 0; }
.top nav a, .tongues a { display: inline-block; padding: .6rem 0; color: var(--soft); text-decoration: none; font-size: .9375rem; }
.top nav a:hover, .tongues a:hover { color: var(--ink); text-decoration: underline; }
.top nav a[aria-current] { color: var(--ink); box-shadow: inset 0 -.125rem var(--accent); }
.tongues { font-size: .9375rem; }
.tongues b { font-weight: 600; }
.bottom { border-top: 1px solid var(--line); background: var(--sunk); font-size: var(--small); color: var(--soft); }
.bottom .wrap { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 1rem 3rem; padding-block: 1.75rem; }
.bottom p { margin: 0; max-width: 30rem; }
.bottom ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none; }
.bottom li { margin: 0; }
.bottom a { display: inline-block; padding-block: .15rem; color: inherit; }

.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: clamp(1.1rem, .8rem + 1.5vw, 1.75rem); margin-top: 1.5rem; }
.card > :first-child { margin-top: 0; }
.note { border-left: .25rem solid var(--accent); background: var(--wash); padding: .9rem 1.2rem; border-radius: 0 .5rem .5rem 0; margin-top: 1.25rem; }
.note.doubt { border-color: var(--doubt); background: var(--doubt-wash); }
.note.bad { border-color: var(--bad); background: var(--bad-wash); }
.note > :first-child { margin-top: 0; }
.note > * { margin-top: .5rem; }

label { display: block; font-weight: 600; }
input, textarea, select, button, .button { font: inherit; color: inherit; border-radius: .5rem; }
input[type=text], input[type=search], input[type=email], input[type=url], input[type=password], textarea, select { width: 100%; min-height: 3rem; padding: .6rem .9rem; background: var(--card); border: 1px solid var(--edge); }
textarea { min-height: 7rem; line-height: 1.5; }
button, .button { display: inline-flex; align-items: center; justify-content: center; gap: .5rem; min-height: 2.75rem; padding: .5rem 1.15rem;
  border: 1px solid var(--edge); background: var(--card); color: var(--ink); font-weight: 600; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { border-color: var(--accent); background: var(--wash); }
.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.primary:hover { background: var(--ink); border-color: var(--ink); color: var(--paper); }

.scroll { overflow-x: auto; margin-top: 1rem; }
.scroll > table { margin: 0; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); font-size: var(--small); padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .65rem 1rem .65rem 0; border-bottom: 1px solid var(--line); }
thead th { font-size: var(--small); font-weight: 600; color: var(--soft); border-bottom-color: var(--edge); }
td:last-child, th:last-child { padding-right: 0; }

.mark { display: inline-flex; align-items: baseline; gap: .45em; }
.mark svg { width: .8em; height: .8em; flex: none; fill: currentColor; }
.mark.good { color: var(--good); } .mark.doubt { color: var(--doubt); } .mark.bad { color: var(--bad); } .mark.none { color: var(--soft); }

.hero { max-width: 46rem; }
.hero .lead { margin-top: 1.1rem; }
.find { margin-top: clamp(1.75rem, 1rem + 2vw, 2.5rem); max-width: 46rem; }
.again .find { margin-top: 0; }
.again { padding-bottom: 2rem; margin-bottom: 2.5rem; border-bottom: 1px solid var(--line); }
.field { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: .4rem; }
.field input { flex: 1 1 16rem; min-height: 3.25rem; font-size: 1.125rem; }
.field button { flex: 0 0 auto; min-height: 3.25rem; padding-inline: 1.5rem; }
.hint { margin-top: .5rem; font-size: var(--small); color: var(--soft); }
.fault { margin-top: .5rem; color: var(--bad); font-weight: 600; }
.state:empty { display: none; }
.often { margin-top: 1.75rem; font-size: .9375rem; display: flex; flex-wrap: wrap; gap: .35rem .9rem; align-items: baseline; }
.often ul { display: contents; list-style: none; }
.often li { margin: 0; }
.often a { display: inline-block; padding: .25rem 0; }
.points { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1.5rem 2.5rem; margin: clamp(3rem, 2rem + 4vw, 5rem) 0 0; padding: 0; list-style: none; }
.points li { margin: 0; border-top: .125rem solid var(--ink); padding-top: 1rem; }
.points h2 { margin: 0; font-size: 1.25rem; }
.points p { margin-top: .5rem; color: var(--soft); }
.eyebrow { margin: 0 0 .5rem; color: var(--soft); font-weight: 600; font-size: .9375rem; }
#answer h1 { scroll-margin-top: 3.5rem; }
#answer h1:focus { outline: none; }
.links { display: flex; gap: 1.25rem; margin-top: .75rem; }
.steps { counter-reset: step; list-style: none; padding: 0; display: grid; gap: 1.25rem; }
.steps li { counter-increment: step; position: relative; padding: .15rem 0 0 3rem; margin: 0; min-height: 2.1rem; }
.steps li::before { content: counter(step); position: absolute; left: 0; top: 0; width: 2.1rem; height: 2.1rem; border-radius: 50%; background: var(--accent); color: var(--on-accent); font-weight: 600; text-align: center; line-height: 2.1rem; }
.steps p { margin: 0; }
.steps p + p { margin-top: .7rem; }
.sheet small { display: block; }
.card .sheet { margin: 0; }
.card .sheet tr:last-child > * { border-bottom: 0; }
.card .more { margin: .75rem 0 0; border-bottom: 0; }
.card .more summary { padding-bottom: 0; }
.card .more .sheet { margin-top: 1rem; }
.sheet th[scope=row] { font-weight: 600; }
.sheet th small { font-weight: 400; }
.value { display: flex; align-items: center; gap: .15rem; }
.value .mono { user-select: all; overflow-wrap: anywhere; }
.copy { min-height: 1.75rem; width: 1.75rem; padding: 0; border-color: transparent; background: none; color: var(--soft); flex: none; }
.copy svg { width: 1rem; height: 1rem; }
.copy:hover { color: var(--accent); }
.copy .tick, .copy.done .sheets { display: none; }
.copy.done .tick { display: inline; }
.copy.done { color: var(--good); }
details { border-top: 1px solid var(--line); }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { padding: .8rem 0; cursor: pointer; font-weight: 600; }
summary small { font-weight: 400; margin-left: .35rem; }
summary:hover { color: var(--accent); }
details > div { padding: 0 0 1.5rem 1.25rem; }
details > div > :first-child { margin-top: .25rem; }
.more { margin-top: 1rem; }
.more summary { font-weight: 400; }
h2 + p + .program, .program { margin: 0; }
p.soft + .program { margin-top: 1.25rem; }
.phone { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; max-width: 42rem; }
.phone > :first-child { margin-top: 0; }
.ask { margin-top: 1rem; }
.code svg, img.code { display: block; width: min(100%, 17rem); height: auto; margin-top: 1rem; background: #fff; border-radius: .5rem; }
img.code { width: 11.25rem; }
.errors label { margin-top: 1rem; }
.errors textarea { max-width: 42rem; margin-top: .5rem; font-family: var(--mono); font-size: .9375rem; }
.explained { max-width: 42rem; }
.tried { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; }
.tried dt { font-weight: 600; }
.tried dd { margin: 0; }
.sources { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; padding-bottom: 1rem; font-size: .9375rem; }
.sources dt { font-family: var(--mono); font-size: var(--small); color: var(--soft); }
.sources dd { margin: 0; overflow-wrap: anywhere; }
.print { margin-top: .5rem; }
.narrow { max-width: 42rem; }
.terms { display: grid; grid-template-columns: minmax(4rem, max-content) 1fr; gap: .6rem 1.5rem; }
.terms dt { font-weight: 600; }
.terms dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.terms .terms { margin-top: .5rem; padding-left: .75rem; border-left: .125rem solid var(--line); }
.way { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(4, 1fr); gap: 0; counter-reset: none; }
.way li { margin: 0; padding: 1rem 1.25rem 1rem 0; border-top: .125rem solid var(--accent); position: relative; font-size: .9375rem; }
.way li::before { content: ""; position: absolute; top: -.5rem; left: 0; width: .875rem; height: .875rem; border-radius: 50%; background: var(--accent); }
.way strong { display: block; font-size: 1.0625rem; }
.way small { display: block; margin-top: .5rem; }
.way li:last-child { border-top-color: transparent; }
.lesson { list-style: none; padding: 0; counter-reset: lesson; }
.lesson li { counter-increment: lesson; display: grid; grid-template-columns: minmax(16rem, 1fr) minmax(0, 1.35fr); gap: 1rem 2.5rem; margin: 0; padding-block: 1.75rem; border-top: 1px solid var(--line); max-width: none; }
.lesson h3 { margin: 0; }
.lesson h3::before { content: counter(lesson) ". "; color: var(--accent); }
.lesson p { margin-top: .5rem; }
.lesson pre { margin: 0; align-self: start; }
.mine { color: var(--accent); font-weight: 600; }
.event { color: var(--soft); font-style: italic; }
.operation summary small { display: block; margin: .15rem 0 0 1rem; }
.operation summary code { overflow-wrap: anywhere; font-weight: 400; }
h2 + div > .operation:first-child, h2 + p + div > .operation:first-child { margin-top: 1rem; }
.operation h3 { margin-top: 1.25rem; font-size: 1rem; }
fieldset { border: 0; margin: 1.25rem 0 0; padding: 0; min-width: 0; }
legend { font-weight: 600; padding: 0; }
.choices ul { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; margin-top: 1.5rem; list-style: none; }
.choices li { margin: 0; }
.choices a { display: inline-block; padding: .45rem .95rem; border: 1px solid var(--edge); border-radius: 2rem; color: var(--ink); text-decoration: none; font-size: .9375rem; }
.choices a:hover { border-color: var(--accent); background: var(--wash); }
.choices a[aria-current] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.one { margin-top: 1.1rem; max-width: 42rem; }
.one > label { margin-bottom: .3rem; }
.one .hint, .one .fault { margin-top: .3rem; }
.fault:empty { display: none; }
.short { max-width: 8rem; }
[aria-invalid=true] { border-color: var(--bad) !important; outline-color: var(--bad); }
.pairs { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 0 1.5rem; max-width: 42rem; }
.server { display: grid; grid-template-columns: 1fr 1.6fr; gap: 0 1.25rem; padding: .25rem 1.25rem 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; max-width: 46rem; }
.server legend { float: left; grid-column: 1 / -1; padding-top: 1rem; color: var(--soft); font-size: var(--small); }
.ticks label { display: flex; gap: .6rem; align-items: baseline; font-weight: 400; margin-top: .6rem; overflow-wrap: anywhere; }
.ticks input { width: 1.1rem; height: 1.1rem; flex: none; accent-color: var(--accent); }
.acts { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin-top: 1.75rem; max-width: none; }
.wrong h2 { margin: 0; font-size: var(--h3); }
.wrong h2:focus { outline: none; }
.checks, .events { list-style: none; padding: 0; }
.check { border-top: 1px solid var(--line); padding: 1rem 0 0; margin: 1rem 0 0; max-width: 46rem; }
.check h3, .check p { margin: .2rem 0 0; }
.check details, .check details:last-of-type { border: 0; }
.check ul { margin-top: .5rem; }
.check summary { padding: .5rem 0 .2rem; font-size: var(--small); font-weight: 400; }
.check code, .events code { overflow-wrap: anywhere; }
blockquote { margin: .75rem 0 0; padding: .1rem 0 .1rem 1.1rem; border-left: .2rem solid var(--line); color: var(--soft); white-space: pre-line; max-width: 42rem; overflow-wrap: anywhere; }
.secret { overflow-wrap: anywhere; user-select: all; }
.sides { table-layout: fixed; }
.sides del, .sides ins { white-space: pre-line; overflow-wrap: anywhere; text-decoration-thickness: .06em; padding: .05rem .2rem; border-radius: .2rem; }
.sides del { background: var(--bad-wash); } .sides ins { background: var(--good-wash); text-decoration: none; }
.sides del:empty, .sides ins:empty { display: none; }
.leave { display: flex; gap: .75rem; align-items: center; margin-top: 1rem; }
@media (max-width: 40rem) { .server { grid-template-columns: 1fr; } }
@media (min-width: 48.01rem) { .host { white-space: nowrap; } }
@media (max-width: 48rem) {
  .sheet, .sheet tbody, .sheet tr, .sheet th, .sheet td { display: block; }
  .sheet caption { display: block; }
  .sheet thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .sheet tr { border-top: 1px solid var(--line); padding: 1rem 0; }
  .sheet tr:first-child { border-top-color: var(--edge); }
  .card .sheet tr:last-child { padding-bottom: 0; }
  .sheet th, .sheet td { border: 0; padding: 0; }
  .sheet th[scope=row] { font-size: 1.0625rem; }
  .sheet td { display: grid; grid-template-columns: 6.75rem minmax(0, 1fr); gap: 0 .5rem; padding-top: .6rem; }
  .sheet td > * { grid-column: 2; }
  .sheet td::before { content: attr(data-label); grid-column: 1; grid-row: 1; color: var(--soft); font-size: var(--small); padding-top: .15rem; }
  .top .wrap { justify-content: space-between; padding-bottom: .25rem; }
  .top nav { order: 3; flex: 1 0 100%; }
  .lesson li { grid-template-columns: 1fr; }
  .way { grid-template-columns: 1fr; padding-left: .5rem; }
  .way li { border-top: 0; border-left: .125rem solid var(--accent); padding: 0 0 1.5rem 1.5rem; }
  .way li::before { top: .35rem; left: -.5rem; }
  .way li:last-child { border-left-color: transparent; padding-bottom: 0; }
  .terms { grid-template-columns: 1fr; gap: .15rem; }
  .terms dd { margin-bottom: .75rem; }
  .sources, .tried { grid-template-columns: 1fr; gap: .1rem; }
  .sources dd, .tried dd { margin-bottom: .6rem; }
  .field button { flex: 1 1 100%; }
}
${plotStyle}
@media (prefers-reduced-motion: no-preference) { a, button, .button { transition: background-color .12s, border-color .12s, color .12s; } }
@media (forced-colors: active) { .primary { border: 2px solid; } }
@media print {
  :root { ${light} --paper: #fff; --card: #fff; }
  body { font-size: 11pt; }
  .top, .bottom, .skip, form, button, .button, .screen { display: none !important; }
  main { padding: 0; }
  .card, .note { break-inside: avoid; border: 1px solid #999; background: none; }
  a { color: inherit; }
  .steps .button { display: inline !important; border: 0; padding: 0; font-weight: 400; }
  .steps .button::after { content: ": " attr(href); overflow-wrap: anywhere; }
}
`;

/** Nobody reads it on the way. */
export const style = sheet
  .replaceAll(/\s+/g, ' ')
  .replaceAll(/ ?([{};,]) ?/g, '$1')
  .trim();

/** What the content security policy allows: this very sheet. */
export const styleSource = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
