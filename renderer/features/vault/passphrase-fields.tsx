import { minPassphrase } from '../../../electron/shared/index.ts';
import { TextField } from '../../ui/field.tsx';

export interface NewPassphrase {
  passphrase: string;
  repeat: string;
}

export const noPassphrase: NewPassphrase = { passphrase: '', repeat: '' };

/** What is wrong with a new passphrase; null: nothing. */
export function checkPassphrase({
  passphrase,
  repeat,
}: NewPassphrase): { passphrase?: string; repeat?: string } | null {
  if (passphrase.length < minPassphrase) return { passphrase: `Use at least ${minPassphrase} characters.` };
  return passphrase === repeat ? null : { repeat: 'This is not the same.' };
}

interface PassphraseFieldsProps {
  label?: string;
  value: NewPassphrase;
  onChange: (value: NewPassphrase) => void;
  isChecked: boolean;
}

/** A new passphrase, twice. */
export function PassphraseFields({ label = 'Passphrase', value, onChange, isChecked }: PassphraseFieldsProps) {
  const errors = isChecked ? checkPassphrase(value) : null;
  return (
    <>
      <TextField
        label={label}
        type="password"
        maxLength={1024}
        value={value.passphrase}
        error={errors?.passphrase ?? null}
        hint={`At least ${minPassphrase} characters; several words are good. Nobody can reset it.`}
        onChange={(passphrase) => onChange({ ...value, passphrase })}
      />
      <TextField
        label="Once more"
        type="password"
        maxLength={1024}
        value={value.repeat}
        error={errors?.repeat ?? null}
        onChange={(repeat) => onChange({ ...value, repeat })}
      />
    </>
  );
}
