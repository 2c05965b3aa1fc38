/** Posting on Node: connections that are kept, certificates of one's own, and the proxy that the environment names. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import process from 'node:process';
import { rootsWith } from '../roots-node.ts';
import { sayNoAnswer } from './no-answer.ts';
import { mostReplied, PostError, type Poster, type PostReply } from './post.ts';

export interface PosterOptions {
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** PEM certificates that are trusted beside the usual roots. */
  readonly ca?: string;
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` stand; by default the process's environment. */
  readonly environment?: NodeJS.ProcessEnv;
}

export function nodePoster({ headers, ca, environment = process.env }: PosterOptions): Poster {
  const shared = { keepAlive: true, proxyEnv: environment };
  const roots = rootsWith(ca);
  const [plain, secure] = [new HttpAgent(shared), new HttpsAgent({ ...shared, ...roots })];
  return {
    async post(url, body, { timeout, signal }) {
      const over = AbortSignal.timeout(timeout);
      const options = {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        signal: signal ? AbortSignal.any([signal, over]) : over,
      };
      try {
        return await new Promise<PostReply>((resolve, reject) => {
          const answer = (incoming: IncomingMessage) => void read(incoming).then(resolve, reject);
          const outgoing =
            url.protocol === 'https:'
              ? httpsRequest(url, { ...options, agent: secure }, answer)
              : httpRequest(url, { ...options, agent: plain }, answer);
          outgoing.on('error', reject);
          outgoing.end(body);
        });
      } catch (error) {
        if (error instanceof PostError) throw error;
        throw new PostError(sayNoAnswer(over.aborted ? over.reason : error, timeout));
      }
    },
  };
}

async function read(incoming: IncomingMessage): Promise<PostReply> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > mostReplied) throw new PostError('its answer is longer than 1 MiB');
    chunks.push(chunk);
  }
  const seconds = Number(incoming.headers['retry-after'] ?? Number.NaN);
  return {
    status: incoming.statusCode ?? 0,
    ...(Number.isFinite(seconds) && { retryAfter: seconds * 1000 }),
    body: Buffer.concat(chunks).toString(),
  };
}
