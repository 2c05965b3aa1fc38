/** Signing in: how user names follow from an address, and whether a password will do. */
import type { Domain } from '../name/domain.ts';
import type { Auth, Provider } from './model.ts';

/** The placeholders of the autoconfig format (draft-ietf-mailmaint-autoconfig-06 section 4.6.1). */
export const placeholders: ReadonlySet<string> = new Set(['%EMAILADDRESS%', '%EMAILLOCALPART%', '%EMAILDOMAIN%']);

/** Gives placeholders back the percent signs they lost, as they often have in public lists: `EMAILADDRESS%`. */
export function mendPlaceholders(template: string): string {
  return template.replace(/%?(EMAILADDRESS|EMAILLOCALPART|EMAILDOMAIN)%?/g, '%$1%');
}

/**
 * Fills in a user name template. `ask` has no answer: undefined.
 * @param address with `login` where the operator of its servers knows how it signs in: that holds, whatever the template
 */
export function fillUsername(
  template: string,
  address: { local: string; domain: Domain; login?: string | undefined },
): string | undefined {
  if (address.login !== undefined) return address.login;
  if (template === 'ask') return undefined;
  const values: Record<string, string> = {
    '%EMAILADDRESS%': `${address.local}@${address.domain}`,
    '%EMAILLOCALPART%': address.local,
    '%EMAILDOMAIN%': address.domain,
  };
  return template.replace(/%[A-Z]+%/g, (placeholder) => values[placeholder] ?? placeholder);
}

/** What formats say that cannot ask (autoconfig XML): the address, which is the best guess and lets people correct it. */
export function usernameOrAddress(template: string): string {
  return template === 'ask' ? '%EMAILADDRESS%' : template;
}

/** A record as it is for somebody whose login is known: the user name of every server. */
export function withLogin<P extends Pick<Provider, 'incoming' | 'outgoing' | 'services'>>(
  provider: P,
  login: string,
): P {
  const { incoming, outgoing, services } = provider;
  const sign = <S extends { username: string }>(servers: readonly S[]): S[] =>
    servers.map((server) => ({ ...server, username: login }));
  return {
    ...provider,
    incoming: sign(incoming),
    outgoing: sign(outgoing),
    ...(services && { services: sign(services) }),
  };
}

/** Whether a password will do, in whichever way it is sent. */
export function takesPassword({ auth }: { readonly auth: readonly Auth[] }): boolean {
  return auth.some((method) => method === 'password-cleartext' || method === 'password-encrypted');
}
