/**
 * Who asks, when a reverse proxy asks for somebody. Nothing is believed unless the peer is a proxy that the operator named,
 * and then only what such proxies have written: the lists are read from their right end, where each proxy puts the address
 * of its own peer, up to the first address that is no trusted proxy. What stands left of it a client may have made up.
 *
 * X-Forwarded-For wins where it is there, because it is what nginx, Caddy, Apache and HAProxy write; a Forwarded (RFC 7239)
 * that a client sent passes through all of them as it is. It is read only without X-Forwarded-For: a proxy that writes
 * Forwarded must take X-Forwarded-For away.
 */
import { addressGroups } from '../../net/block.ts';
import type { Networks } from '../../net/networks.ts';

/** The two headers, each with all its lines joined by commas. */
export interface ForwardedHeaders {
  readonly xForwardedFor?: string | undefined;
  readonly forwarded?: string | undefined;
}

/**
 * The address of whoever asks.
 * @param peer the address at the other end of the connection
 * @returns the peer itself unless it is trusted; a trusted proxy where none says for whom it asks, or says it in no form
 * that can be read (`unknown`, `_hidden`)
 */
export function askerAddress(peer: string, headers: ForwardedHeaders, trusted: Networks): string {
  if (!trusted.has(peer)) return peer;
  const { xForwardedFor, forwarded } = headers;
  const hops = xForwardedFor === undefined ? forwardedHops(forwarded ?? '') : xForwardedFor.split(',');
  let asker = peer;
  for (const hop of hops.toReversed()) {
    const address = addressOf(hop.trim());
    if (address === undefined) return asker;
    asker = address;
    if (!trusted.has(address)) return asker;
  }
  return asker;
}

/** The `for` of each element of RFC 7239 section 4; an element without one, or one that cannot be read, is empty. */
function forwardedHops(header: string): string[] {
  if (header.trim() === '') return [];
  return split(header, ',').map((element) => {
    const pairs = split(element, ';').map((pair) => /^for\s*=(.*)$/i.exec(pair.trim())?.[1]);
    const value = pairs.find((found) => found !== undefined) ?? '';
    return value
      .trim()
      .replace(/^"(.*)"$/s, '$1')
      .replace(/\\(.)/g, '$1');
  });
}

/**
 * At a sign that may stand in quotation marks as well. Read from the right: what the last proxy wrote is whole, and a quote
 * that a client has opened must not reach into it.
 */
function split(text: string, sign: ',' | ';'): string[] {
  const parts: string[] = [];
  let [end, isQuoted] = [text.length, false];
  for (let at = end - 1; at >= 0; at--) {
    if (text[at] === '"' && text[at - 1] !== '\\') isQuoted = !isQuoted;
    else if (text[at] === sign && !isQuoted) {
      parts.push(text.slice(at + 1, end));
      end = at;
    }
  }
  return [...parts, text.slice(0, end)].toReversed();
}

/** An address without the port and the brackets it may come with; undefined for what is none. */
function addressOf(hop: string): string | undefined {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(hop) ?? [];
  const [, withPort] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop) ?? [];
  const address = bracketed ?? withPort ?? hop;
  return addressGroups(address) ? address : undefined;
}
