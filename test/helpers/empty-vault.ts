import type { VaultStatus } from '../../electron/shared/index.ts';

/** A vault nothing was ever stored in, on a system with a key store. */
export function makeVaultStatus(own: Partial<VaultStatus> = {}): VaultStatus {
  return {
    state: 'empty',
    protection: null,
    osStore: 'a key store',
    weak: null,
    problem: null,
    secrets: 0,
    autoLockMinutes: null,
    locksAt: null,
    lockWithScreen: false,
    knowsScreen: false,
    retryAt: null,
    wanted: null,
    createdAt: null,
    keyRotatedAt: null,
    ...own,
  };
}
