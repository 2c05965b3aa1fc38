/** What writer and readers of PACC share (draft-ietf-mailmaint-pacc-03): places, and the protocols that are named by host. */

/** The revision of the draft that is written and read. */
export const paccRevision = 'draft-ietf-mailmaint-pacc-03';
/** Where clients fetch the document, below `https://ua-auto-config.<domain>`. */
export const paccPath = '/.well-known/user-agent-configuration.json';

/** Members of `protocols` that name a host: it speaks TLS from the first byte on this port, and no other is ever meant. */
export const hostMembers = {
  imap: { protocol: 'imap', port: 993 },
  pop3: { protocol: 'pop3', port: 995 },
  submit: { protocol: 'smtp', port: 465 },
} as const;

/** Members that name a URL. */
export const urlMembers = ['jmap', 'caldav', 'carddav', 'webdav'] as const;
