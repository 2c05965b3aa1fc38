/** Whose certificates are trusted. */
import { getCACertificates } from 'node:tls';

/**
 * For Node's TLS: the usual roots, and these beside them.
 * @param ca PEM certificates; undefined: only the usual roots
 */
export function rootsWith(ca: string | undefined): { readonly ca?: string[] } {
  return ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] };
}
