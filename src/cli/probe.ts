import { parseArgs } from 'node:util';
import { parseEndpoint } from '../verify/endpoint.ts';
import type { Evidence, TranscriptLine } from '../verify/evidence.ts';
import { judge } from '../verify/judge.ts';
import { nodeProber } from '../verify/probe/prober-node.ts';
import type { Verdict } from '../verify/verdict.ts';
import type { Command } from './main.ts';
import { jsonOption, language } from './options.ts';
import { proberOptions, proberUsage, readProberOptions } from './prober-options.ts';
import { exit, misuse, out, outJson, paint, visible } from './say.ts';

const usage = `usage: mailatlas probe URL [options]

Talks to one server and says what it saw: DNS, connection, TLS and certificate, greeting, capabilities; never signs in.
Exit code 0: it works; 1: it does not, or nobody can tell from here.

  URL                     imap://HOST[:PORT][?security=tls|starttls|none], pop3://… or smtp://…
${proberUsage('everything')}  --json                  endpoint, verdict and evidence for programs

example:
  mailatlas probe 'imap://imap.gmx.net:993?security=tls'
`;

export const command: Command = {
  usage,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { ...proberOptions, ...jsonOption },
      allowPositionals: true,
    });
    const [url, more] = positionals;
    if (url === undefined || more !== undefined) throw misuse('probe takes one URL', 'probe');
    const endpoint = parseEndpoint(url);
    const evidence = await nodeProber({ ...readProberOptions(values, 'probe'), anyPort: true }).probe(endpoint);
    const verdict = judge(evidence, new Date(), language());
    if (values.json) outJson({ endpoint: evidence.endpoint, verdict, evidence });
    else out(say(evidence, verdict));
    return verdict.outcome === 'works' ? exit.yes : exit.no;
  },
};

function say(evidence: Evidence, verdict: Verdict): string {
  const lines = [paint('bold', evidence.endpoint)];
  const { addresses } = evidence.dns;
  if (addresses.length > 0) lines.push(`addresses  ${addresses.join(' ')} (${evidence.dns.ms} ms)`);
  for (const attempt of evidence.attempts) {
    lines.push('', paint('bold', attempt.address));
    lines.push(...attempt.transcript.map(sayLine));
    const own = attempt.tls?.chain[0];
    if (own) {
      lines.push(
        `certificate  ${visible(own.subject)}`,
        `  for        ${visible([...own.names, ...own.addresses].join(' ')) || 'no name'}`,
      );
      lines.push(
        `  by         ${visible(own.issuer)}`,
        `  valid      ${own.notBefore} to ${own.notAfter}`,
        `  key        ${own.key}`,
      );
    }
    const times = Object.entries(attempt.ms).map(([phase, ms]) => `${phase} ${ms} ms`);
    if (times.length > 0) lines.push(paint('dim', times.join(', ')));
  }
  if (evidence.skipped) lines.push('', `not dialled  ${evidence.skipped.join(' ')}`);
  const colour = { works: 'green', fails: 'red', inconclusive: 'yellow' } as const;
  lines.push('', `${paint(colour[verdict.outcome], verdict.code)}  ${verdict.says}`);
  for (const { code, says } of verdict.also) lines.push(`${paint('red', code)}  ${says}`);
  for (const { code, says } of verdict.warnings) lines.push(`${paint('yellow', code)}  ${says}`);
  return lines.join('\n');
}

function sayLine({ from, text }: TranscriptLine): string {
  const colour = { S: 'cyan', C: 'magenta', '--': 'dim' } as const;
  return paint(colour[from], `${from.padEnd(2)} ${visible(text)}`);
}
