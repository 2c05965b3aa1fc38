/**
 * Who owns a name: the registrable domain by the Public Suffix List, ICANN and private part both, as Mozilla's
 * effective-TLD service reads it. The list is the dated snapshot that tldts ships; nothing is fetched at run time.
 */
import { getDomain, getPublicSuffix } from 'tldts';
import { type Domain, domainOrUndefined } from './domain.ts';

const options = { allowPrivateDomains: true, validateHostname: false, extractHostname: false };

/** mail.example.co.uk -> example.co.uk; undefined for a public suffix itself (co.uk), which nobody in particular owns. */
export function registrableDomain(domain: Domain): Domain | undefined {
  return (getDomain(domain, options) ?? undefined) as Domain | undefined;
}

/**
 * True for co.uk, com …: a name below which strangers register theirs. Names in the private part of the list (a hoster's
 * kasserver.com) are not meant: there one company decides who gets a name.
 */
export function isPublicSuffix(domain: string): boolean {
  return getPublicSuffix(domain, { ...options, allowPrivateDomains: false }) === domain;
}

/** Whose a host is: its registrable domain, or the name itself where it is a public suffix; undefined where it is no name. */
export function ownerDomain(host: string): Domain | undefined {
  const domain = domainOrUndefined(host);
  return domain && (registrableDomain(domain) ?? domain);
}

/** The same for whoever only has to tell owners apart: what is no name is its own. */
export function ownerOf(host: string): string {
  return ownerDomain(host) ?? host;
}
