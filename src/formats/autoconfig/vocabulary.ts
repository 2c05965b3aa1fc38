/** The words of the autoconfig XML (draft-ietf-mailmaint-autoconfig-06 section 4; values as deployed clients read them). */
import type { Auth, Security } from '../../provider/model.ts';

/** `socketType` */
export const socketType: Record<Security, string> = { tls: 'SSL', starttls: 'STARTTLS', none: 'plain' };

/**
 * Sign-in methods without one of which a section is not written: Thunderbird for Android discards the whole file where an
 * IMAP or SMTP section has none of these three (RealAutoconfigParser).
 */
export const widelyUnderstood: ReadonlySet<Auth> = new Set(['OAuth2', 'password-cleartext', 'password-encrypted']);
