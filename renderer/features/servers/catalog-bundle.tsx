import { type FormEvent, useId, useRef, useState } from 'react';
import type { BundleView, ServerView, Transport } from '../../../electron/shared/index.ts';
import { formatBytes } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { CatalogFields } from './catalog-fields.tsx';
import { LaunchPreview } from './edit-consent.tsx';
import { useAddedServer } from './use-added-server.ts';

interface BundleFormProps {
  onAdded: (server: ServerView) => void;
  onBack: () => void;
  onClose: () => void;
}

/** A server in one file: look through it, answer what it asks, unpack it, see what would run, add it. */
export function BundleForm({ onAdded, onBack, onClose }: BundleFormProps) {
  const bridge = useBridge();
  const add = useAddedServer();
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [path, setPath] = useState('');
  const [bundle, setBundle] = useState<BundleView | null>(null);
  const [values, setValues] = useState<Record<string, string>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [planned, setPlanned] = useState<Transport | null>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    await run(async () => {
      if (bundle === null) return setBundle(await bridge.call('catalog.bundle', { path: path.trim() }));
      if (planned) return onAdded(await add(bundle.name, planned));
      const plan = await bridge.call('catalog.unpack', { path: path.trim(), hash: bundle.hash, values });
      setPlanned(plan.transport);
      setProblems(plan.problems);
      if (plan.transport === null) focusFirstError(form.current);
    });
  };
  const verb = bundle === null ? 'Look through it' : planned ? 'Add server' : 'Unpack and show what will run';
  return (
    <Dialog
      open
      onClose={onClose}
      title="From a bundle"
      description="A bundle (.mcpb) holds a whole server. Nothing of it runs before you have seen the command."
      footer={
        <>
          <Button onClick={onBack}>Back</Button>
          <span className="grow" />
          <Button type="submit" form={formId} variant="primary" busy={busy} disabled={path.trim() === ''}>
            {verb}
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="catalog-form" onSubmit={(event) => void submit(event)} noValidate>
        <TextField
          label="File"
          mono
          value={path}
          placeholder="/home/you/Downloads/server.mcpb"
          hint="The whole path on the computer ScopeGate runs on."
          onChange={(next) => {
            setPath(next);
            setBundle(null);
            setPlanned(null);
          }}
        />
        {bundle && <KvList items={describeBundle(bundle)} />}
        {bundle && (
          <CatalogFields
            fields={bundle.fields}
            values={values}
            problems={problems}
            onChange={(next) => {
              setValues(next);
              setPlanned(null);
            }}
          />
        )}
        {planned && (
          <section>
            <div className="lab">What will run</div>
            <LaunchPreview transport={planned} />
          </section>
        )}
      </form>
      <FormFailure text={failure ?? problems[''] ?? null} />
    </Dialog>
  );
}

function describeBundle(bundle: BundleView) {
  return [
    ['Name', makeVisibleLine(`${bundle.name} ${bundle.version}`)],
    ['About', bundle.description === '' ? null : makeVisibleLine(bundle.description)],
    ['Says it is by', makeVisibleLine(bundle.author)],
    ['Holds', `${bundle.files} files, ${formatBytes(bundle.bytes)} unpacked`],
    [
      'SHA-256',
      <code key="hash" className="catalog-sum">
        {bundle.hash}
      </code>,
    ],
  ] as const;
}
