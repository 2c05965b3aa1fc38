/** The hands of the login check for tests: names lead to loopback, the test's own authority is trusted. */
import { nodeDialer } from '../../../src/net/wire-node.ts';
import type { Provider, Security, Server } from '../../../src/provider/model.ts';
import type { AccountReport, Visit } from '../../../src/verify/login/login.ts';
import { nodeLoginHands } from '../../../src/verify/login/login-node.ts';
import { checkLogin } from '../../../src/verify/login/run.ts';
import { probe } from '../../../src/verify/probe/probe.ts';
import { pki } from '../../pki.ts';
import { record } from '../../records.ts';
import { host, probeOptions } from '../prober.ts';

type Incoming = Provider['incoming'][number];
type Outgoing = Provider['outgoing'][number];

const common: Pick<Server, 'username' | 'auth' | 'sources'> & { host: string } = {
  host,
  username: '%EMAILADDRESS%',
  auth: ['password-cleartext'],
  sources: ['help'],
};

export function incoming(protocol: 'imap' | 'pop3', port: number, security: Security = 'tls'): Incoming {
  return { protocol, port, security, ...common };
}

export function outgoing(port: number, security: Security = 'tls', facts: Partial<Outgoing> = {}): Outgoing {
  return { protocol: 'smtp', port, security, ...common, ...facts };
}

export interface CheckOptions {
  readonly servers: { readonly incoming: Incoming[]; readonly outgoing: Outgoing[] };
  readonly address?: string;
  readonly password?: string;
  /** PEM; without it the certificates of `pki.ts`. */
  readonly ca?: string;
  /** Milliseconds to wait for a message. */
  readonly patience?: number;
  readonly messages?: Parameters<typeof checkLogin>[3]['messages'];
}

/** Checks one account against servers on loopback, with nothing between the test and the wire. */
export async function checkAt(options: CheckOptions): Promise<AccountReport> {
  const { servers, address = 'test@example.test', password = 'secret', patience = 10_000, messages = [] } = options;
  const ca = options.ca ?? (await pki()).ca;
  const dialer = nodeDialer({ ca });
  const prober = { probe: (endpoint: Parameters<typeof probe>[0]) => probe(endpoint, { ...probeOptions, dialer }) };
  const provider = record({ id: 'example.test', ...servers });
  const account = { address, password, username: () => address };
  return checkLogin(account, provider, nodeLoginHands({ prober, ca }), { messages, patience });
}

/** Every form of a password that has been seen in a log. */
export function formsOf(password: string, username: string): string[] {
  const sasl = [password, `\0${username}\0${password}`, `${username}\0${username}\0${password}`];
  return [password, ...sasl.map((text) => Buffer.from(text).toString('base64')), Buffer.from(password).toString('hex')];
}

export function visitOf({ visits }: AccountReport, port: number): Visit {
  const found = visits.find(({ endpoint }) => endpoint.includes(`:${port}?`));
  if (!found) throw new Error(`nobody visited port ${port}`);
  return found;
}

/** All that was said at a server, as one text. */
export function conversation({ steps }: Visit): string {
  return steps.flatMap(({ lines }) => lines.map(({ from, text }) => `${from}: ${text}`)).join('\n');
}
