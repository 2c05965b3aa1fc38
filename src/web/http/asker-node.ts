/** Who sends a request, as far as a server can tell: the other end of the connection, or whom a trusted proxy names. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { addressBlock } from '../../net/block.ts';
import type { Networks } from '../../net/networks.ts';
import { askerAddress } from './forwarded.ts';
import { isLoopbackHost } from './own-host.ts';

export interface Askers {
  /** The network of whoever asks, for budgets; undefined for this machine. Never logged or stored. */
  readonly asker: (c: Context) => string | undefined;
  /** A program on this machine that asks for itself. */
  readonly isOwn: (c: Context) => boolean;
  /** A program on this machine or a trusted proxy that asks for itself. */
  readonly isNear: (c: Context) => boolean;
}

/** @param trustedProxies whose word about whom they ask for counts */
export function askers(trustedProxies: Networks): Askers {
  return {
    asker: (c) => {
      const headers = { xForwardedFor: c.req.header('x-forwarded-for'), forwarded: c.req.header('forwarded') };
      return addressBlock(askerAddress(peerOf(c), headers, trustedProxies));
    },
    isOwn: (c) => asksForItself(c) && isHere(c),
    isNear: (c) => asksForItself(c) && (isHere(c) || trustedProxies.has(peerOf(c))),
  };
}

function peerOf(c: Context): string {
  return getConnInfo(c).remote.address ?? '';
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/**
 * From this machine to this machine, by a name that is this machine's own: a browser on it can be made to ask for any page's
 * sake, by a name of that page's owner that leads here (DNS rebinding).
 */
function isHere(c: Context): boolean {
  return isLoopback(peerOf(c)) && isLoopbackHost(new URL(c.req.url).hostname);
}

/** As far as one can tell: a proxy says for whom it asks. */
function asksForItself(c: Context): boolean {
  return ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].every((name) => c.req.header(name) === undefined);
}
