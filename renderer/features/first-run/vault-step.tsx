import { Button } from '../../ui/button.tsx';
import { StepFrame } from './step-frame.tsx';

/** Says where secrets are kept; where there is no vault, that they are not copied at all. */
export function VaultStep({ hasVault, onNext }: { hasVault: boolean; onNext: () => void }) {
  return (
    <StepFrame
      title="Protect secrets"
      about={
        hasVault
          ? 'Secrets that are found while importing are kept in the vault. How it is protected is chosen on the Credentials page.'
          : 'This build has no vault. Secrets are not copied: a server gets its own from a variable or a file that you name.'
      }
      footer={
        <Button variant="primary" onClick={onNext}>
          Continue
        </Button>
      }
    />
  );
}
