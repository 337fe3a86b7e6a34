import { randomUUID } from 'node:crypto';
import type { MasterKeyPort } from '../ports.ts';
import type { VaultRecord } from '../store/vault-contract.ts';
import { type KeySealer, sealByPassphrase, sealByStore } from './master-key.ts';
import { keyLength, type RandomBytes } from './seal.ts';
import { vaultWords } from './vault-words.ts';

interface Ground {
  keys: MasterKeyPort | null;
  random: RandomBytes;
  costLog2?: number;
  now(): number;
}

type MadeVault = { ok: true; record: VaultRecord; master: Buffer; sealer: KeySealer } | { ok: false; message: string };

/** An empty vault with a master key of its own. Without a passphrase only where the system protects a key. */
export async function makeVault(
  { keys, random, costLog2, now }: Ground,
  passphrase: string | null,
): Promise<MadeVault> {
  if (passphrase === null && (keys === null || keys.weak !== null)) {
    return { ok: false, message: `${keys?.weak ?? vaultWords.noStore} ${vaultWords.setPassphrase}` };
  }
  const sealer =
    passphrase === null && keys !== null
      ? sealByStore(keys)
      : await sealByPassphrase(passphrase ?? '', random, costLog2);
  const master = random(keyLength);
  const [id, keyId] = [randomUUID(), randomUUID()];
  const sealedKey = await sealer.seal(master, id, keyId).catch(() => null);
  if (sealedKey === null) return { ok: false, message: `${vaultWords.storeRefused} ${vaultWords.setPassphrase}` };
  const record: VaultRecord = {
    ...{ id, keyId, protection: sealer.protection, sealedKey },
    ...{ autoLockMinutes: null, lockWithScreen: false, createdAt: now(), keyRotatedAt: null },
  };
  return { ok: true, record, master, sealer };
}
