import { useLocation } from 'wouter';
import { useBridge, useEngineStore } from '../state/engine-context.tsx';
import { selectIsInStep } from '../state/selectors.ts';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from '../ui/use-command.ts';

/** Locks the vault at once; a locked one is opened where the person can give what opens it. */
export function useVaultToggle(): { canToggle: boolean; toggle: () => void } {
  const bridge = useBridge();
  const toast = useToast();
  const [, navigate] = useLocation();
  const isInStep = useEngineStore(selectIsInStep);
  const state = useEngineStore((engine) => engine.vault?.state ?? 'empty');
  const { busy, run } = useCommand();
  const lock = async (): Promise<void> => {
    const isLocked = await run(() => bridge.call('vault.lock', {}));
    if (isLocked) toast({ text: 'The vault is locked. Calls that need a credential are refused until you unlock it.' });
  };
  return {
    canToggle: isInStep && !busy && state !== 'empty',
    toggle: () => {
      if (!isInStep || busy) return;
      if (state === 'unlocked') void lock();
      else navigate(state === 'empty' ? '/credentials/vault' : '/credentials');
    },
  };
}
