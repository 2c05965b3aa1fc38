/** `/api/v1/agent/runs/{run}/…`: work for agents, and what they report (verify/agents/agency.ts). The token says which vantage it is. */
import type { Context } from 'hono';
import type { EndpointKey } from '../provider/model.ts';
import { type Agency, type AgentRun, TooManyRuns } from '../verify/agents/agency.ts';
import { readEvidence } from '../verify/agents/evidence-shape.ts';
import { AgentEnd, AgentReports, AgentWish } from '../verify/agents/protocol.ts';
import { RunOver } from '../verify/dispatch.ts';
import type { Evidence } from '../verify/evidence.ts';
import { nothingHere } from './ask.ts';
import { tokenOf } from './bearer.ts';
import { RunId } from './contract/contract.ts';
import { bodyJson } from './http/body.ts';
import { HttpProblem } from './http/errors.ts';
import { sendJson } from './http/respond.ts';
import type { Deps } from './served/served.ts';

/** Octets of a report: some dozens of probes. */
const mostReported = 1024 * 1024;

export function leasesRoute(deps: Deps) {
  return forAgents(deps, async (c, agents, run) => {
    const { run: n, ...work } = await agents.take(run, await bodyJson(AgentWish, c));
    return { run: n ?? null, ...work };
  });
}

export function reportsRoute(deps: Deps) {
  return forAgents(deps, async (c, agents, run) => {
    const { evidence } = await bodyJson(AgentReports, c, mostReported);
    const good: Evidence[] = [];
    const refused: { index: number; why: string }[] = [];
    const unreadable: EndpointKey[] = [];
    for (const [index, value] of evidence.entries()) {
      const read = readEvidence(value);
      if (typeof read !== 'string') good.push(read);
      else {
        refused.push({ index, why: read });
        const { endpoint } = (value ?? {}) as { endpoint?: unknown };
        if (typeof endpoint === 'string') unreadable.push(endpoint as EndpointKey);
      }
    }
    return { taken: [...(await agents.report(run, good, unreadable))], refused };
  });
}

export function endRoute(deps: Deps) {
  return forAgents(deps, async (c, agents, run) => {
    const { controls = [], cutOff = false } = await bodyJson(AgentEnd, c);
    return agents.end(run, { controls, cutOff });
  });
}

type Work = (c: Context, agents: Agency, run: AgentRun) => Promise<unknown>;

function forAgents(deps: Deps, work: Work) {
  return async (c: Context): Promise<Response> => {
    const run = await runOf(deps, c);
    if (!deps.agents) throw nothingHere();
    try {
      return sendJson(c, await work(c, deps.agents, run), 'no-store');
    } catch (error) {
      if (error instanceof RunOver) throw new HttpProblem('run-over', 'This run is over; begin another one.');
      if (error instanceof TooManyRuns) throw new HttpProblem('too-many-runs', `${error.message}.`);
      throw error;
    }
  };
}

async function runOf(deps: Deps, c: Context): Promise<AgentRun> {
  const { name: vantage } = await tokenOf(deps, c, 'agent');
  // What this machine sees itself must not be mixed with what an agent says.
  if (vantage === 'local')
    throw new HttpProblem('wrong-role', 'An agent cannot be called local: make it another token.');
  const id = RunId.safeParse(c.req.param('run'));
  if (!id.success)
    throw new HttpProblem(
      'malformed-query',
      'A run is called by a UUID of the agent’s own choice, a full stop and a number.',
    );
  return { vantage, id: id.data };
}
