import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadEngineKey } from '../../electron/engine/engine-key.ts';
import type { KeyPort } from '../../electron/engine/ports.ts';
import { makeFolder } from './store/samples.ts';

/** Seals with one byte, and opens only what was sealed with it: enough to be another machine's keyring. */
function makeKeys(secret: number): KeyPort {
  const mask = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ secret));
  return {
    protection: 'os-keyring',
    protect: async (plain) => Buffer.concat([Buffer.of(secret), mask(plain)]),
    async unprotect(sealed) {
      if (sealed[0] !== secret) throw new Error('sealed by another keyring');
      return mask(sealed.subarray(1));
    },
  };
}

const keyFile = (folder: string) => join(folder, 'engine-key.os-keyring.json');

describe('the engine’s key', () => {
  it('is made once, 32 random bytes, and found again', async () => {
    const folder = makeFolder();
    const first = await loadEngineKey(folder, makeKeys(7), randomBytes);
    expect(first.replaced).toBe(false);
    expect(first.key).toHaveLength(32);
    expect(await loadEngineKey(folder, makeKeys(7), randomBytes)).toEqual(first);
    expect((await loadEngineKey(makeFolder(), makeKeys(7), randomBytes)).key).not.toEqual(first.key);
  });

  it('is not touched by a host that protects its key another way', async () => {
    const folder = makeFolder();
    const first = await loadEngineKey(folder, makeKeys(7), randomBytes);
    const other = await loadEngineKey(folder, { ...makeKeys(9), protection: 'file-mode' }, randomBytes);
    expect(other.replaced).toBe(false);
    expect(await loadEngineKey(folder, makeKeys(7), randomBytes)).toEqual(first);
  });

  it('is on disk only as sealed, in a file for this user alone (security)', async () => {
    const folder = makeFolder();
    const { key } = await loadEngineKey(folder, makeKeys(7), randomBytes);
    expect(readdirSync(folder)).toEqual(['engine-key.os-keyring.json']);
    const text = readFileSync(keyFile(folder), 'utf8');
    for (const encoding of ['base64', 'base64url', 'hex', 'latin1'] as const) {
      expect(text).not.toContain(key.toString(encoding));
    }
    if (process.platform !== 'win32') expect(lstatSync(keyFile(folder)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['was sealed by another keyring', (text: string) => text, 8],
    ['is damaged', (text: string) => text.slice(0, 20), 7],
    [
      'holds a key of another length',
      () => JSON.stringify({ version: 1, sealed: Buffer.of(7, 1, 2).toString('base64') }),
      7,
    ],
  ])('is replaced when the stored one %s, which is kept aside', async (_, damage, secret) => {
    const folder = makeFolder();
    const old = await loadEngineKey(folder, makeKeys(7), randomBytes);
    const stored = damage(readFileSync(keyFile(folder), 'utf8'));
    writeFileSync(keyFile(folder), stored);
    const next = await loadEngineKey(folder, makeKeys(secret), randomBytes);
    expect(next.replaced).toBe(true);
    expect(next.key).not.toEqual(old.key);
    expect(await loadEngineKey(folder, makeKeys(secret), randomBytes)).toEqual({ key: next.key, replaced: false });
    const aside = readdirSync(folder).filter((name) => name.startsWith('engine-key.unreadable-'));
    expect(aside.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([stored]);
  });

  it('stays as it is when the new one cannot be sealed', async () => {
    const folder = makeFolder();
    await loadEngineKey(folder, makeKeys(7), randomBytes);
    const before = readFileSync(keyFile(folder), 'utf8');
    const locked: KeyPort = {
      ...makeKeys(8),
      protect: async () => {
        throw new Error('the keyring is locked');
      },
    };
    await expect(loadEngineKey(folder, locked, randomBytes)).rejects.toThrow('the keyring is locked');
    expect(readFileSync(keyFile(folder), 'utf8')).toBe(before);
  });

  it.skipIf(process.platform === 'win32')('is never read through a link (security)', async () => {
    const folder = makeFolder();
    const elsewhere = makeFolder();
    await loadEngineKey(elsewhere, makeKeys(7), randomBytes);
    symlinkSync(keyFile(elsewhere), keyFile(folder));
    await expect(loadEngineKey(folder, makeKeys(7), randomBytes)).rejects.toMatchObject({ code: 'data_dir_unusable' });
  });
});
