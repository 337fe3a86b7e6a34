import { useState } from 'react';
import type { VaultAnswer } from '../../../electron/shared/index.ts';
import { useCommand } from '../../ui/use-command.ts';

interface VaultAsk {
  busy: boolean;
  /** Why nothing happened: the vault's own answer, or that it could not be asked. */
  failure: string | null;
  /** True when the vault did it. */
  ask: (work: () => Promise<Pick<VaultAnswer, 'ok' | 'message'>>) => Promise<boolean>;
}

/** Asks the vault for something a passphrase may be wrong for: that is an answer, and stands beside the field. */
export function useVaultAnswer(): VaultAsk {
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [refusal, setRefusal] = useState<string | null>(null);
  return {
    busy,
    failure: failure ?? refusal,
    async ask(work) {
      let isDone = false;
      setRefusal(null);
      await run(async () => {
        const answer = await work();
        isDone = answer.ok;
        if (!answer.ok) setRefusal(answer.message);
      });
      return isDone;
    },
  };
}
