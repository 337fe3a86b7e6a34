import { randomBytes } from 'node:crypto';
import type { MasterKeyPort } from '../engine/ports.ts';
import { keyLength, seal, unseal } from '../engine/vault/seal.ts';

/** What is used of `@napi-rs/keyring`. */
export interface KeyringPackage {
  Entry: new (
    service: string,
    account: string,
    options?: { linux?: { store: 'secret-service' } },
  ) => { getPassword(): string | null; setPassword(password: string): void };
}

const service = 'ScopeGate vault';
const place = 'v1|keyring';

/**
 * Keeps a key of its own in the system's key store and seals the vault's master key under it. On Linux only the Secret
 * Service counts: the kernel's keyring forgets at the next boot. Asking for the store changes nothing in it.
 */
export async function openKeyringPort(
  dataDir: string,
  platform: NodeJS.Platform,
  load: () => Promise<KeyringPackage> = () => import('@napi-rs/keyring'),
): Promise<MasterKeyPort> {
  try {
    const { Entry } = await load();
    const options = platform === 'linux' ? { linux: { store: 'secret-service' } as const } : undefined;
    const entry = new Entry(service, dataDir, options);
    return makePort(entry, nameOf(platform));
  } catch {
    return noKeyring;
  }
}

function makePort(entry: InstanceType<KeyringPackage['Entry']>, store: string): MasterKeyPort {
  return {
    store,
    weak: null,
    async wrap(plain) {
      const key = readKey(entry) ?? makeKey(entry);
      return seal(key, plain, place, randomBytes);
    },
    async unwrap(sealed) {
      const key = readKey(entry);
      if (key === null) throw new Error("The system's key store has no key for this vault.");
      return { plain: unseal(key, sealed, place), renew: false };
    },
  };
}

function readKey(entry: InstanceType<KeyringPackage['Entry']>): Buffer | null {
  const text = entry.getPassword();
  const key = text === null ? null : Buffer.from(text, 'base64');
  return key?.length === keyLength ? key : null;
}

/** Read back, because some stores take a value and keep nothing. */
function makeKey(entry: InstanceType<KeyringPackage['Entry']>): Buffer {
  const key = randomBytes(keyLength);
  entry.setPassword(key.toString('base64'));
  if (readKey(entry)?.equals(key) !== true) throw new Error("The system's key store did not keep the key.");
  return key;
}

const refuse = async (): Promise<never> => {
  throw new Error('There is no key store.');
};

const noKeyring: MasterKeyPort = {
  store: null,
  weak: 'There is no system key store in this session that survives a restart.',
  wrap: refuse,
  unwrap: refuse,
};

function nameOf(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'macOS Keychain';
  return platform === 'win32' ? 'Windows Credential Manager' : 'Secret Service';
}
