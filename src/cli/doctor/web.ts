/** The server as people reach it, and somebody else's clock. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { before } from '../../net/deadline.ts';
import { HttpFault, type HttpReply, placeOf } from '../../net/http/http.ts';
import { nodeSender } from '../../net/http/http-node.ts';
import type { Health } from '../../store/file/health-node.ts';
import { type Finding, fault, fine, warning } from './finding.ts';
import type { ClockWitnesses } from './machine.ts';

const day = 86_400_000;
/** Authorities renew a month before the end at the latest; later than this something is broken. */
const soon = 14;

export interface WebOptions {
  /** PEM certificates that are trusted beside the system's. */
  readonly ca?: string;
  /** Milliseconds for everything. */
  readonly timeout: number;
}

/** @param url without a slash at its end */
export async function examineOwnUrl(
  url: string,
  { version, health, now }: { version: string; health: Health | undefined; now: Date },
  options: WebOptions,
): Promise<Finding[]> {
  const tip = 'check that the server runs, that the name leads here, and that the proxy passes requests on';
  let reply: HttpReply;
  try {
    reply = await get(new URL(`${url}/readyz`), options);
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    const why = error.kind === 'tls' ? `its certificate is no good (${error.detail ?? 'TLS'})` : error.message;
    return [fault('url', `${url} cannot be reached: ${why}`, error.kind === 'tls' ? 'renew it (certbot, Caddy)' : tip)];
  }
  const findings: Finding[] = [];
  const said = ready(reply);
  if (!said) findings.push(fault('url', `${url}/readyz answers ${reply.status}, not as a mailatlas server does`, tip));
  else if (reply.status !== 200)
    findings.push(fault('url', `${url} is not ready: ${said.status}`, 'its log says why (journalctl -u mailatlas)'));
  else findings.push(fine('url', `${url} serves ${said.providers} records, revision ${said.revision}`));
  if (said?.version !== undefined && said.version !== version)
    findings.push(
      warning(
        'version',
        `${url} runs ${said.version}, and this is ${version}`,
        'restart it: systemctl restart mailatlas',
      ),
    );
  if (said && health && said.revision !== health.revision)
    findings.push(
      warning(
        'served',
        `${url} serves revision ${said.revision}, and the database has ${health.revision}`,
        'look at its log; it serves another database, or cannot read this one',
      ),
    );
  if (reply.certificate) findings.push(examineCertificate(url, reply.certificate, now));
  return findings;
}

function examineCertificate(
  url: string,
  { notAfter, issuer }: { notAfter: string; issuer: string },
  now: Date,
): Finding {
  const left = Math.floor((Date.parse(notAfter) - now.getTime()) / day);
  const says = `the certificate of ${url}, by ${issuer}, ends in ${left} days`;
  return left < soon
    ? warning('certificate', says, 'see why it was not renewed (certbot, Caddy)')
    : fine('certificate', says);
}

/** What another server's Date header says (RFC 9110 section 6.6.1). */
export async function askTime(url: string, options: WebOptions): Promise<ClockWitnesses['told'] | Finding> {
  const tip = 'name another server with --time-from URL';
  try {
    const start = performance.now();
    const { headers } = await get(new URL(url), options);
    const at = Date.parse(headers['date'] ?? '');
    if (Number.isNaN(at)) return warning('clock', `${url} does not say what time it is`, tip);
    return { by: new URL(url).host, at, took: performance.now() - start };
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    return warning('clock', `${url} cannot be asked for the time: ${error.message}`, tip);
  }
}

/** @throws {HttpFault} */
async function get(url: URL, { ca, timeout }: WebOptions): Promise<HttpReply> {
  const { host } = placeOf(url);
  const deadline = performance.now() + timeout;
  // As everybody else's programs do, hosts file included.
  const address = isIP(host) === 0 ? await before(deadline, addressOf(host), undefined) : host;
  if (address === undefined) throw new HttpFault('unreachable', `${host} has no address`);
  return nodeSender(ca === undefined ? {} : { ca }).send({ method: 'GET', url, address, headers: {}, deadline });
}

async function addressOf(host: string): Promise<string | undefined> {
  try {
    return (await lookup(host)).address;
  } catch {
    return undefined;
  }
}

interface Ready {
  readonly status: string;
  readonly providers: number;
  readonly revision: number;
  readonly version?: string;
}

function ready({ body }: HttpReply): Ready | undefined {
  try {
    const said = JSON.parse(new TextDecoder().decode(body)) as Partial<Ready>;
    return typeof said.status === 'string' && typeof said.revision === 'number' ? (said as Ready) : undefined;
  } catch {
    return undefined;
  }
}
