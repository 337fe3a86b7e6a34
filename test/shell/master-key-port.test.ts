import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SafeStorageLike } from '../../electron/shell/key-port.ts';
import { openMasterKeyPort } from '../../electron/shell/master-key-port.ts';

const turn = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x5a));

function storage(own: Partial<SafeStorageLike> = {}): SafeStorageLike {
  const refuse = (): never => {
    throw new Error('the synchronous call must not be used');
  };
  return {
    isAsyncEncryptionAvailable: async () => true,
    encryptStringAsync: async (text) => turn(Buffer.from(text)),
    decryptStringAsync: async (sealed) => ({ result: turn(sealed).toString(), shouldReEncrypt: false }),
    isEncryptionAvailable: refuse,
    encryptString: refuse,
    decryptString: refuse,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    ...own,
  };
}

const key = randomBytes(60);

describe('the key of the vault on the desktop', () => {
  test.each([
    ['darwin', 'macOS Keychain'],
    ['win32', 'Windows Data Protection'],
    ['linux', 'the desktop’s keyring'],
  ] as const)('is kept by the system’s store: %s', async (platform, store) => {
    const port = await openMasterKeyPort(storage(), platform);
    expect(port).toMatchObject({ store, weak: null });
    const sealed = await port.wrap(key);
    expect(sealed.includes(key)).toBe(false);
    expect(await port.unwrap(sealed)).toEqual({ plain: key, renew: false });
  });

  test('is asked to be wrapped again when the system’s own key was replaced', async () => {
    const decryptStringAsync = async (sealed: Buffer) => ({ result: turn(sealed).toString(), shouldReEncrypt: true });
    const port = await openMasterKeyPort(storage({ decryptStringAsync }), 'darwin');
    expect(await port.unwrap(await port.wrap(key))).toEqual({ plain: key, renew: true });
  });

  test.each(['basic_text', 'unknown'])('is never stored where Linux has no keyring: %s (security)', async (backend) => {
    const port = await openMasterKeyPort(storage({ getSelectedStorageBackend: () => backend }), 'linux');
    expect(port.store).toBeNull();
    expect(port.weak).toMatch(/keyring/);
    await expect(port.wrap(key)).rejects.toThrow('no keyring');
  });
});
