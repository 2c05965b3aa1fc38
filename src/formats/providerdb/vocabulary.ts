/** The words of Delta Chat's provider-db (its README says which). They are written as here, and read in any case. */
import type { Security } from '../../provider/model.ts';

/** `socket` */
export const sockets: Readonly<Record<Security, string>> = { tls: 'SSL', starttls: 'STARTTLS', none: 'PLAIN' };

/** `username_pattern`; without one it is the address. It has no word for any other user name. */
export const patterns: ReadonlyMap<string, string> = new Map([
  ['%EMAILADDRESS%', 'EMAIL'],
  ['%EMAILLOCALPART%', 'EMAILLOCALPART'],
]);

/** `type` */
export const types = ['imap', 'smtp'] as const;
