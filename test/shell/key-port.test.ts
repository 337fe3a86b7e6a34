import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openKeyPort, type SafeStorageLike } from '../../electron/shell/key-port.ts';

/** Turns every byte round; enough to tell sealed from plain. */
const turn = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x5a));

function syncStorage(own: Partial<SafeStorageLike> = {}): SafeStorageLike {
  return {
    isEncryptionAvailable: () => true,
    encryptString: (text) => turn(Buffer.from(text)),
    decryptString: (sealed) => turn(sealed).toString(),
    getSelectedStorageBackend: () => 'gnome_libsecret',
    ...own,
  };
}

function asyncStorage(own: Partial<SafeStorageLike> = {}): SafeStorageLike {
  const refuse = (): never => {
    throw new Error('the synchronous call must not be used');
  };
  return {
    isAsyncEncryptionAvailable: async () => true,
    encryptStringAsync: async (text) => turn(Buffer.from(text)),
    decryptStringAsync: async (sealed) => ({ result: turn(sealed).toString() }),
    isEncryptionAvailable: refuse,
    encryptString: refuse,
    decryptString: refuse,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    ...own,
  };
}

const key = randomBytes(32);

describe('openKeyPort', () => {
  test.each([
    ['asynchronous', asyncStorage()],
    ['synchronous, below Electron 42', syncStorage()],
  ])('seals and opens a key with the keyring: %s (security)', async (_name, storage) => {
    const port = await openKeyPort(storage, 'linux');
    const sealed = await port.protect(key);
    expect(port.protection).toBe('os-keyring');
    expect(sealed.includes(key)).toBe(false);
    expect(sealed.includes(key.toString('base64'))).toBe(false);
    expect(await port.unprotect(sealed)).toEqual(key);
  });

  test('keeps the methods of the storage bound to it', async () => {
    class Storage {
      readonly ready = true;
      async isAsyncEncryptionAvailable() {
        return this.ready;
      }
      async encryptStringAsync(text: string) {
        return this.ready ? turn(Buffer.from(text)) : Buffer.alloc(0);
      }
      async decryptStringAsync(sealed: Buffer) {
        return { result: this.ready ? turn(sealed).toString() : '' };
      }
      isEncryptionAvailable = () => false;
      encryptString = () => Buffer.alloc(0);
      decryptString = () => '';
    }
    const port = await openKeyPort(new Storage(), 'darwin');
    expect(await port.unprotect(await port.protect(key))).toEqual(key);
  });

  test.each(['basic_text', 'unknown'])(
    'says file-mode where Linux would encrypt under a published key: %s (security)',
    async (backend) => {
      const port = await openKeyPort(syncStorage({ getSelectedStorageBackend: () => backend }), 'linux');
      expect(port.protection).toBe('file-mode');
      expect(await port.unprotect(await port.protect(key))).toEqual(key);
    },
  );

  test('says file-mode where no encryption is available (security)', async () => {
    const without = [
      syncStorage({ isEncryptionAvailable: () => false }),
      asyncStorage({ isAsyncEncryptionAvailable: async () => false }),
    ];
    for (const storage of without) expect((await openKeyPort(storage, 'darwin')).protection).toBe('file-mode');
  });

  test('does not open with the file alone what the keyring has sealed (security)', async () => {
    const sealed = await (await openKeyPort(asyncStorage(), 'linux')).protect(key);
    const port = await openKeyPort(syncStorage({ getSelectedStorageBackend: () => 'basic_text' }), 'linux');
    await expect(port.unprotect(sealed)).rejects.toThrow('keyring');
  });

  test('admits that a key from before there was a keyring lies open, until it is sealed anew (security)', async () => {
    const withoutKeyring = await openKeyPort(syncStorage({ isEncryptionAvailable: () => false }), 'linux');
    const plain = await withoutKeyring.protect(key);
    const port = await openKeyPort(asyncStorage(), 'linux');
    expect(await port.unprotect(plain)).toEqual(key);
    expect(port.protection).toBe('file-mode');
    await port.protect(key);
    expect(port.protection).toBe('os-keyring');
  });

  test('refuses bytes of an unknown form', async () => {
    for (const storage of [asyncStorage(), syncStorage({ isEncryptionAvailable: () => false })]) {
      const port = await openKeyPort(storage, 'linux');
      await expect(port.unprotect(key)).rejects.toThrow('unknown form');
    }
  });
});
