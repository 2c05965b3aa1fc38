/** Signed profiles, held against OpenSSL: it reads them, verifies them, and gives back the very profile. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { profileSigner, SignError } from '../../src/formats/mobileconfig/sign.ts';
import { type CertificateKind, pki } from '../pki.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'mailatlas-sign-'));
after(() => rmSync(folder, { recursive: true }));

const profile = '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><string>Grüße 🐌</string></plist>\n';

/** `openssl cms`, which fails where the signature, the chain or the contents are wrong. */
function verify(signed: Uint8Array, ca: string): string {
  writeFileSync(join(folder, 'signed'), signed);
  writeFileSync(join(folder, 'ca.pem'), ca);
  const args = ['cms', '-verify', '-inform', 'DER', '-in', 'signed', '-CAfile', 'ca.pem', '-purpose', 'any'];
  return execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function sign(kind: CertificateKind): Promise<Uint8Array> {
  return profileSigner(await (await pki()).leaf(kind))(profile);
}

describe('A signed profile', { skip: !openssl && 'openssl is not installed' }, () => {
  for (const [kind, what] of [
    ['good', 'an RSA key'],
    ['good-ec', 'an EC key'],
    ['intermediate', 'an intermediate authority, whose certificate is in it'],
  ] as const) {
    test(`with ${what} is what OpenSSL verifies, and holds the profile as it was`, async () => {
      assert.equal(verify(await sign(kind), (await pki()).ca), profile);
    });
  }

  test('whose intermediate authority is missing is not trusted', async () => {
    const signed = await sign('incomplete-chain');
    const { ca } = await pki();
    assert.throws(() => verify(signed, ca), /unable to get local issuer certificate/);
  });

  test('that somebody changed is not verified', async () => {
    const signed = Buffer.from(await sign('good'));
    const at = signed.indexOf('plist');
    signed.write('Plist', at);
    const { ca } = await pki();
    assert.throws(() => verify(signed, ca), /digest|verification failure/i);
  });

  test('is DER through and through, as OpenSSL reads it', async () => {
    writeFileSync(join(folder, 'signed'), await sign('good'));
    const args = ['cms', '-cmsout', '-print', '-inform', 'DER', '-in', 'signed', '-noout'];
    const printed = execFileSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    assert.match(printed, /algorithm: sha256/);
    assert.match(printed, /object: messageDigest/);
    assert.doesNotMatch(printed, /signingTime/);
  });
});

describe('Signing', () => {
  test('with an RSA key gives the same bytes for the same profile', async () => {
    assert.deepEqual(await sign('good'), await sign('good'));
  });

  const pem = { type: 'pkcs8', format: 'pem' } as const;
  for (const [what, change, says] of [
    [
      'a key of another certificate',
      { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem) },
      /does not belong/,
    ],
    [
      'a kind of key that Apple does not read',
      { key: generateKeyPairSync('ed25519').privateKey.export(pem) },
      /ed25519/,
    ],
    ['no key', { key: 'nothing' }, /no private key/],
    [
      'a key with a passphrase',
      {
        key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
          ...pem,
          cipher: 'aes-256-cbc',
          passphrase: 'x',
        }),
      },
      /passphrase/,
    ],
    ['no certificate', { cert: '' }, /no certificate/],
    ['a damaged certificate', { cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }, /damaged/],
  ] as const) {
    test(`with ${what} is refused at once`, async () => {
      const files = { ...(await (await pki()).leaf('good')), ...(change as { key?: string; cert?: string }) };
      assert.throws(
        () => profileSigner(files),
        (error) => error instanceof SignError && says.test(error.message),
      );
    });
  }

  test('with a certificate that has ended is refused at once', async () => {
    const files = await (await pki()).leaf('expired');
    assert.throws(() => profileSigner(files), /the certificate ended on/);
  });
});
