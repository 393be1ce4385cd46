/** Certificates for tests, made by openssl: Node can read them, and not make them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Paths of a certificate and its key, and what stands in them. */
export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A folder of certificates; `remove` takes it away. */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'motes-tls-'));

  /** One that vouches for itself, for these names (`IP:127.0.0.1`, `DNS:lab7`). */
  selfSigned(name: string, names: readonly string[]): Certificate {
    const more = ['-x509', '-days', '2', '-addext', `subjectAltName=${names.join(',')}`];
    this.#openssl('req', ...more, ...NEW_KEY, '-subj', `/CN=${name}`, ...this.#out(name));
    return this.#read(name);
  }

  /** One that an authority of this folder vouches for. */
  signedBy(authority: string, name: string, names: readonly string[]): Certificate {
    const request = join(this.folder, `${name}.csr`);
    this.#openssl(
      'req',
      '-new',
      ...NEW_KEY,
      '-subj',
      `/CN=${name}`,
      '-keyout',
      this.path(`${name}.key`),
      '-out',
      request,
    );
    writeFileSync(this.path(`${name}.ext`), `subjectAltName=${names.join(',')}\n`);
    const by = ['-CA', this.path(`${authority}.crt`), '-CAkey', this.path(`${authority}.key`), '-CAcreateserial'];
    const more = ['-days', '2', '-extfile', this.path(`${name}.ext`), '-out', this.path(`${name}.crt`)];
    this.#openssl('x509', '-req', '-in', request, ...by, ...more);
    return this.#read(name);
  }

  /** A key that asks for a passphrase. */
  encryptedKey(name: string): string {
    this.#openssl('genpkey', '-algorithm', 'RSA', '-aes256', '-pass', 'pass:secret', '-out', this.path(`${name}.key`));
    return this.path(`${name}.key`);
  }

  /** The path of a file in the folder, written if there is something to write. */
  path(name: string, content?: string): string {
    const path = join(this.folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #out(name: string): string[] {
    return ['-keyout', this.path(`${name}.key`), '-out', this.path(`${name}.crt`)];
  }

  #read(name: string): Certificate {
    const [certPath, keyPath] = [this.path(`${name}.crt`), this.path(`${name}.key`)];
    return { certPath, keyPath, cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
