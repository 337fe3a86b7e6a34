import type { KeyPort } from '../engine/ports.ts';

/** What is used of Electron's `safeStorage`; the async members are missing below Electron 42. */
export interface SafeStorageLike {
  isAsyncEncryptionAvailable?(): Promise<boolean>;
  encryptStringAsync?(plainText: string): Promise<Buffer>;
  decryptStringAsync?(encrypted: Buffer): Promise<{ result: string; shouldReEncrypt?: boolean }>;
  isEncryptionAvailable(): boolean;
  encryptString(plainText: string): Buffer;
  decryptString(encrypted: Buffer): string;
  getSelectedStorageBackend?(): string;
}

/** Names how the bytes that follow are kept, so that a change of protection between two starts is noticed. */
const sealedByKeyring = Buffer.from('SGK1');
const keptByFileMode = Buffer.from('SGF1');
const markLength = 4;

/** Linux backends that encrypt with a key everybody knows. */
const backendsWithoutProtection = new Set(['basic_text', 'unknown']);

/**
 * Protects the engine's key with the system's keyring. Where there is none, the port says `file-mode` and stores the
 * bytes as they are instead of dressing them up: encrypting under a published key would only look like protection.
 * Call after the app is ready. May wait for a person when the keyring is locked.
 */
export async function openKeyPort(storage: SafeStorageLike, platform: NodeJS.Platform): Promise<KeyPort> {
  const vault = await openKeyring(storage, platform);
  return vault === null ? fileModePort() : keyringPort(vault);
}

export interface Keyring {
  encrypt(plain: string): Promise<Buffer>;
  /** `renew`: the keyring has a newer key by now, so the text should be encrypted again. */
  decrypt(sealed: Buffer): Promise<{ text: string; renew: boolean }>;
}

/** Null: nothing here protects anything, whatever Electron would encrypt with. */
export async function openKeyring(storage: SafeStorageLike, platform: NodeJS.Platform): Promise<Keyring | null> {
  if (platform === 'linux') {
    const backend = storage.getSelectedStorageBackend?.() ?? 'unknown';
    if (backendsWithoutProtection.has(backend)) return null;
  }
  const { isAsyncEncryptionAvailable, encryptStringAsync, decryptStringAsync } = storage;
  if (isAsyncEncryptionAvailable && encryptStringAsync && decryptStringAsync) {
    if (!(await isAsyncEncryptionAvailable.call(storage))) return null;
    return {
      encrypt: (plain) => encryptStringAsync.call(storage, plain),
      async decrypt(sealed) {
        const { result, shouldReEncrypt } = await decryptStringAsync.call(storage, sealed);
        return { text: result, renew: shouldReEncrypt === true };
      },
    };
  }
  if (!storage.isEncryptionAvailable()) return null;
  return {
    encrypt: async (plain) => storage.encryptString(plain),
    decrypt: async (sealed) => ({ text: storage.decryptString(sealed), renew: false }),
  };
}

function keyringPort(keyring: Keyring): KeyPort {
  // What was written before there was a keyring lies open in its file: say so until it has been sealed anew.
  let openedPlain = false;
  return {
    get protection(): KeyPort['protection'] {
      return openedPlain ? 'file-mode' : 'os-keyring';
    },
    async protect(plain) {
      const sealed = await keyring.encrypt(plain.toString('base64'));
      openedPlain = false;
      return Buffer.concat([sealedByKeyring, sealed]);
    },
    async unprotect(sealed) {
      const { mark, body } = split(sealed);
      if (mark.equals(keptByFileMode)) {
        openedPlain = true;
        return Buffer.from(body);
      }
      if (!mark.equals(sealedByKeyring)) throw new Error('The stored key has an unknown form.');
      return Buffer.from((await keyring.decrypt(body)).text, 'base64');
    },
  };
}

function fileModePort(): KeyPort {
  return {
    protection: 'file-mode',
    protect: async (plain) => Buffer.concat([keptByFileMode, plain]),
    async unprotect(sealed) {
      const { mark, body } = split(sealed);
      if (mark.equals(keptByFileMode)) return Buffer.from(body);
      if (mark.equals(sealedByKeyring)) {
        throw new Error("The stored key is sealed by the system's keyring, which is not available in this session.");
      }
      throw new Error('The stored key has an unknown form.');
    },
  };
}

function split(sealed: Buffer): { mark: Buffer; body: Buffer } {
  return { mark: sealed.subarray(0, markLength), body: sealed.subarray(markLength) };
}
