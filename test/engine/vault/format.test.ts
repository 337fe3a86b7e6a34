import { createCipheriv, createHash, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openSecret } from '../../../electron/engine/vault/envelope.ts';
import { openWithPassphrase } from '../../../electron/engine/vault/passphrase.ts';

const text = readFileSync(new URL('../../../docs/vault-format.md', import.meta.url), 'utf8');
const json = /```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
const vectors = z
  .object({
    vaultId: z.string(),
    keyId: z.string(),
    secretId: z.string(),
    version: z.number(),
    masterKey: z.string(),
    value: z.string(),
    valueKey: z.string(),
    sealedKey: z.string(),
    sealedValue: z.string(),
    passphrase: z.string(),
    salt: z.string(),
    passphraseKey: z.string(),
    masterUnderPassphrase: z.string(),
    exportContent: z.string(),
    export: z.string(),
  })
  .parse(JSON.parse(json));

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const { vaultId, keyId, secretId, version } = vectors;
const place = `v1|${vaultId}|${secretId}|${version}`;
const masterKey = bytes(vectors.masterKey);

/** As the document says it, with the nonce that stands in the vector. */
function seal(key: Buffer, plain: Buffer, bound: string, like: string, offset = 0): string {
  const nonce = bytes(like).subarray(offset + 1, offset + 13);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([Buffer.of(1), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'hex',
  );
}

function sealUnderPassphrase(plain: Buffer, bound: string, like: string): string {
  const head = Buffer.concat([Buffer.of(1, 17, 8, 1), bytes(vectors.salt)]);
  const sealed = bytes(
    seal(bytes(vectors.passphraseKey), plain, `${bound}|${head.toString('hex')}`, like, head.length),
  );
  const all = Buffer.concat([head, sealed]);
  return Buffer.concat([all, createHash('sha256').update(all).digest().subarray(0, 8)]).toString('hex');
}

describe('the format as the document describes it', () => {
  it('gives its vectors with Node’s own cryptography (security)', () => {
    const valueKey = bytes(vectors.valueKey);
    expect(seal(valueKey, Buffer.from(vectors.value), place, vectors.sealedValue)).toBe(vectors.sealedValue);
    expect(seal(masterKey, valueKey, `${place}|key`, vectors.sealedKey)).toBe(vectors.sealedKey);
    const scrypt = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
    const derived = scryptSync(vectors.passphrase.normalize('NFKC'), bytes(vectors.salt), 32, scrypt);
    expect(derived.toString('hex')).toBe(vectors.passphraseKey);
    const master = `v1|${vaultId}|${keyId}|master`;
    expect(sealUnderPassphrase(masterKey, master, vectors.masterUnderPassphrase)).toBe(vectors.masterUnderPassphrase);
    expect(sealUnderPassphrase(Buffer.from(vectors.exportContent), 'v1|export', vectors.export)).toBe(vectors.export);
  });

  it('is what the product opens (security)', async () => {
    const secret = {
      ...{ id: secretId, vaultId, version, keyId, updatedAt: 0 },
      sealedKey: bytes(vectors.sealedKey),
      sealedValue: bytes(vectors.sealedValue),
    };
    expect(openSecret({ vaultId, keyId, bytes: masterKey }, secret)).toBe(vectors.value);
    const opened = await openWithPassphrase(vectors.passphrase, bytes(vectors.export), 'v1|export');
    expect(opened?.plain.toString()).toBe(vectors.exportContent);
    const bound = `v1|${vaultId}|${keyId}|master`;
    const master = await openWithPassphrase(vectors.passphrase, bytes(vectors.masterUnderPassphrase), bound);
    expect(master?.plain).toEqual(masterKey);
    expect(await openWithPassphrase('not this one', bytes(vectors.export), 'v1|export')).toBeNull();
  });
});
