import { Button } from '../../ui/button.tsx';
import { StepFrame } from './step-frame.tsx';

/** Says where secrets are kept; while no vault is open, that they are not copied at all. */
export function VaultStep({ hasVault, onNext }: { hasVault: boolean; onNext: () => void }) {
  return (
    <StepFrame
      title="Protect secrets"
      about={
        hasVault
          ? 'Secrets that are found while importing are kept in the vault. How it is protected is chosen on the Credentials page.'
          : 'No vault is open. Set one up or unlock it on the Credentials page to keep secrets there; or go on, and a server gets its own from a variable or a file that you name.'
      }
      footer={
        <Button variant="primary" onClick={onNext}>
          Continue
        </Button>
      }
    />
  );
}
