/** The shapes that servers of drafts have, whoever wrote the file they are read from. */
import * as z from 'zod';
import { isCanonicalDomain } from '../../../src/name/domain.ts';

const auth = z.array(
  z.enum([
    'OAuth2',
    'password-cleartext',
    'password-encrypted',
    'NTLM',
    'GSSAPI',
    'TLS-client-cert',
    'client-IP-address',
    'none',
  ]),
);
const server = {
  host: z.string().refine(isCanonicalDomain),
  port: z.int().min(1).max(65_535),
  security: z.enum(['tls', 'starttls', 'none']),
  username: z.string().regex(/^[^\s\p{Cc}]{1,120}$/u),
  auth,
  sources: z.array(z.string()),
};

export const Incoming = z.strictObject({ protocol: z.enum(['imap', 'pop3']), ...server });
export const Outgoing = z.strictObject({ protocol: z.literal('smtp'), ...server });
