import type { SecretRecord } from '../store/vault-contract.ts';
import { keyLength, placeOfSecret, type RandomBytes, SealBroken, seal, unseal } from './seal.ts';

/** A master key with its name, and the vault it belongs to. */
export interface MasterKey {
  vaultId: string;
  keyId: string;
  bytes: Buffer;
}

/** A value under a key of its own, that key under the master key; both only open at their own place. */
export function sealSecret(
  master: MasterKey,
  at: { id: string; version: number; updatedAt: number },
  value: string,
  random: RandomBytes,
): SecretRecord {
  const place = placeOfSecret(master.vaultId, at.id, at.version);
  const key = random(keyLength);
  const plain = Buffer.from(value);
  try {
    return {
      ...at,
      vaultId: master.vaultId,
      keyId: master.keyId,
      sealedKey: seal(master.bytes, key, `${place}|key`, random),
      sealedValue: seal(key, plain, place, random),
    };
  } finally {
    key.fill(0);
    plain.fill(0);
  }
}

/** Throws `SealBroken` when row, key or place is another. */
export function openSecret(master: MasterKey, secret: SecretRecord): string {
  const place = placeOfSecret(master.vaultId, secret.id, secret.version);
  const key = unseal(master.bytes, secret.sealedKey, `${place}|key`);
  try {
    const plain = unseal(key, secret.sealedValue, place);
    const value = plain.toString('utf8');
    plain.fill(0);
    return value;
  } finally {
    key.fill(0);
  }
}

/**
 * The same values under the same keys of their own, those keys under another master key. `damaged`: how many do not open,
 * neither their key nor their value; they are not in the list.
 */
export function rewrapAll(
  secrets: readonly SecretRecord[],
  from: MasterKey,
  to: MasterKey,
  random: RandomBytes,
): { rewrapped: SecretRecord[]; damaged: number } {
  const rewrapped = secrets.flatMap((secret) => rewrapSecret(from, to, secret, random) ?? []);
  return { rewrapped, damaged: secrets.length - rewrapped.length };
}

function rewrapSecret(from: MasterKey, to: MasterKey, secret: SecretRecord, random: RandomBytes): SecretRecord | null {
  try {
    openSecret(from, secret);
    const place = placeOfSecret(from.vaultId, secret.id, secret.version);
    const key = unseal(from.bytes, secret.sealedKey, `${place}|key`);
    const sealedKey = seal(to.bytes, key, `${place}|key`, random);
    key.fill(0);
    return { ...secret, keyId: to.keyId, sealedKey };
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
