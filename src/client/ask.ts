/** Asks a server. Only the domain goes over the wire; the local part of an address stays here. */
import { type AnswerJson, fillUsernames } from '../atlas/offline.ts';
import { parseAddress } from '../name/address.ts';

export interface AskOptions {
  /** Whether the server may ask DNS for the domain's MX; default true. */
  readonly mx?: boolean;
  readonly signal?: AbortSignal;
  /** Instead of the platform's own. */
  readonly fetch?: typeof fetch;
}

/** What the server said: an answer, or why there is none. */
export type ServerResult =
  | { readonly answer: AnswerJson }
  | { readonly miss: { readonly reason: string; readonly says: string } };

/**
 * The same as a lookup in a bundle, from a server.
 * @param server its base, such as `https://atlas.example/`
 * @throws {NameError} where that is no domain, and whatever `fetch` throws; {Error} where the server answers something else
 */
export async function askServer(server: string | URL, typed: string, options: AskOptions = {}): Promise<ServerResult> {
  const { mx = true, signal, fetch: ask = fetch } = options;
  const { domain, local } = parseAddress(typed);
  const url = new URL(`api/v1/lookup?domain=${domain}${mx ? '' : '&mx=0'}`, server);
  const response = await ask(url, { ...(signal && { signal }), headers: { Accept: 'application/json' } });
  const body = parsed(await response.text());
  if (!body) throw new Error(`${url.host} answers ${response.status}, and not in JSON`);
  if (response.ok) return { answer: fillUsernames(body, local) };
  // RFC 9457: 404 with the reason; anything else is not an answer to the question.
  if (response.status === 404 && body.code !== undefined)
    return { miss: { reason: body.code, says: body.detail ?? '' } };
  throw new Error(`${url.host} answers ${response.status}: ${body.detail ?? response.statusText}`);
}

/** Undefined where it is no JSON: what stands in the server's way (a proxy, a sign-in page) answers in HTML. */
function parsed(text: string): (AnswerJson & { code?: string; detail?: string }) | undefined {
  try {
    return JSON.parse(text) as ReturnType<typeof parsed>;
  } catch {
    return undefined;
  }
}
