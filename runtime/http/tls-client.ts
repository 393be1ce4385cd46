/** How clients of this project speak TLS: whom they trust, and what they say when that fails. */
import type { PeerCertificate } from 'node:tls';
import { checkServerIdentity } from 'node:tls';
import { certificatesIn } from '../process/tls-files.ts';

/** What `tls.connect` takes. */
export interface ClientTls {
  readonly ca?: string;
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * Trusts only the certificates of `ca`; the system's where it is null. A server that shows one of them itself may have
 * any address: whoever has its key is the server that was meant. So one certificate serves machines without names.
 */
export function clientTls(ca: string | null | undefined): ClientTls {
  if (!ca) return {};
  const pinned = new Set(certificatesIn(ca, 'the file of --tls-ca').map(({ fingerprint256 }) => fingerprint256));
  return {
    ca,
    checkServerIdentity: (host, certificate) =>
      pinned.has(certificate.fingerprint256) ? undefined : checkServerIdentity(host, certificate),
  };
}

const NOT_TRUSTED =
  'its certificate is not one that is trusted here - name its CA, or the certificate itself, with --tls-ca or MOTES_TLS_CA';
const NOT_TLS =
  'it does not speak TLS - call it by http://, or start it with --tls-cert and --tls-key (MOTES_TLS_CERT, MOTES_TLS_KEY)';

const EXPLANATIONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_TRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  CERT_SIGNATURE_FAILURE: NOT_TRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired - make a new one',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet - are the clocks right?',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for other names - call it by one of them, or trust this very certificate with --tls-ca',
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  EPROTO: NOT_TLS,
};

/** What a failed connection means where TLS is to blame, and what to do; null for other failures. */
export function explainTlsFailure(thrown: unknown): string | null {
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && Object.hasOwn(EXPLANATIONS, code)) return EXPLANATIONS[code]!;
  return cause instanceof Error ? explainTlsFailure(cause) : null;
}
