/** The part of the stylesheet for records, plots and conversations (style.ts puts it in its place). */
export const plotStyle = `
.contents ul, .names { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0 0; }
.contents li, .names li { margin: 0; max-width: none; }
.contents { border-block: 1px solid var(--line); margin-top: 1.5rem; padding-block: .35rem; font-size: .9375rem; }
.contents ul { margin: 0; }
.contents a { display: inline-block; padding: .35rem 0; }
.names { gap: .35rem .5rem; }
.names li { background: var(--sunk); border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .75rem; font-size: .9375rem; }
.endpoints { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1.25rem; margin-top: 1.5rem; align-items: start; }
.endpoint { margin: 0; min-width: 0; scroll-margin-top: 1rem; }
.endpoint h3 { display: grid; gap: .1rem; font-size: 1rem; overflow-wrap: anywhere; }
.endpoint h3 small { font-weight: 400; }
.endpoint p { margin-top: .6rem; font-size: .9375rem; }
.endpoint .how { display: flex; flex-wrap: wrap; gap: .1rem .9rem; }
.endpoint details { margin: 0 calc(-1 * clamp(1.1rem, .8rem + 1.5vw, 1.75rem)); padding-inline: clamp(1.1rem, .8rem + 1.5vw, 1.75rem); }
.endpoint summary { font-weight: 400; font-size: .9375rem; padding-block: .55rem; }
.endpoint details:first-of-type { margin-top: 1.25rem; }
.endpoint details:last-of-type { border-bottom: 0; margin-bottom: calc(-1 * clamp(1.1rem, .8rem + 1.5vw, 1.75rem) + .35rem); }
.endpoint details[open] { padding-bottom: 1.1rem; }
.endpoint details > div { padding: 0; }
.endpoint details > * + * { margin-top: .35rem; }
.lanes { margin-top: 1.25rem; }
.lane { margin-top: .9rem; }
.endpoint .lane p { display: flex; justify-content: space-between; gap: 1rem; margin: 0 0 .3rem; font-size: var(--small); color: var(--soft); }
.lane b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.plot { display: block; width: 100%; overflow: visible; }
.plot.strip { height: 1.9rem; }
.plot.line { height: 2.6rem; border-bottom: 1px solid var(--line); }
.plot.layers { height: 9rem; border-bottom: 1px solid var(--edge); }
.plot path { stroke: none; fill: none; }
.plot .good, .plot .verified { fill: var(--good); }
.plot .doubt, .plot .degraded { fill: var(--doubt); }
.plot .bad, .plot .failing { fill: var(--bad); }
.plot .dead { fill: var(--ink); }
.plot .none, .plot .unverified { fill: var(--edge); }
.plot .area { fill: var(--wash); }
.plot .stroke { stroke: var(--accent); stroke-width: 1.5px; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.plot .limit { stroke: var(--bad); stroke-width: 1px; stroke-dasharray: 4 3; vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; gap: 1rem; color: var(--soft); }
.endpoint .axis { margin-top: .35rem; font-size: .8125rem; }
.figures { font-size: var(--small); font-variant-numeric: tabular-nums; }
.figures th, .figures td { padding-block: .3rem; }
.figures td { text-align: right; } .figures thead th + th { text-align: right; }
.figures tbody th { font-weight: 400; white-space: nowrap; }
.dated { list-style: none; padding: 0; }
.dated > li { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; }
.dated > li + li { margin-top: .5rem; }
.endpoint .dated { font-size: var(--small); }
.endpoint .dated > li { grid-template-columns: 1fr; }
.plain { list-style: none; padding: 0; }
.endpoint .talk { padding-left: .9rem; } .endpoint .talk + p { margin-top: 1rem; }
.talk { border-left: .15rem solid var(--line); padding-left: .9rem; margin-top: .9rem; }
.lines { list-style: none; margin: .5rem 0 0; padding: .5rem 0; background: var(--sunk); border-radius: .4rem; font: .8125rem/1.5 var(--mono); overflow-x: auto; }
.lines li { display: grid; grid-template-columns: 1.4rem 1fr; max-width: none; margin: 0; padding: .05rem .75rem; overflow-wrap: anywhere; }
.lines abbr { text-decoration: none; color: var(--soft); }
.lines .c span { color: var(--accent); }
.lines .x { color: var(--soft); border-block: 1px dashed var(--line); margin-block: .25rem; }
.lines .x span { font-style: italic; }
.phases { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; padding: 0; margin: .6rem 0 0; font-size: .8125rem; color: var(--soft); }
.phases li { margin: 0; }
.phases b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.facts { margin: .6rem 0 0; display: grid; gap: .15rem; }
.facts > div { display: grid; grid-template-columns: 8.5rem 1fr; gap: 0 .75rem; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
@media (min-width: 48rem) { .from th:first-child { width: 34%; } .from th:nth-child(2) { width: 8rem; } .from th:nth-child(4) { width: 22%; } }
.from th { overflow-wrap: anywhere; }
.dated small { display: block; color: var(--soft); }
.decisions { display: grid; gap: 1.25rem; }
.decisions > div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; border-top: 1px solid var(--line); padding-top: .75rem; }
.decisions dd { margin: 0; } .decisions p { margin: 0 0 .25rem; }
.note h2 { font-size: 1.25rem; }
.tiles { display: flex; flex-wrap: wrap; gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; margin-top: 2rem; }
.tiles > div { flex: 1 1 9.5rem; background: var(--card); padding: .9rem 1.1rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; gap: .1rem; }
.tiles dt { font-size: .9375rem; } .tiles dd { margin: 0; font: 600 2rem/1.15 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.layered { margin-top: 1.25rem; } .layered .axis { margin-top: .35rem; max-width: none; } .layered figcaption { margin-top: .5rem; max-width: 42rem; }
.list { margin-top: 1.25rem; } .list th[scope=row] { overflow-wrap: break-word; }
.filters { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1rem; align-items: end; margin-top: 2rem; }
.filters p { margin: 0; max-width: none; } .filters .wide { grid-column: 1 / -1; }
.filters label { font-size: var(--small); margin-bottom: .25rem; }
.filters button { min-height: 3rem; width: 100%; }
.waiting { color: var(--soft); font-style: italic; } .waiting:not(:last-child) { display: none; }
.mechanisms, .clients { list-style: none; padding: 0; margin: 1.25rem 0 0; display: grid; gap: 0; }
.mechanisms > li { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; align-items: baseline; border-top: 1px solid var(--line); padding: .6rem 0; margin: 0; max-width: none; }
.mechanisms details { grid-column: 1 / -1; border: 0; } .mechanisms summary, .clients summary { padding: .1rem 0; font-weight: 400; font-size: var(--small); color: var(--soft); }
.mechanisms details ul, .clients details ol { margin-top: .4rem; overflow-wrap: anywhere; }
.clients { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.25rem; }
.clients > li { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; margin: 0; min-width: 0; max-width: none; }
.clients h3 { margin: 0; font-size: 1.0625rem; } .clients p, .clients dl, .clients .plain { margin-top: .5rem; font-size: .9375rem; } .clients p.small { font-size: var(--small); }
.clients details { border: 0; margin-top: .6rem; }
.count { margin-top: 2rem; color: var(--soft); }
.paging { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin-top: 2rem; }
@media (max-width: 48rem) {
  .list th[scope=row], .list a, .list .mono { overflow-wrap: anywhere; }
  .dated > li, .decisions > div, .facts > div { grid-template-columns: 1fr; }
  .decisions dt { margin-bottom: .35rem; }
}
`;
