/** The files of TLS: a server's certificate and key, and what a client trusts. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SettingError, whyUnreadable } from './setting-error.ts';

/** What a server needs to speak TLS, as PEM. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * A server's certificate (with its chain) and key; null where neither is named.
 * @throws SettingError naming the file when one cannot be read, is no PEM, has expired, or the two do not belong together
 */
export function readServerTls(flags: { tlsCert?: string; tlsKey?: string }): ServerTls | null {
  const { tlsCert, tlsKey } = flags;
  if (!tlsCert && !tlsKey) return null;
  if (!tlsCert || !tlsKey)
    throw new SettingError(`TLS needs both: name a ${tlsCert ? 'key with --tls-key' : 'certificate with --tls-cert'}`);
  const cert = readPem(tlsCert, '--tls-cert');
  const key = readPem(tlsKey, '--tls-key');
  const [own] = certificatesIn(cert, tlsCert);
  if (!own!.checkPrivateKey(parseKey(key, tlsKey)))
    throw new SettingError(`the key ${tlsKey} does not belong to the certificate ${tlsCert}`);
  if (own!.validToDate.getTime() < Date.now())
    throw new SettingError(`the certificate ${tlsCert} expired on ${own!.validTo} - make a new one`);
  return { cert, key };
}

/**
 * The certificates that a client trusts, and no others; null where none are named.
 * @throws SettingError naming the file when it cannot be read or holds none
 */
export function readAuthority(path: string | undefined): string | null {
  if (!path) return null;
  const pem = readPem(path, '--tls-ca');
  certificatesIn(pem, path);
  return pem;
}

/** Every certificate of a PEM text. @throws SettingError when there is none, or one does not parse */
export function certificatesIn(pem: string, path: string): X509Certificate[] {
  try {
    const found = (pem.match(CERTIFICATE) ?? []).map((one) => new X509Certificate(one));
    if (found.length > 0) return found;
  } catch (cause) {
    throw new SettingError(`${path} holds a certificate that does not parse: ${(cause as Error).message}`, { cause });
  }
  throw new SettingError(`${path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
}

function parseKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const isEncrypted = pem.includes('ENCRYPTED');
    const why = isEncrypted ? 'it is encrypted, and motes asks for no passphrase' : (cause as Error).message;
    throw new SettingError(`${path} holds no private key in PEM form that can be used: ${why}`, { cause });
  }
}

function readPem(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SettingError(`the file ${path} of ${option} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
}
