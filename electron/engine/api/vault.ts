import type { VaultAnswer } from '../../shared/index.ts';
import { exportCredentials, importCredentials } from '../credential-export.ts';
import { BridgeFault } from '../faults.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

export function makeVaultHandlers(parts: EngineParts): HandlersFor<'vault'> {
  const { audit, credentials } = parts;
  const { vault, book } = credentials;
  const record = (event: string, details: Record<string, string | number | boolean | null> | null = null) => {
    if (audit.append({ event, actor: 'person', details })) return;
    throw new BridgeFault(
      'unavailable',
      'The audit log cannot be written, so nothing was changed.',
      'Free disk space or mend the data folder.',
    );
  };
  /** What is told afterwards because only then it is known whether it happened. */
  const recordEnd = (event: string, answer: VaultAnswer) => {
    audit.append({ event, actor: 'person', details: { ok: answer.ok } });
    return answer;
  };

  return {
    'vault.create': async ({ passphrase }) => recordEnd('vault.created', await vault.create(passphrase)),
    'vault.unlock': async ({ passphrase }) => recordEnd('vault.unlocked', await vault.unlock(passphrase)),
    'vault.lock': () => {
      // locking only narrows, so it happens even when it cannot be written down
      vault.lock();
      audit.append({ event: 'vault.locked', actor: 'person' });
      return {};
    },
    'vault.setPassphrase': async ({ current, passphrase }) => {
      record('vault.passphrase_asked');
      return recordEnd('vault.passphrase_set', await vault.setPassphrase(current, passphrase));
    },
    'vault.removePassphrase': async ({ current }) => {
      record('vault.passphrase_asked');
      return recordEnd('vault.passphrase_removed', await vault.removePassphrase(current));
    },
    'vault.rotateKey': async () => {
      record('vault.key_rotation_asked');
      const answer = recordEnd('vault.key_rotated', await vault.rotateKey());
      if (!answer.ok) throw new BridgeFault('conflict', answer.message);
      return {};
    },
    'vault.setSettings': ({ autoLockMinutes, lockWithScreen }) => {
      record('vault.settings_changed', {
        ...(autoLockMinutes === undefined ? {} : { autoLockMinutes }),
        ...(lockWithScreen === undefined ? {} : { lockWithScreen }),
      });
      vault.setSettings({
        ...(autoLockMinutes === undefined ? {} : { autoLockMinutes }),
        ...(lockWithScreen === undefined ? {} : { lockWithScreen }),
      });
      return {};
    },
    'vault.export': async ({ passphrase, current }) => {
      const refusal = await vault.checkPerson(current);
      if (refusal !== null) return { ok: false, message: refusal.message, retryAt: refusal.retryAt };
      record('vault.exported');
      return exportCredentials({ book, vault, now: parts.ports.clock.now() }, passphrase);
    },
    'vault.import': async ({ passphrase, text }) => {
      record('vault.import_asked');
      return importCredentials({ book, vault, now: parts.ports.clock.now() }, passphrase, text);
    },
    'vault.startOver': async ({ passphrase }) => recordEnd('vault.started_over', await vault.startOver(passphrase)),
  };
}
