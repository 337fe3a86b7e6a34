import type { Unusable } from '../arming.ts';

/** What people read about the vault; no value stands in any of it. */
export const vaultWords = {
  noStore: 'This system has no key store that ScopeGate can use.',
  storeRefused: 'The key store of this system refused to keep a key.',
  setPassphrase: 'Choose a passphrase for the vault under Credentials.',
  wrongPassphrase: 'This is not the passphrase of this vault.',
  tooSoon: 'Too many wrong passphrases; wait a little.',
  locked: {
    state: 'locked',
    message: 'The vault is locked.',
    fix: 'Unlock it under Credentials, then try again.',
  } satisfies Unusable,
  missing: {
    state: 'broken',
    message: 'The value of this credential is not in the vault that is open.',
    fix: 'Replace its value under Credentials.',
  } satisfies Unusable,
  altered: {
    state: 'broken',
    message: 'The stored value of this credential was altered or damaged and does not open.',
    fix: 'Replace its value, or put back a backup of the database.',
  } satisfies Unusable,
  damaged: {
    message: 'The key of the vault is damaged and does not open.',
    fix: 'Put back a backup of the database; or start over and enter the values again.',
  },
  foreign: {
    message: 'The key of the vault was kept by the key store of another machine or user, or the store has lost it.',
    fix: 'Open it where it was made and export it there; or start over and enter the values again.',
  },
  damagedValues: (count: number) =>
    `${count === 1 ? 'One value does' : `${count} values do`} not open. Replace or remove ${count === 1 ? 'it' : 'them'} first; nothing was changed.`,
};
