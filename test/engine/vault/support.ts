import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { MasterKeyPort, ScreenPort } from '../../../electron/engine/ports.ts';
import type { StoreWriter } from '../../../electron/engine/store/contract.ts';
import { openStore } from '../../../electron/engine/store/open.ts';
import { CredentialVault } from '../../../electron/engine/vault/vault.ts';
import { createEchoGuard, type EchoGuard } from '../../../electron/engine/wire/echo-guard.ts';

export interface TestVault {
  vault: CredentialVault;
  store: StoreWriter;
  file: string;
  guard: EchoGuard;
  clock: { ms: number };
  locked: { count: number };
}

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-vault-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A vault on a real database; a file of an earlier one opens it again. */
export function openVault(keys: MasterKeyPort | null, options: { file?: string; screen?: ScreenPort } = {}): TestVault {
  const file = options.file ?? join(makeFolder(), 'scopegate.db');
  const store = openStore({ file });
  onTestFinished(() => store.close());
  const guard = createEchoGuard();
  const clock = { ms: 1_000_000 };
  const locked = { count: 0 };
  const vault = new CredentialVault({
    ...{ store, keys, guard, random: randomBytes, costLog2: 14 },
    screen: options.screen ?? null,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => clock.ms,
    onChanged: () => {},
    onLocked: () => {
      locked.count += 1;
    },
  });
  onTestFinished(() => vault.close());
  return { vault, store, file, guard, clock, locked };
}

/** Stores a value; a vault that cannot is a broken test. */
export async function store(vault: CredentialVault, value: string, secretId: string | null = null): Promise<string> {
  const put = await vault.put(secretId, value);
  if (!put.ok) throw new Error(put.why.message);
  return put.value.secretId;
}
