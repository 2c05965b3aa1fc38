/** What a failed handshake means, by the reason that OpenSSL gives. */
import type { Fault } from './evidence.ts';
import type { FindingCode } from './verdict.ts';

const reasons: readonly (readonly [reason: RegExp, code: FindingCode])[] = [
  [/protocol_version|unsupported_protocol|no_protocols_available|inappropriate_fallback/, 'tls.version'],
  [/internal_error/, 'tls.internal-error'],
  [/certificate_required/, 'tls.client-cert-required'],
  [/no_application_protocol/, 'tls.no-alpn'],
  [/unrecognized_name/, 'tls.sni-rejected'],
  [/key_too_(?:small|weak)|dh_key_too_small|md_too_weak/, 'tls.weak-key'],
];

/** @param legacy what it spoke when everything old was allowed, where it did */
export function tlsFinding({ kind, detail = '' }: Fault, legacy: string | undefined): FindingCode {
  if (kind === 'timeout' || kind === 'deadline') return 'tls.timeout';
  if (kind !== 'tls') return 'tls.closed';
  if (isPlaintext(detail)) return 'tls.plaintext-on-tls-port';
  const code = reasons.find(([reason]) => reason.test(detail))?.[1];
  if (code !== undefined) return code;
  return legacy !== undefined && /^TLSv1(?:\.1)? /.test(legacy) ? 'tls.version' : 'tls.handshake';
}

/** OpenSSL's reasons for “this is no TLS”: what comes first is no record of it. */
export function isPlaintext(reason: string | undefined): boolean {
  return /wrong_version_number|http_request|bad_record_type|packet_length_too_long|record_layer_failure/.test(
    reason ?? '',
  );
}
