/**
 * Runs the real Thunderbird headless and asks its own account-setup modules
 * (resource:///modules/accountcreation/*.sys.mjs) what they make of the configurations that a local server publishes.
 *
 * Nothing leaves the machine: every host name resolves to 127.0.0.1, proxies are off, the MX lookup (which uses the
 * system's resolver, not Gecko's) is replaced, and Gecko is told to crash should it try any other address.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Marionette, withDeadline } from './marionette.ts';

/** Words of the autoconfig format for Thunderbird's numeric constants; an unknown number becomes `unknown(7)`. */
export type SocketType = 'plain' | 'STARTTLS' | 'SSL' | `unknown(${number})`;
export type Auth =
  | 'none'
  | 'password-cleartext'
  | 'password-encrypted'
  | 'GSSAPI'
  | 'NTLM'
  | 'OAuth2'
  | `unknown(${number})`;

export interface Server {
  type: string;
  hostname: string;
  /** `null` where the file gave none (possible for the Exchange family only). */
  port: number | null;
  socketType: SocketType;
  auth: Auth;
  /** `null` for an outgoing server without login. Placeholders such as `%EMAILADDRESS%` are kept by `fetchFromServer`. */
  username: string | null;
}

export interface Config {
  id: string;
  displayName: string;
  domains: string[];
  /** Where it came from: `xml-from-db` (our server), `xml-from-disk`, `xml-from-isp-https`, `xml-from-isp-http`. */
  source: string;
  incoming: Server;
  outgoing: Server;
  incomingAlternatives: Server[];
  outgoingAlternatives: Server[];
}

/** Either what Thunderbird would use, or why it uses nothing. */
export type Result = Config | { error: string };

export interface Thunderbird {
  /** Thunderbird's version, such as `153.7.0`. */
  readonly version: string;
  /** The id of its process. */
  readonly pid: number;
  /** What Thunderbird's own download and parser make of `{autoconfigBase}{domain}`, for each domain. */
  fetchFromServer(domains: readonly string[]): Promise<Map<string, Result>>;
  /**
   * The whole discovery of the Account Hub for one address, with the placeholders filled in. `mx` stands in for the
   * domain's mail exchanger; without it the domain has none.
   */
  findConfig(address: string, options?: { mx?: string }): Promise<Result>;
  /** What Thunderbird's Autodiscover makes of `http://autodiscover.{domain}/…`, the one URL it asks without HTTPS. */
  autodiscover(addresses: readonly string[]): Promise<Map<string, Result>>;
  /** Ends the process and removes its profile. */
  stop(): Promise<void>;
}

/** Where Thunderbird is installed (`THUNDERBIRD` in the environment wins over PATH), or undefined. */
export function thunderbirdPath(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'thunderbird'));
  return [process.env.THUNDERBIRD ?? '', ...onPath].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Marionette itself switches off most of what would call home (remote/shared/RecommendedPreferences.sys.mjs: update
 * checks, telemetry, remote settings, captive portal, push …); here is what the tests and Thunderbird need beyond that.
 */
function preferences(autoconfigBase: string): Record<string, string | number | boolean> {
  return {
    // The "central database" of FetchConfig.fromDB: the domain is appended to it.
    'mailnews.auto_config_url': autoconfigBase,
    'mailnews.auto_config.fetchFromExchange.enabled': false,
    // 0: a free port, which Marionette writes to the file MarionetteActivePort in the profile.
    'marionette.port': 0,
    'network.dns.forceResolve': '127.0.0.1',
    'network.dns.native_https_query': false,
    'network.trr.mode': 5, // no DNS over HTTPS
    'network.proxy.type': 0, // not even the system's proxy
    // The same URL must reach the server each time it is asked for.
    'browser.cache.disk.enable': false,
    'browser.cache.memory.enable': false,
    // No first-run dialogs, start page or notifications.
    'mail.provider.suppress_dialog_on_startup': true,
    'mail.rights.override': true,
    'mailnews.start_page.enabled': false,
    'mail.inappnotifications.enabled': false,
    'datareporting.policy.dataSubmissionPolicyBypassNotification': true,
    // Together with MOZ_DISABLE_NONLOCAL_CONNECTIONS this makes Cu.isInAutomation true, whose only effect on the
    // account setup is that InputSanitizer.sys.mjs names the bad value in its messages.
    'security.turn_off_all_security_so_that_viruses_can_take_over_this_computer': true,
  };
}

