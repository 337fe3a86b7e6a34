import type { VaultStatus } from '../../../electron/shared/index.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SetUpVault } from './set-up-vault.tsx';

/** Leaves a vault nobody can open aside and begins with an empty one. */
export function StartOverDialog({ vault, onClose }: { vault: VaultStatus; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title="Start over with an empty vault?"
      description="Your credentials stay in the list and ask for new values. The old values are kept as they are, shut; nobody can read them without the old key."
    >
      <SetUpVault vault={vault} does="vault.startOver" onDone={onClose} />
    </Dialog>
  );
}
