import { type FormEvent, useState } from 'react';
import type { TransformRule } from '../../../electron/shared/index.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Segment } from '../../ui/segment.tsx';

interface TransformRulesProps {
  rules: readonly TransformRule[];
  isBusy: boolean;
  onChange: (rules: TransformRule[]) => void;
}

const kinds = [
  { value: 'drop', label: 'Drop', hint: 'Leave a member out' },
  { value: 'keep', label: 'Keep only', hint: 'Leave out everything else' },
  { value: 'replace', label: 'Replace', hint: 'Put another text in the place of one' },
] as const satisfies readonly { value: TransformRule['kind']; label: string; hint: string }[];

/** Changes made to the results of one tool before the agent reads them. */
export function TransformRules({ rules, isBusy, onChange }: TransformRulesProps) {
  return (
    <section aria-label="Changes to results">
      <b>Changes to results</b>
      {rules.length === 0 && <p className="t2">None. Results without changes are passed on byte for byte.</p>}
      <ul className="transforms">
        {rules.map((rule, index) => (
          <li key={JSON.stringify(rule)} className="hs">
            <code className="grow">{describeTransform(rule)}</code>
            <IconButton
              icon="x"
              label={`Remove: ${describeTransform(rule)}`}
              disabled={isBusy}
              onClick={() => onChange(rules.filter((_rule, at) => at !== index))}
            />
          </li>
        ))}
      </ul>
      <AddTransform isBusy={isBusy} onAdd={(rule) => onChange([...rules, rule])} />
    </section>
  );
}

function describeTransform(rule: TransformRule): string {
  const where = rule.tool === '*' ? 'every tool' : rule.tool;
  if (rule.kind === 'replace') return `${where}: replace "${rule.find}" by "${rule.with}"`;
  return `${where}: ${rule.kind === 'drop' ? 'drop' : 'keep only'} ${rule.path}`;
}

function AddTransform({ isBusy, onAdd }: { isBusy: boolean; onAdd: (rule: TransformRule) => void }) {
  const [kind, setKind] = useState<TransformRule['kind']>('drop');
  const [tool, setTool] = useState('*');
  const [what, setWhat] = useState('');
  const [replacement, setReplacement] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const name = tool.trim();
    if (name === '' || what === '') return;
    onAdd(
      kind === 'replace'
        ? { kind, tool: name, find: what, with: replacement }
        : { kind, tool: name, path: what.trim() },
    );
    setWhat('');
    setReplacement('');
  };
  return (
    <form className="transform-add" onSubmit={submit}>
      <Segment<TransformRule['kind']>
        label="Kind of change"
        value={kind}
        options={kinds}
        disabled={isBusy}
        onChange={setKind}
      />
      <TextField label="Tool, * for every one" value={tool} maxLength={128} onChange={setTool} />
      <TextField
        label={kind === 'replace' ? 'Text to look for' : 'Member, such as user.email or items.*.id'}
        value={what}
        maxLength={400}
        onChange={setWhat}
      />
      {kind === 'replace' && (
        <TextField label="Put in its place" value={replacement} maxLength={400} onChange={setReplacement} />
      )}
      <Button type="submit" disabled={isBusy || what === '' || tool.trim() === ''}>
        Add change
      </Button>
    </form>
  );
}
