import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SecretRecord } from '../../../electron/engine/store/vault-contract.ts';
import { vaultWords } from '../../../electron/engine/vault/vault-words.ts';
import { makeMachineKeys } from '../../helpers/master-keys.ts';
import { makeFolder, openVault, store, type TestVault } from './support.ts';

const passphrase = 'correct horse battery';
const value = 'sk-very-secret-value';
const weakKeys = () => makeMachineKeys({ store: null, weak: 'Everybody knows the password of this key store.' });

/** A second process on the same file, as after a restart. */
function reopen(first: TestVault, keys: Parameters<typeof openVault>[0]): TestVault {
  first.vault.close();
  first.store.close();
  return openVault(keys, { file: first.file });
}

it('guesses of a passphrase wait for each other, however they are asked (security)', async () => {
  const { vault } = openVault(null);
  await vault.create(passphrase);
  const guesses = await Promise.all(Array.from({ length: 8 }, () => vault.checkPerson('wrong words')));
  const refusals = guesses.map((answer) => answer?.message);
  expect(refusals.filter((message) => message === vaultWords.wrongPassphrase)).toHaveLength(3);
  expect(refusals.filter((message) => message === vaultWords.tooSoon)).toHaveLength(5);
});

describe('a vault that the system opens', () => {
  it('makes itself with the first value, opens itself at the next start, and holds no value in clear (security)', async () => {
    const keys = makeMachineKeys();
    const first = openVault(keys);
    expect(first.vault.status()).toMatchObject({ state: 'empty', osStore: 'a key store', weak: null });
    const id = await store(first.vault, value);
    expect(first.vault.use(id)).toEqual({ ok: true, value });
    const again = reopen(first, keys);
    expect(again.vault.status().state).toBe('locked');
    await again.vault.start(null);
    expect(again.vault.use(id)).toEqual({ ok: true, value });
    expect(again.guard.cleanText(`it is ${value}`)).toBe('it is [secret]');
    const rows = again.store.secrets(again.store.vault()?.id ?? '');
    expect(JSON.stringify(rows.map(({ sealedValue }) => sealedValue.toString('latin1')))).not.toContain(value);
  });

  it('copied to another machine opens nothing, says so, and keeps every row (security)', async () => {
    const home = openVault(makeMachineKeys());
    const id = await store(home.vault, value);
    home.store.close();
    const file = join(makeFolder(), 'scopegate.db');
    copyFileSync(home.file, file);
    const away = openVault(makeMachineKeys(), { file });
    await away.vault.start(null);
    expect(away.vault.status()).toMatchObject({ state: 'broken', secrets: 1 });
    expect(away.vault.status().problem?.message).toContain('another machine');
    expect(away.vault.use(id)).toMatchObject({ ok: false, why: { state: 'broken' } });

    expect(await away.vault.startOver(null)).toMatchObject({ ok: true });
    expect(away.vault.use(id)).toMatchObject({ ok: false });
    expect(away.store.secret(id)).not.toBeNull();
  });

  it('wraps its key again where the system has a newer one', async () => {
    let isOld = true;
    const machine = makeMachineKeys();
    const keys = {
      ...machine,
      unwrap: async (sealed: Buffer) => ({ ...(await machine.unwrap(sealed)), renew: isOld }),
    };
    const first = openVault(keys);
    const id = await store(first.vault, value);
    const before = first.store.vault()?.sealedKey;
    const again = reopen(first, keys);
    await again.vault.start(null);
    isOld = false;
    expect(again.store.vault()?.sealedKey).not.toEqual(before);
    expect(again.vault.use(id)).toEqual({ ok: true, value });
  });
});

describe('a system that protects nothing', () => {
  it('is said so, and nothing is stored before there is a passphrase (security)', async () => {
    for (const keys of [weakKeys(), null]) {
      const { vault, store: rows } = openVault(keys);
      expect(vault.status().weak).not.toBeNull();
      expect(await vault.put(null, value)).toMatchObject({ ok: false, why: { state: 'locked' } });
      expect(rows.vault()).toBeNull();
      expect((await vault.create(passphrase)).ok).toBe(true);
      expect(vault.status()).toMatchObject({ state: 'unlocked', protection: 'passphrase' });
      expect((await vault.removePassphrase(passphrase)).ok).toBe(false);
    }
  });
});

