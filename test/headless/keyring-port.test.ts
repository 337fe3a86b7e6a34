import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KeyringPackage, openKeyringPort } from '../../electron/headless/keyring-port.ts';
import { readPassphraseFile } from '../../electron/headless/passphrase-file.ts';

const key = randomBytes(60);

/** A key store in memory that remembers how it was asked for. */
function fakePackage(kept: Map<string, string>, asked: unknown[] = [], isDeaf = false): KeyringPackage {
  class Entry {
    readonly #name: string;
    constructor(service: string, account: string, options?: object) {
      this.#name = `${service} ${account}`;
      asked.push(options);
    }
    getPassword(): string | null {
      return kept.get(this.#name) ?? null;
    }
    setPassword(password: string): void {
      if (!isDeaf) kept.set(this.#name, password);
    }
  }
  return { Entry };
}

describe('the key of the vault without a desktop', () => {
  it('is sealed under a key in the system’s store, on Linux in the Secret Service alone (security)', async () => {
    const [kept, asked] = [new Map<string, string>(), [] as unknown[]];
    const port = await openKeyringPort('/data', 'linux', async () => fakePackage(kept, asked));
    expect(port).toMatchObject({ store: 'Secret Service', weak: null });
    expect(asked).toEqual([{ linux: { store: 'secret-service' } }]);
    expect(kept.size).toBe(0);
    const sealed = await port.wrap(key);
    expect(sealed.includes(key)).toBe(false);
    expect(await port.unwrap(sealed)).toEqual({ plain: key, renew: false });
    const away = await openKeyringPort('/data', 'linux', async () => fakePackage(new Map()));
    await expect(away.unwrap(sealed)).rejects.toThrow('no key for this vault');
  });

  it('is refused where there is no store, or one that keeps nothing (security)', async () => {
    const missing = await openKeyringPort('/data', 'linux', () => Promise.reject(new Error('no D-Bus')));
    expect(missing.weak).toContain('no system key store');
    await expect(missing.wrap(key)).rejects.toThrow();
    const deaf = await openKeyringPort('/data', 'darwin', async () => fakePackage(new Map(), [], true));
    await expect(deaf.wrap(key)).rejects.toThrow('did not keep');
  });

  it('is told by the real package what this machine has', async () => {
    const port = await openKeyringPort('/nowhere/scopegate-test', process.platform);
    expect(port.store === null).toBe(port.weak !== null);
  });
});

describe('the passphrase file', () => {
  const write = (text: string, mode: number): string => {
    const folder = mkdtempSync(join(tmpdir(), 'scopegate-pass-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'passphrase');
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };

  it('gives what it holds without the line end', () => {
    expect(readPassphraseFile(write('correct horse battery\n', 0o600))).toBe('correct horse battery');
  });

  it('is refused when others can read it, when it is short, and when it is not there (security)', () => {
    if (process.platform !== 'win32') {
      expect(() => readPassphraseFile(write('correct horse battery', 0o640))).toThrow('only you may');
    }
    expect(() => readPassphraseFile(write('short', 0o600))).toThrow('fewer than 12');
    expect(() => readPassphraseFile('/nowhere/at/all')).toThrow('ENOENT');
  });
});
