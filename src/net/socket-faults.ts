/** What the codes of a socket's errors mean (errno(3)), for everything that is talked over one. */
export type SocketFault = 'refused' | 'unreachable' | 'timeout' | 'reset' | 'closed';

export const socketFaults: Readonly<Record<string, SocketFault>> = {
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENETDOWN: 'unreachable',
  EHOSTDOWN: 'unreachable',
  // ICMPv6 “administratively prohibited” arrives as this (Linux, RFC 4443 section 3.1).
  EACCES: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'closed',
};
