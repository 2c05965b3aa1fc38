/** Configuration of a Dovecot 2.3 that lives in one folder: IMAP, POP3, and LMTP and SASL for Postfix. */

export interface DovecotOptions {
  readonly folder: string;
  /** Addresses to listen on. */
  readonly listen: readonly string[];
  readonly ports: Readonly<Record<'imap' | 'imaps' | 'pop3' | 'pop3s' | 'lmtp' | 'sasl', number>>;
}

export function dovecotConf({ folder, listen, ports }: DovecotOptions): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap pop3 lmtp
listen = ${listen.join(', ')}

# No mail for root: it belongs to Debian's account for mail.
first_valid_uid = 1
first_valid_gid = 1

mail_location = maildir:${folder}/mail/%u
namespace inbox {
  inbox = yes
}

ssl = yes
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
# The tests use short keys and SHA-1, too, which OpenSSL does not load otherwise.
ssl_cipher_list = DEFAULT:@SECLEVEL=0

auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = yes
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/passwd
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${folder}/mail/%u
}

service imap-login {
  service_count = 0
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service pop3-login {
  service_count = 0
  inet_listener pop3 {
    port = ${ports.pop3}
  }
  inet_listener pop3s {
    port = ${ports.pop3s}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
service auth {
  inet_listener sasl {
    address = 127.0.0.1
    port = ${ports.sasl}
  }
}
protocol lmtp {
  postmaster_address = postmaster@example.test
}
`;
}
