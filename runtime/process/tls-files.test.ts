import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, Certificates } from '../http/testing/certificates.ts';
import { SettingError } from './setting-error.ts';
import { readAuthority, readServerTls } from './tls-files.ts';

let files: Certificates;
let one: Certificate;
let other: Certificate;
beforeAll(() => {
  files = new Certificates();
  one = files.selfSigned('one', ['DNS:one']);
  other = files.selfSigned('other', ['DNS:other']);
});
afterAll(() => files.remove());

describe('the files of a server', () => {
  it('are read', () => {
    expect(readServerTls({ tlsCert: one.certPath, tlsKey: one.keyPath })).toEqual({ cert: one.cert, key: one.key });
  });

  it('are none where none are named', () => {
    expect(readServerTls({})).toBeNull();
    expect(readServerTls({ tlsCert: '', tlsKey: '' })).toBeNull();
  });

  const wrong: { name: string; flags: () => { tlsCert?: string; tlsKey?: string }; message: RegExp }[] = [
    { name: 'no key', flags: () => ({ tlsCert: one.certPath }), message: /needs both: name a key with --tls-key/ },
    { name: 'no certificate', flags: () => ({ tlsKey: one.keyPath }), message: /a certificate with --tls-cert/ },
    {
      name: 'a certificate that is not there',
      flags: () => ({ tlsCert: files.path('none.crt'), tlsKey: one.keyPath }),
      message: /none\.crt of --tls-cert cannot be read: there is no such file/,
    },
    {
      name: 'a key that is a folder',
      flags: () => ({ tlsCert: one.certPath, tlsKey: files.folder }),
      message: /of --tls-key cannot be read: it is a folder/,
    },
    {
      name: 'a key of another certificate',
      flags: () => ({ tlsCert: one.certPath, tlsKey: other.keyPath }),
      message: /other\.key does not belong to the certificate .*one\.crt/,
    },
    {
      name: 'a key in place of the certificate',
      flags: () => ({ tlsCert: one.keyPath, tlsKey: one.keyPath }),
      message: /one\.key holds no certificate in PEM form/,
    },
    {
      name: 'a certificate in place of the key',
      flags: () => ({ tlsCert: one.certPath, tlsKey: one.certPath }),
      message: /one\.crt holds no private key/,
    },
    {
      name: 'a certificate that is damaged',
      flags: () => ({ tlsCert: files.path('damaged.crt', one.cert.replace(/MII./, '!!!!')), tlsKey: one.keyPath }),
      message: /damaged\.crt holds a certificate that does not parse/,
    },
    {
      name: 'a key with a passphrase',
      flags: () => ({ tlsCert: one.certPath, tlsKey: files.encryptedKey('locked') }),
      message: /locked\.key .*it is encrypted/,
    },
  ];
  for (const { name, flags, message } of wrong)
    it(`are refused: ${name}`, () => {
      expect(() => readServerTls(flags())).toThrow(message);
      expect(() => readServerTls(flags())).toThrow(SettingError);
    });
});

describe('what a client trusts', () => {
  it('is read, one certificate or several', () => {
    expect(readAuthority(undefined)).toBeNull();
    expect(readAuthority(one.certPath)).toBe(one.cert);
    expect(readAuthority(files.path('both.crt', one.cert + other.cert))).toBe(one.cert + other.cert);
  });

  it('is refused where there is no certificate', () => {
    expect(() => readAuthority(one.keyPath)).toThrow(/holds no certificate/);
    expect(() => readAuthority(files.path('none'))).toThrow(/of --tls-ca cannot be read/);
  });
});
