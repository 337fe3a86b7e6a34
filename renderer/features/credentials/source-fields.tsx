import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Segment } from '../../ui/segment.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { readSource, type SourceDraft, type SourceForm } from './source-draft.ts';
import type { useSecretPaste } from './use-secret-paste.ts';

interface SourceFieldsProps {
  /** `Token`, `Password`. */
  noun: string;
  draft: SourceDraft;
  onChange: (draft: SourceDraft) => void;
  error: string | null;
  paste: ReturnType<typeof useSecretPaste>['paste'];
}

const forms: readonly { value: SourceForm; label: string; hint: string }[] = [
  { value: 'value', label: 'Keep it in the vault', hint: 'Encrypted; never shown again' },
  { value: 'env', label: 'Variable', hint: 'Read from the environment ScopeGate runs in' },
  { value: 'file', label: 'File', hint: 'Read from a file only you can read' },
  { value: 'op', label: '1Password', hint: 'Read with the 1Password command line' },
];

/** The value of a credential, or where to read it each time. */
export function SourceFields({ noun, draft, onChange, error, paste }: SourceFieldsProps) {
  const bridge = useBridge();
  const sources = useQuery({
    queryKey: ['credentials.sources'],
    queryFn: () => bridge.call('credentials.sources', {}),
  });
  const hasOnePassword = sources.data?.onePassword === true || draft.form === 'op';
  return (
    <div className="source">
      <div>
        <div className="fld-label">Where it is</div>
        <Segment
          label="Where it is"
          value={draft.form}
          options={forms.filter(({ value }) => value !== 'op' || hasOnePassword)}
          onChange={(form) => onChange({ ...draft, form })}
        />
      </div>
      {draft.form === 'value' ? (
        <ValueField noun={noun} draft={draft} onChange={onChange} error={error} paste={paste} />
      ) : (
        <ReferenceField draft={draft} onChange={onChange} error={error} />
      )}
    </div>
  );
}

function ValueField({ noun, draft, onChange, error, paste }: SourceFieldsProps) {
  const [note, setNote] = useState<string | null>(null);
  const take = async (): Promise<void> => {
    const taken = await paste();
    if ('refusal' in taken) {
      setNote(taken.refusal);
      return;
    }
    setNote('Pasted. The clipboard is emptied when you save, where that is possible.');
    onChange({ ...draft, value: taken.text });
  };
  return (
    <TextField
      label={noun}
      type="password"
      mono
      value={draft.value}
      error={error}
      hint={<span aria-live="polite">{note ?? 'Not shown again once it is saved; it can be replaced.'}</span>}
      onChange={(value) => onChange({ ...draft, value })}
      action={
        <Button small variant="ghost" onClick={() => void take()}>
          Paste
        </Button>
      }
    />
  );
}

const referenceWords: Readonly<Record<Exclude<SourceForm, 'value'>, { label: string; hint: string; like: string }>> = {
  env: { label: 'Variable', hint: 'Its value when it is used; nothing is stored.', like: 'GITHUB_TOKEN' },
  file: { label: 'Path', hint: 'Read each time; only you may be able to read it.', like: '/home/you/.secrets/github' },
  op: { label: 'Reference', hint: '1Password may ask you when it is used.', like: 'op://Private/GitHub/token' },
};

function ReferenceField({ draft, onChange, error }: Pick<SourceFieldsProps, 'draft' | 'onChange' | 'error'>) {
  const bridge = useBridge();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [checked, setChecked] = useState<{ of: string; ok: boolean; message: string } | null>(null);
  if (draft.form === 'value') return null;
  const words = referenceWords[draft.form];
  const read = readSource(draft);
  const reference = read.ok && read.source.from === 'reference' ? read.source.reference : null;
  const check = () =>
    run(async () => {
      if (reference === null) return;
      setChecked({ of: reference, ...(await bridge.call('credentials.checkReference', { reference })) });
    });
  const known = checked?.of === reference ? checked : null;
  return (
    <>
      <TextField
        label={words.label}
        mono
        placeholder={words.like}
        value={draft.reference}
        error={error}
        hint={words.hint}
        onChange={(next) => onChange({ ...draft, reference: next })}
        action={
          <Button small variant="ghost" busy={busy} disabled={reference === null} onClick={() => void check()}>
            Check
          </Button>
        }
      />
      <div role="status" className="source-check">
        {failure !== null && <StateWord tone="fault" icon="fault" word={failure} />}
        {known !== null &&
          (known.ok ? (
            <StateWord tone="allow" icon="check" word="A value is there" />
          ) : (
            <StateWord tone="fault" icon="fault" word={known.message} />
          ))}
      </div>
    </>
  );
}
