/**
 * The address that servers are told, and the way back: a server that fills in our address gets its placeholders back, so
 * that what is found is true of everybody at the domain.
 */
import type { Domain } from '../name/domain.ts';

/** Nobody's local part: no person's is sent unless the caller says so. */
export const placeholderLocal = 'mailatlas-discovery';

export function placeholderAddress(domain: Domain): string {
  return `${placeholderLocal}@${domain}`;
}

/** A URL that was asked, without the address that may stand in it. */
export function impersonalUrl(url: string, address: string): string {
  return url
    .replace(/([?&])emailaddress=[^&#]*(&?)/i, (_, before: string, more: string) => (more === '' ? '' : before))
    .replaceAll(encodeURIComponent(address), 'EMAILADDRESS')
    .replaceAll(address, 'EMAILADDRESS');
}

/** Puts placeholders into what stands in the named elements, and the domain for a placeholder in host names. */
export function impersonal(xml: string, address: string, domain: Domain): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const names = new Set(['username', 'loginname']);
  return xml.replace(
    // Bounded everywhere: the text is a stranger's, who may have written it against this very expression.
    /(<(?:\w{1,40}:)?(username|loginname|hostname|server)\b[^<>]{0,200}>)([^<]{0,300})/gi,
    (_, tag: string, name: string, value: string) => {
      if (!names.has(name.toLowerCase())) return tag + value.replaceAll('%EMAILDOMAIN%', domain);
      const typed = value.trim();
      if (typed.toLowerCase() === address.toLowerCase()) return `${tag}%EMAILADDRESS%`;
      if (typed === local) return `${tag}%EMAILLOCALPART%`;
      // `domain\\local`, `local.domain`, `domain/local`: only where the local part stands by itself.
      const [, before = '', found, behind = ''] =
        new RegExp(`^(.*[^\\w.+-])?(${RegExp.escape(local)})([^\\w].*)?$`).exec(typed) ?? [];
      if (found === undefined) return tag + value;
      const rest = (text: string) => text.replaceAll(domain, '%EMAILDOMAIN%');
      return `${tag}${rest(before)}%EMAILLOCALPART%${rest(behind)}`;
    },
  );
}