/**
 * Prelude of every script below; it runs in Thunderbird with system privileges. The names of the constants are taken
 * from Thunderbird (Ci), so a change of their numbers does not matter.
 */
const PRELUDE = /* js */ `
  const load = (name) => ChromeUtils.importESModule('resource:///modules/' + name + '.sys.mjs');
  const socketTypes = {
    [Ci.nsMsgSocketType.plain]: 'plain',
    [Ci.nsMsgSocketType.alwaysSTARTTLS]: 'STARTTLS',
    [Ci.nsMsgSocketType.SSL]: 'SSL',
  };
  const auths = {
    [Ci.nsMsgAuthMethod.none]: 'none',
    [Ci.nsMsgAuthMethod.passwordCleartext]: 'password-cleartext',
    [Ci.nsMsgAuthMethod.passwordEncrypted]: 'password-encrypted',
    [Ci.nsMsgAuthMethod.GSSAPI]: 'GSSAPI',
    [Ci.nsMsgAuthMethod.NTLM]: 'NTLM',
    [Ci.nsMsgAuthMethod.OAuth2]: 'OAuth2',
  };
  const server = ({ type, hostname, port, socketType, auth, username }) => ({
    type,
    hostname,
    port,
    socketType: socketTypes[socketType] ?? 'unknown(' + socketType + ')',
    auth: auths[auth] ?? 'unknown(' + auth + ')',
    username,
  });
  const config = (c) => ({
    id: c.id,
    displayName: c.displayName,
    domains: c.domains,
    source: c.subSource,
    incoming: server(c.incoming),
    outgoing: server(c.outgoing),
    incomingAlternatives: c.incomingAlternatives.map(server),
    outgoingAlternatives: c.outgoingAlternatives.map(server),
  });
  // readFromXML.sys.mjs also throws plain strings; FetchHTTP.sys.mjs throws a ServerException with an HTTP status
  // (or a negative code) and a cause.
  const explain = (e) => {
    const text = (e?.code > 0 ? 'HTTP ' + e.code + ' ' : '') + (e?.message || String(e));
    return e?.cause?.message ? text + ' (' + e.cause.message + ')' : text;
  };
`;

/** FetchConfig.fromDB per domain, six at a time (Gecko opens no more connections than that to one host anyway). */
const FETCH = /* js */ `
  const [domains] = args;
  const { FetchConfig } = load('accountcreation/FetchConfig');
  const results = [];
  const next = domains.entries();
  const worker = async () => {
    for (const [index, domain] of next) {
      try {
        results[index] = config(await FetchConfig.fromDB(domain, new AbortController().signal));
      } catch (e) {
        results[index] = { error: explain(e) };
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return results;
`;

/** What the Account Hub does with an address (chrome://messenger/content/accountcreation/views/email.mjs). */
const FIND = /* js */ `
  const [address, mx] = args;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  // FetchConfig.forMX asks DNS.sys.mjs, and that the system's resolver; here the test has decided the answer.
  const { DNS } = load('DNS');
  DNS.mxInTest ??= new Map();
  DNS.mxInTest.set(domain.toLowerCase(), mx ? [{ prio: 10, host: mx }] : []);
  DNS.lookup = async (name, type) => (type === DNS.MX && DNS.mxInTest.get(name)) || [];
  const { FindConfig } = load('accountcreation/FindConfig');
  const { AccountConfig } = load('accountcreation/AccountConfig');
  try {
    // An async generator: it returns the configuration, and yields only to ask about Exchange redirects.
    const search = FindConfig.parallelAutoDiscovery(domain, address, new AbortController().signal);
    const { done, value } = await search.next();
    if (!done) throw new Error('Thunderbird asks for a decision: ' + JSON.stringify(value));
    if (!value) throw new Error('Thunderbird found no configuration');
    FindConfig.ewsifyConfig(value);
    AccountConfig.replaceVariables(value, 'Test User', address);
    return config(value);
  } catch (e) {
    return { error: explain(e) };
  }
`;