describe('a passphrase', () => {
  it('alone opens the vault once it is set, and can be changed and taken back (security)', async () => {
    const keys = makeMachineKeys();
    const { vault } = openVault(keys);
    const id = await store(vault, value);
    expect((await vault.setPassphrase(null, passphrase)).ok).toBe(true);
    vault.lock();
    expect(vault.use(id)).toMatchObject({ ok: false, why: { state: 'locked' } });
    expect((await vault.unlock(null)).ok).toBe(false);
    expect((await vault.unlock('another passphrase')).ok).toBe(false);
    expect((await vault.unlock(passphrase)).ok).toBe(true);
    expect(vault.use(id)).toEqual({ ok: true, value });

    expect((await vault.setPassphrase('another passphrase', 'a second passphrase')).ok).toBe(false);
    expect((await vault.setPassphrase(passphrase, 'a second passphrase')).ok).toBe(true);
    vault.lock();
    expect((await vault.unlock(passphrase)).ok).toBe(false);
    expect((await vault.unlock('a second passphrase')).ok).toBe(true);
    expect((await vault.removePassphrase('a second passphrase')).ok).toBe(true);
    vault.lock();
    expect((await vault.unlock(null)).ok).toBe(true);
    expect(vault.use(id)).toEqual({ ok: true, value });
  });

  it('that is wrong three times has to wait, longer each time, and then the right one opens (security)', async () => {
    const { vault, clock } = openVault(weakKeys());
    await vault.create(passphrase);
    vault.lock();
    for (const _try of [1, 2, 3]) expect((await vault.unlock('not the passphrase')).ok).toBe(false);
    const wait = vault.status().retryAt ?? 0;
    expect(wait).toBeGreaterThan(clock.ms);
    expect(await vault.unlock(passphrase)).toMatchObject({ ok: false, retryAt: wait });
    clock.ms = wait;
    await vault.unlock('not the passphrase');
    expect((vault.status().retryAt ?? 0) - clock.ms).toBe(2000);
    clock.ms += 2000;
    expect((await vault.unlock(passphrase)).ok).toBe(true);
    expect(vault.status().retryAt).toBeNull();
  });
});

describe('a new master key', () => {
  it('takes over every value while each stays usable, and the old one opens nothing more (security)', async () => {
    const keys = makeMachineKeys();
    const first = openVault(keys);
    const ids = [await store(first.vault, 'value-one'), await store(first.vault, 'value-two')];
    const before = first.store.vault();
    const rotation = first.vault.rotateKey();
    expect(first.vault.use(ids[0] ?? '')).toEqual({ ok: true, value: 'value-one' });
    expect((await rotation).ok).toBe(true);
    const after = first.store.vault();
    expect(after?.keyId).not.toBe(before?.keyId);
    expect(first.store.secrets(after?.id ?? '').map(({ keyId }) => keyId)).toEqual([after?.keyId, after?.keyId]);
    const again = reopen(first, keys);
    await again.vault.start(null);
    expect(ids.map((id) => again.vault.use(id))).toEqual([
      { ok: true, value: 'value-one' },
      { ok: true, value: 'value-two' },
    ]);
  });

  it('is not made while a value does not open, and nothing is changed then (security)', async () => {
    const { vault, store: rows } = openVault(makeMachineKeys());
    const [good, bad] = [await store(vault, 'value-one'), await store(vault, 'value-two')];
    flip(rows.secret(bad), 'sealedValue', 20, rows.putSecret);
    const before = rows.vault();
    expect(await vault.rotateKey()).toMatchObject({ ok: false, message: expect.stringContaining('One value') });
    expect(rows.vault()).toEqual(before);
    expect(vault.use(good)).toEqual({ ok: true, value: 'value-one' });
  });

  it('is whole or not there when the process ends in between (security)', async () => {
    const keys = makeMachineKeys();
    const first = openVault(keys);
    const id = await store(first.vault, value);
    const rewrap = first.store.rewrapSecrets;
    // the crash: the transaction never happens
    first.store.rewrapSecrets = () => {
      throw new Error('killed');
    };
    await expect(first.vault.rotateKey()).rejects.toThrow('killed');
    expect(first.vault.use(id)).toEqual({ ok: true, value });
    first.store.rewrapSecrets = rewrap;
    const again = reopen(first, keys);
    await again.vault.start(null);
    expect(again.vault.use(id)).toEqual({ ok: true, value });
  });
});

type SealedColumn = 'sealedKey' | 'sealedValue';

function flip(row: SecretRecord | null, column: SealedColumn, at: number, put: (row: SecretRecord) => void): void {
  if (row === null) throw new Error('no row');
  const bytes = Buffer.from(row[column]);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  put({ ...row, [column]: bytes });
}

