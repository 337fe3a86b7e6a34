import type { MasterKeyPort } from '../engine/ports.ts';
import { openKeyring, type SafeStorageLike } from './key-port.ts';

const names: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macOS Keychain',
  win32: 'Windows Data Protection',
};

/**
 * Keeps the vault's master key with the system's keyring, and nowhere where the keyring would only pretend: there it says
 * why, and the vault asks for a passphrase. Call after the app is ready.
 */
export async function openMasterKeyPort(storage: SafeStorageLike, platform: NodeJS.Platform): Promise<MasterKeyPort> {
  const keyring = await openKeyring(storage, platform);
  if (keyring === null) {
    const refuse = async (): Promise<never> => {
      throw new Error('This system has no keyring that protects a key.');
    };
    return { store: null, weak: explain(storage, platform), wrap: refuse, unwrap: refuse };
  }
  return {
    store: names[platform] ?? nameOfBackend(storage),
    weak: null,
    wrap: (plain) => keyring.encrypt(plain.toString('base64')),
    async unwrap(sealed) {
      const { text, renew } = await keyring.decrypt(sealed);
      return { plain: Buffer.from(text, 'base64'), renew };
    },
  };
}

function explain(storage: SafeStorageLike, platform: NodeJS.Platform): string {
  if (platform === 'linux' && storage.getSelectedStorageBackend?.() === 'basic_text') {
    return 'This desktop has no keyring: what is stored would be encrypted with a password that everybody knows.';
  }
  return "The system's keyring is not available in this session.";
}

function nameOfBackend(storage: SafeStorageLike): string {
  const backend = storage.getSelectedStorageBackend?.() ?? '';
  return backend.startsWith('kwallet') ? 'KWallet' : 'the desktop’s keyring';
}
