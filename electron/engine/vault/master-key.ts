import type { MasterKeyPort } from '../ports.ts';
import type { VaultRecord } from '../store/vault-contract.ts';
import { type Derivation, deriveKey, newDerivation, openWithPassphrase, SealDamaged, sealUnder } from './passphrase.ts';
import { keyLength, type RandomBytes, SealBroken } from './seal.ts';

/** Seals master keys the way one was opened, so that a new one needs no second passphrase. Lives while it is unlocked. */
export interface KeySealer {
  readonly protection: VaultRecord['protection'];
  seal(master: Buffer, vaultId: string, keyId: string): Promise<Buffer>;
  /** Forgets what it holds. */
  drop(): void;
}

export function sealByStore(store: MasterKeyPort): KeySealer {
  return {
    protection: 'os',
    // The store binds nothing to a place of its own: the place goes in with the key.
    seal: (master, vaultId, keyId) => store.wrap(Buffer.concat([Buffer.from(placeOfKey(vaultId, keyId)), master])),
    drop: () => {},
  };
}

export async function sealByPassphrase(passphrase: string, random: RandomBytes, costLog2?: number): Promise<KeySealer> {
  const from = newDerivation(random, costLog2);
  return sealUnderKey(await deriveKey(passphrase, from), from, random);
}

function sealUnderKey(key: Buffer, from: Derivation, random: RandomBytes): KeySealer {
  return {
    protection: 'passphrase',
    seal: async (master, vaultId, keyId) => sealUnder(key, from, master, placeOfKey(vaultId, keyId), random),
    drop: () => void key.fill(0),
  };
}

export type KeyOpening =
  | { kind: 'opened'; master: Buffer; sealer: KeySealer; renew: boolean }
  /** Another passphrase than the vault's. */
  | { kind: 'wrong' }
  | { kind: 'damaged' }
  /** Sealed for another machine or user, or the key store has forgotten its own key. */
  | { kind: 'foreign' };

/** Never throws for bytes that cannot be opened. */
export async function openByStore(vault: VaultRecord, store: MasterKeyPort): Promise<KeyOpening> {
  try {
    const { plain, renew } = await store.unwrap(vault.sealedKey);
    const place = Buffer.from(placeOfKey(vault.id, vault.keyId));
    const isHere = plain.length === place.length + keyLength && plain.subarray(0, place.length).equals(place);
    if (!isHere) return { kind: 'damaged' };
    const master = Buffer.from(plain.subarray(place.length));
    plain.fill(0);
    return { kind: 'opened', master, sealer: sealByStore(store), renew };
  } catch {
    return { kind: 'foreign' };
  }
}

export async function openByPassphrase(
  vault: VaultRecord,
  passphrase: string,
  random: RandomBytes,
): Promise<KeyOpening> {
  try {
    const opened = await openWithPassphrase(passphrase, vault.sealedKey, placeOfKey(vault.id, vault.keyId));
    if (opened === null) return { kind: 'wrong' };
    const { plain, key, from } = opened;
    if (plain.length !== keyLength) return { kind: 'damaged' };
    return { kind: 'opened', master: plain, sealer: sealUnderKey(key, from, random), renew: false };
  } catch (error) {
    if (error instanceof SealDamaged || error instanceof SealBroken) return { kind: 'damaged' };
    throw error;
  }
}

function placeOfKey(vaultId: string, keyId: string): string {
  return `v1|${vaultId}|${keyId}|master`;
}