describe('a damaged row', () => {
  it('with any bit of its head, body or tag turned opens nothing and says so (security)', async () => {
    const { vault, store: rows } = openVault(makeMachineKeys());
    const id = await store(vault, value);
    const row = rows.secret(id);
    for (const column of ['sealedKey', 'sealedValue'] as const) {
      for (let at = 0; at < (row?.[column].length ?? 0); at += 1) {
        flip(row, column, at, rows.putSecret);
        expect(vault.use(id)).toMatchObject({ ok: false, why: { state: 'broken' } });
      }
      for (const length of [0, 1, 12, 28, (row?.[column].length ?? 0) - 12]) {
        if (row) rows.putSecret({ ...row, [column]: row[column].subarray(0, length) });
        expect(vault.use(id)).toMatchObject({ ok: false, why: { state: 'broken' } });
      }
    }
    if (row) rows.putSecret(row);
    expect(vault.use(id)).toEqual({ ok: true, value });
  });

  it('swapped with another, or put back from an earlier version under the new number, opens nothing (security)', async () => {
    const { vault, store: rows } = openVault(makeMachineKeys());
    const [a, b] = [await store(vault, 'value-one'), await store(vault, 'value-two')];
    const [rowA, rowB] = [rows.secret(a), rows.secret(b)];
    if (!rowA || !rowB) throw new Error('no rows');
    rows.putSecret({ ...rowA, sealedKey: rowB.sealedKey, sealedValue: rowB.sealedValue });
    expect(vault.use(a)).toMatchObject({ ok: false });
    rows.putSecret({ ...rowA, sealedKey: rowA.sealedValue, sealedValue: rowA.sealedKey });
    expect(vault.use(a)).toMatchObject({ ok: false });
    rows.putSecret(rowA);
    await store(vault, 'value-three', a);
    const newer = rows.secret(a);
    rows.putSecret({ ...rowA, version: newer?.version ?? 0 });
    expect(vault.use(a)).toMatchObject({ ok: false });
    expect(vault.use(b)).toEqual({ ok: true, value: 'value-two' });
  });

  it('of the vault itself is told apart from a wrong passphrase, and the right bytes open it again (security)', async () => {
    const first = openVault(weakKeys());
    await first.vault.create(passphrase);
    const id = await store(first.vault, value);
    const row = first.store.vault();
    if (!row) throw new Error('no vault');
    for (const sealedKey of [row.sealedKey.subarray(0, 40), Buffer.from(row.sealedKey).fill(0, 30, 31)]) {
      first.store.putVault({ ...row, sealedKey });
      const again = openVault(weakKeys(), { file: first.file });
      expect((await again.vault.unlock(passphrase)).ok).toBe(false);
      expect(again.vault.status()).toMatchObject({ state: 'broken' });
      expect(again.vault.status().problem?.message).toContain('damaged');
    }
    first.store.putVault(row);
    const again = openVault(weakKeys(), { file: first.file });
    expect((await again.vault.unlock(passphrase)).ok).toBe(true);
    expect(again.vault.use(id)).toEqual({ ok: true, value });
  });

  it('never opens with the tag cut to four bytes (security)', async () => {
    const { vault, store: rows } = openVault(makeMachineKeys());
    const id = await store(vault, value);
    const row = rows.secret(id);
    if (!row) throw new Error('no row');
    rows.putSecret({ ...row, sealedValue: row.sealedValue.subarray(0, row.sealedValue.length - 12) });
    expect(vault.use(id)).toMatchObject({ ok: false });
  });
});

describe('locking', () => {
  it('happens by itself when nothing was used for the minutes chosen', async () => {
    const { vault, clock } = openVault(makeMachineKeys());
    const id = await store(vault, value);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const pass = (minutes: number) => {
      clock.ms += minutes * 60_000;
      vi.advanceTimersByTime(minutes * 60_000);
    };
    vault.setSettings({ autoLockMinutes: 10 });
    pass(6);
    vault.use(id);
    pass(6);
    vault.whyUnusable(id);
    expect(vault.isUnlocked()).toBe(true);
    pass(5);
    expect(vault.isUnlocked()).toBe(false);
    expect(vault.use(id)).toMatchObject({ ok: false, why: { state: 'locked' } });
  });

  it('happens with the screen where that was chosen', async () => {
    let tell: (isLocked: boolean) => void = () => {};
    const screen = {
      isLocked: () => false,
      onChange(listener: (isLocked: boolean) => void) {
        tell = listener;
        return () => {};
      },
    };
    const { vault, locked } = openVault(makeMachineKeys(), { screen });
    await store(vault, value);
    tell(true);
    expect(vault.isUnlocked()).toBe(true);
    vault.setSettings({ lockWithScreen: true });
    tell(true);
    expect(vault.isUnlocked()).toBe(false);
    expect(locked.count).toBe(1);
  });

  it('forgets a removed value for good', async () => {
    const { vault, file } = openVault(makeMachineKeys());
    const id = await store(vault, value);
    vault.remove(id);
    expect(vault.use(id)).toMatchObject({ ok: false });
    const db = new Database(file, { readonly: true });
    onTestFinished(() => void db.close());
    expect(db.prepare('SELECT count(*) FROM vault_secrets').pluck().get()).toBe(0);
  });
});
