import { createCipheriv, createDecipheriv } from 'node:crypto';

/** AES-256-GCM as `docs/vault-format.md` describes it: one byte version, nonce, ciphertext, tag. */
const sealVersion = 1;
const nonceLength = 12;
const tagLength = 16;
const headLength = 1 + nonceLength;
export const keyLength = 32;

export type RandomBytes = (size: number) => Buffer;

/** What was sealed cannot be opened: another key, another place, or altered bytes; which of them cannot be told. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** `bound`: the place this belongs to; opening it anywhere else fails. The key has 32 bytes. */
export function seal(key: Buffer, plain: Buffer, bound: string, random: RandomBytes): Buffer {
  const nonce = random(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(Buffer.from(bound));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([sealVersion]), nonce, body, cipher.getAuthTag()]);
}

/** Throws `SealBroken`. Without `authTagLength` Node takes tags of four bytes. */
export function unseal(key: Buffer, sealed: Buffer, bound: string): Buffer {
  if (sealed.length < headLength + tagLength || sealed[0] !== sealVersion) throw new SealBroken('unknown form');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, headLength), { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(headLength, sealed.length - tagLength)), decipher.final()]);
  } catch {
    throw new SealBroken('not authentic');
  }
}

/** Where a value belongs; what its key belongs to is the same with `|key`. */
export function placeOfSecret(vaultId: string, secretId: string, version: number): string {
  return `v1|${vaultId}|${secretId}|${version}`;
}