/**
 * ExchangeAutoDiscover, which asks four URLs at once. The test's server stands in as the proxy for http://; nothing listens
 * for https://, and DNS has no SRV record.
 */
const AUTODISCOVER = /* js */ `
  const [addresses, proxyPort] = args;
  const { DNS } = load('DNS');
  DNS.srv = async () => [];
  Services.prefs.setIntPref('network.proxy.type', 1);
  Services.prefs.setCharPref('network.proxy.http', '127.0.0.1');
  Services.prefs.setIntPref('network.proxy.http_port', proxyPort);
  // Some mail domains are in the browsers' list of those that are asked with HTTPS alone.
  Services.prefs.setBoolPref('network.stricttransportsecurity.preloadlist', false);
  Services.prefs.setBoolPref('mailnews.auto_config.fetchFromExchange.enabled', true);
  const { fetchConfigFromExchange } = load('accountcreation/ExchangeAutoDiscover');
  const results = [];
  try {
    for (const address of addresses) {
      const domain = address.slice(address.lastIndexOf('@') + 1);
      const { signal } = new AbortController();
      try {
        results.push(config(await fetchConfigFromExchange(domain, address, signal, null, 'secret', () => {})));
      } catch (e) {
        results.push({ error: explain(e) });
      }
    }
    return results;
  } finally {
    for (const name of ['network.proxy.type', 'mailnews.auto_config.fetchFromExchange.enabled'])
      Services.prefs.clearUserPref(name);
  }
`;

/** Domains per script; at the very worst they take 10 s each, six at a time (FetchConfig.fromDB's own time limit). */
const BATCH = 50;
const SCRIPT_DEADLINE = 120_000;
const START_DEADLINE = 60_000;
const STOP_DEADLINE = 5_000;

/** Keeps the end of everything the process prints, for error messages. */
function recordOutput(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-8_000);
    });
  }
  return () => output.trim() || '(nothing)';
}

/** The port that Marionette chose, once it listens. */
async function marionettePort(profile: string, child: ChildProcess): Promise<number> {
  for (const end = Date.now() + START_DEADLINE; Date.now() < end; await sleep(50)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`Thunderbird ended with ${child.signalCode ?? child.exitCode} while starting`);
    }
    try {
      const port = Number(readFileSync(join(profile, 'MarionetteActivePort'), 'utf8'));
      if (port > 0) return port;
    } catch {
      // Not written yet.
    }
  }
  throw new Error(`Thunderbird did not open its Marionette port within ${START_DEADLINE} ms`);
}

/**
 * Starts Thunderbird with a fresh profile. `autoconfigBase` is what a domain is appended to, such as
 * `http://127.0.0.1:8080/v1.1/`.
 */
