/**
 * Configuration of a Postfix 3.7 that lives in one folder: submission with STARTTLS and with TLS, an MX, and an MX behind
 * postscreen, which greets with `220-`, waits six seconds and then goes on. Its master wants root.
 * SASL and delivery are Dovecot's.
 */

export interface PostfixOptions {
  readonly folder: string;
  /** Addresses to listen on. */
  readonly listen: readonly string[];
  readonly ports: Readonly<Record<'submission' | 'submissions' | 'mx' | 'postscreen' | 'lmtp' | 'sasl', number>>;
  readonly addresses: readonly string[];
}

export function mainCf({ folder, ports, addresses }: PostfixOptions): string {
  return `
compatibility_level = 3.6
config_directory = ${folder}/postfix
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
# Key lengths and signatures that OpenSSL does not load otherwise; Postfix 3.7 has no setting of its own for it.
import_environment = MAIL_CONFIG MAIL_LOGTAG OPENSSL_CONF=${folder}/openssl.cnf

myhostname = mail.example.test
mydomain = example.test
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = all
alias_maps =
alias_database =
virtual_mailbox_domains = example.test
virtual_mailbox_maps = inline:{ ${addresses.map((address) => `{ ${address} = x }`).join(' ')} }
virtual_transport = lmtp:inet:127.0.0.1:${ports.lmtp}

smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_tls_chain_files = ${folder}/key.pem, ${folder}/cert.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${ports.sasl}
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
`;
}

export function masterCf({ listen, ports }: PostfixOptions): string {
  const inet = (port: number, rest: string): string =>
    listen.map((host) => `${host.includes(':') ? `[${host}]` : host}:${port} inet n - n - - ${rest}`).join('\n');
  const submission = '-o smtpd_sasl_auth_enable=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject';
  return `
${inet(ports.submission, `smtpd -o syslog_name=submission -o smtpd_tls_security_level=encrypt ${submission}`)}
${inet(ports.submissions, `smtpd -o syslog_name=submissions -o smtpd_tls_wrappermode=yes ${submission}`)}
${inet(ports.mx, 'smtpd')}
# One process, which must not remember who has passed: every client waits.
127.0.0.1:${ports.postscreen} inet n - n - 1 postscreen
  -o postscreen_greet_action=enforce -o postscreen_greet_wait=7s -o postscreen_access_list= -o postscreen_cache_map=
smtpd     pass  - - n - - smtpd
dnsblog   unix  - - n - 0 dnsblog
tlsproxy  unix  - - n - 0 tlsproxy
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
proxymap  unix  - - n - - proxymap
lmtp      unix  - - n - - lmtp
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;
}

/** For the library that Postfix uses. */
export const opensslCnf = `
openssl_conf = start
[start]
ssl_conf = modules
[modules]
system_default = defaults
[defaults]
CipherString = DEFAULT:@SECLEVEL=0
`;
