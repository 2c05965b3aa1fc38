import process from 'node:process';
import { parseArgs } from 'node:util';
import { nodePoster } from '../net/http/post-node.ts';
import { AgentRefused, type AgentReport, runAgent } from '../verify/agents/agent.ts';
import { parseEndpoint } from '../verify/endpoint.ts';
import { judge } from '../verify/judge.ts';
import { defaultTimeout, nodeProber } from '../verify/probe/prober-node.ts';
import { Tally } from '../verify/report.ts';
import { defaultConcurrency } from '../verify/run.ts';
import { serverOption, serverUrl } from './atlas-server.ts';
import { logOption, openLog } from './log.ts';
import type { Command } from './main.ts';
import { jsonOption } from './options.ts';
import { readSecret, tokenPlace } from './private-file.ts';
import { concurrencyOf, proberOptions, readProberOptions } from './prober-options.ts';
import { progressBar } from './progress.ts';
import { Complaint, clause, exit, misuse, out, outJsonLine } from './say.ts';
import { version } from './version.ts';

const usage = `usage: mailatlas agent --server URL --contact TEXT [--token-file FILE] [options]

Looks at mail servers for a mailatlas server elsewhere: takes what is due there, talks to each politely, and reports what it
saw. One agent in each network: a server that works from one place works, and fails only where every place agrees. Needs no
database. SIGINT and SIGTERM stop it; what was seen until then counts.

  --server URL          the server, https://atlas.example (http:// only on this machine; default: MAILATLAS_SERVER)
  --token-file FILE     a file with the token of the agent, which its server's operator makes:
                        mailatlas token create --role agent --name NAME (default: the environment's MAILATLAS_TOKEN)
  --contact TEXT        where people learn who probes and why; said in IMAP's ID
  --once                stop when nothing is due
  --control URL         a mail server that always answers; may be given twice. When none of them does, the run counts for nothing
  --concurrency N       connections at once (default: ${defaultConcurrency}); one owner is never called twice at a time
  --timeout SECONDS     for one mail server (default: ${defaultTimeout})
  --resolver HOST:PORT  the DNS server for mail servers (default: the system's)
  --ca FILE             trust these certificates (PEM), too: of the server and of mail servers
  --allow-private       dial private, loopback and other special addresses, too
  --source-address IP   call mail servers from this address of the machine
  --name NAME           the host name for EHLO (default: the machine's)
  --json                one line of JSON for each server looked at, and for each run
  --log-level LEVEL     error, warn or info, on stderr as mailatlas serve has it (default: the environment's
                        MAILATLAS_LOG_LEVEL, else info)

The server is asked through HTTPS_PROXY or HTTP_PROXY where the environment has them, and NO_PROXY does not except it.

Exit code 0: it was told to stop, or nothing is due any more (--once). 3: the server wants none of it.

example:
  MAILATLAS_TOKEN=mat_… mailatlas agent --server https://atlas.example --contact https://mail.example/probes
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...proberOptions,
      ...jsonOption,
      ...serverOption,
      'token-file': { type: 'string' },
      once: { type: 'boolean' },
      concurrency: { type: 'string' },
      control: { type: 'string', multiple: true },
      ...logOption,
    } as const;
    const { values } = parseArgs({ args, options });
    const server = serverUrl(values.server, 'agent');
    if (!values.contact?.trim()) {
      throw misuse('agent needs --contact: who is called every day must be able to learn by whom', 'agent');
    }
    const token = readSecret(values['token-file'], { ...tokenPlace, isShared: true }, 'agent');
    const prober = readProberOptions(values, 'agent');
    const concurrency = concurrencyOf(values.concurrency, 'agent');
    const controls = (values.control ?? []).map(parseEndpoint);
    const headers = { Authorization: `Bearer ${token}`, 'User-Agent': `mailatlas/${version} agent` };
    const { log, flush } = await openLog(values['log-level'], 'agent');
    const stop = new AbortController();
    const interrupt = () => stop.abort();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
    const { ca } = prober;
    const hands = nodeProber(prober);
    const bar = progressBar();
    let tally = new Tally();
    try {
      await runAgent({
        server,
        poster: nodePoster({ headers, ...(ca !== undefined && { ca }) }),
        probe: (endpoint) => hands.probe(endpoint),
        judge: (evidence, now) => judge(evidence, now),
        controls,
        ...(concurrency !== undefined && { concurrency }),
        ...(values.once && { once: true }),
        signal: stop.signal,
        onResult: (result, { done, planned }) => {
          tally.add(result);
          if (values.json) outJsonLine(result);
          bar.show(done, planned, result.endpoint);
        },
        onRun: (report) => {
          bar.clear();
          if (values.json) outJsonLine(report);
          else out(sayRun(report, tally));
          tally = new Tally();
        },
        log: {
          info: (message) => {
            bar.clear();
            log.info(message);
          },
          warn: (message) => {
            bar.clear();
            log.warn(message);
          },
        },
      });
      return exit.yes;
    } catch (error) {
      throw error instanceof AgentRefused ? explain(error, server) : error;
    } finally {
      bar.clear();
      flush();
      // Connections under way would keep the process for as long as a probe may take.
      if (stop.signal.aborted) setImmediate(() => process.exit());
    }
  },
};

function explain({ status, message }: AgentRefused, server: string): Complaint {
  const tips: Record<number, string> = {
    401: 'have another token made: mailatlas token create --role agent --name NAME',
    403: 'have a token made for an agent: mailatlas token create --role agent --name NAME',
    404: 'see --server; is it a mailatlas server, and not older than this agent?',
    413: 'a proxy before the server must let bodies of 1 MiB through',
  };
  return new Complaint(`${server} refuses: ${message}`, { tip: tips[status] ?? 'see --server' });
}

function sayRun({ run, verdict, reason, changes }: AgentReport, tally: Tally): string {
  const { checked, fails, unclear } = tally.summary();
  const looked = `run ${run ?? ''}: ${checked} looked at, ${fails.length} fail, ${unclear.length} cannot be told`;
  const judged = verdict === 'sound' ? `${changes.length} statuses moved` : `nothing moved: ${clause(reason ?? '')}`;
  return `${looked}; ${judged}`;
}