export async function startThunderbird({ autoconfigBase }: { autoconfigBase: string }): Promise<Thunderbird> {
  const path = thunderbirdPath();
  if (!path) throw new Error('Thunderbird is not installed; run test/real/install.sh');
  if (!autoconfigBase.endsWith('/')) throw new Error(`autoconfigBase must end with a slash: ${autoconfigBase}`);

  // A home of its own as well: otherwise Thunderbird creates ~/.thunderbird and ~/.cache/thunderbird.
  const home = mkdtempSync(join(tmpdir(), 'mailatlas-thunderbird-'));
  const profile = join(home, 'profile');
  mkdirSync(profile);
  const lines = Object.entries(preferences(autoconfigBase)).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join(''));

  const child = spawn(path, ['--headless', '--marionette', '--remote-allow-system-access', '--profile', profile], {
    // No display, session bus or proxy settings of the caller; MOZ_… makes Gecko crash on any non-local connection.
    env: { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', MOZ_DISABLE_NONLOCAL_CONNECTIONS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = recordOutput(child);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Should the test process end without stop(), neither Thunderbird nor its profile may stay behind.
  const cleanUp = (): void => {
    child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', cleanUp);

  let marionette: Marionette | undefined;
  const stop = async (): Promise<void> => {
    // Asked to quit, Thunderbird also ends its content processes in an orderly way; killed if it does not.
    await marionette?.send('Marionette:Quit', { flags: ['eForceQuit'] }, STOP_DEADLINE).catch(() => undefined);
    marionette?.close();
    if (!marionette) child.kill('SIGKILL');
    await withDeadline(exited, STOP_DEADLINE, 'Thunderbird quitting').catch(() => child.kill('SIGKILL'));
    await exited;
    process.off('exit', cleanUp);
    cleanUp();
  };

  const run = async (script: string, args: unknown[]): Promise<unknown> => {
    if (!marionette) throw new Error('Thunderbird is not connected');
    // ExecuteAsyncScript passes its callback as the last argument; an exception must be handed to it as well.
    const wrapped = `
      const done = arguments[arguments.length - 1];
      const args = arguments[0];
      ${PRELUDE}
      (async () => { ${script} })().then((value) => done({ value }), (e) => done({ failed: explain(e) + e?.stack }));`;
    const parameters = { script: wrapped, args: [args], sandbox: 'system' };
    const reply = await marionette.send('WebDriver:ExecuteAsyncScript', parameters, SCRIPT_DEADLINE + 5_000);
    const { value, failed } = (reply as { value: { value?: unknown; failed?: string } }).value;
    if (failed !== undefined) throw new Error(`The script failed in Thunderbird: ${failed}`);
    return value;
  };

  /** Every error is one that the reader can do something about: with what Thunderbird printed. */
  const withOutput = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nThunderbird printed:\n${output()}`, {
        cause: error,
      });
    }
  };

  const connect = async (): Promise<string> => {
    if (child.pid === undefined) await once(child, 'spawn'); // rejects with the spawn error
    marionette = await Marionette.connect(await marionettePort(profile, child));
    // NewSession returns when the main window is there.
    const session = await marionette.send('WebDriver:NewSession', {}, START_DEADLINE);
    await marionette.send('Marionette:SetContext', { value: 'chrome' });
    await marionette.send('WebDriver:SetTimeouts', { script: SCRIPT_DEADLINE });
    return (session as { capabilities: { browserVersion: string } }).capabilities.browserVersion;
  };

  let version: string;
  try {
    version = await withOutput(connect());
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    version,
    pid: child.pid ?? 0,
    async fetchFromServer(domains) {
      const results = new Map<string, Result>();
      for (let start = 0; start < domains.length; start += BATCH) {
        const batch = domains.slice(start, start + BATCH);
        const answers = (await withOutput(run(FETCH, [batch]))) as Result[];
        for (const [index, domain] of batch.entries()) {
          results.set(domain, answers[index] ?? { error: 'Thunderbird gave no answer' });
        }
      }
      return results;
    },
    async findConfig(address, { mx } = {}) {
      return (await withOutput(run(FIND, [address, mx ?? null]))) as Result;
    },
    async autodiscover(addresses) {
      const { port } = new URL(autoconfigBase);
      const answers = (await withOutput(run(AUTODISCOVER, [addresses, Number(port)]))) as Result[];
      return new Map(addresses.map((address, i) => [address, answers[i] ?? { error: 'Thunderbird gave no answer' }]));
    },
    stop,
  };
}
