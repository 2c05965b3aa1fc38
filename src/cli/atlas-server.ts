/** A mailatlas server elsewhere, as commands ask it: JSON within bounds, and its problems (RFC 9457) in our voice. */
import process from 'node:process';
import { serverUrlOf, withoutSlash } from './options.ts';
import { Complaint, clause, exit, misuse, visible } from './say.ts';
import { version } from './version.ts';

/** `--server URL` */
export const serverOption = { server: { type: 'string' } } as const;

/** Seconds for an answer; a dry run makes probes first. */
const patience = { usual: 30, dryRun: 300 };
/** A submission with all that was found about it. */
const mostOctets = 8 * 1024 * 1024;

/**
 * `--server`, else the environment's MAILATLAS_SERVER; without the slash at its end.
 * @param flag how the command calls it
 * @throws {Complaint} where there is none, and where a secret would travel in the open
 */
export function serverUrl(given: string | undefined, command: string, flag = '--server'): string {
  const text = given ?? process.env.MAILATLAS_SERVER;
  if (!text) throw misuse(`${command} needs ${flag} URL`, command);
  const url = serverUrlOf(text);
  if (!url) throw misuse(`“${text}” is not a URL such as https://atlas.example`, command);
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !isHere) {
    throw misuse('over http:// everybody on the way could read the secret: use https://', command);
  }
  return withoutSlash(url);
}

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the server: `/api/v1/submissions` */
  readonly path: string;
  /** A token or a receipt. */
  readonly secret?: string | undefined;
  /** A text as it is, or what becomes JSON. */
  readonly body?: { readonly type: string; readonly text: string } | { readonly json: unknown };
  readonly headers?: Readonly<Record<string, string>>;
  readonly isSlow?: boolean;
}

/** What a server said no to, with its code: for commands that know better what to do about it. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  readonly status: number;
  readonly code: string;
  readonly problem: Readonly<Record<string, unknown>>;
  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    super(typeof problem['detail'] === 'string' ? problem['detail'] : `it answers ${status}`);
    this.status = status;
    this.code = typeof problem['code'] === 'string' ? problem['code'] : '';
    this.problem = problem;
  }
}

/**
 * Asks. Redirects are not followed: they are somebody else's choice, and the secret is for this server.
 * @param language of the sentences in the answer
 * @throws {ServerRefusal} where it says no; {Complaint} where it cannot be reached, or is no mailatlas server
 */
export async function askServer<T>(server: string, question: Question, language: 'en' | 'de'): Promise<T> {
  const { method = 'GET', path, secret, body, headers = {}, isSlow = false } = question;
  const seconds = isSlow ? patience.dryRun : patience.usual;
  const said = body && ('json' in body ? { type: 'application/json', text: JSON.stringify(body.json) } : body);
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${server}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(seconds * 1000),
      headers: {
        ...headers,
        Accept: 'application/json',
        'Accept-Language': language,
        'User-Agent': `mailatlas/${version}`,
        ...(secret !== undefined && { Authorization: `Bearer ${secret}` }),
        ...(said && { 'Content-Type': said.type }),
      },
      ...(said && { body: said.text }),
    });
    text = await readBounded(response);
  } catch (error) {
    throw unreachable(server, seconds, error);
  }
  const value = jsonOf(text);
  const { host } = new URL(server);
  if (response.ok && value) return value as T;
  if (!response.ok && typeof value?.['code'] === 'string') throw new ServerRefusal(response.status, value);
  throw new Complaint(`${host} answers ${response.status}, and not as a mailatlas server does`, {
    tip: 'see --server; a proxy before it may be in the way',
  });
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > mostOctets) throw new Error(`its answer is longer than ${mostOctets / 1024 / 1024} MiB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function unreachable(server: string, seconds: number, error: unknown): Complaint {
  const { host } = new URL(server);
  const tip = 'see --server, and whether the server runs';
  if (!(error instanceof Error)) throw error;
  if (error.name === 'TimeoutError') return new Complaint(`${host} did not answer in ${seconds} seconds`, { tip });
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return new Complaint(`${host} cannot be asked (${code ?? error.message})`, { tip });
}

/** What a server said no to as a complaint: 1 where it judged, 3 where it could not. */
export function complaintOf({ status, code, message }: ServerRefusal, tips: Readonly<Record<string, string>> = {}) {
  const isFault = status >= 500 || status === 429;
  const tip = tips[code];
  return new Complaint(clause(visible(message)), {
    code: isFault ? exit.fault : exit.no,
    ...(tip !== undefined && { tip }),
  });
}
