import { type FormEvent, useId, useRef, useState } from 'react';
import type { CatalogEntry, CatalogOption, ServerView, Transport } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { focusFirstError } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { OptionList } from '../../ui/option-list.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { CatalogFields } from './catalog-fields.tsx';
import { LaunchPreview } from './edit-consent.tsx';
import { useAddedServer } from './use-added-server.ts';

interface EntryFormProps {
  entry: CatalogEntry;
  onAdded: (server: ServerView) => void;
  onBack: () => void;
  onClose: () => void;
}

/** One entry of the catalog: what it asks for, then exactly what would run, then the button that adds it. */
export function EntryForm({ entry, onAdded, onBack, onClose }: EntryFormProps) {
  const bridge = useBridge();
  const add = useAddedServer();
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const { busy, run, failure } = useCommand({ says: 'here' });
  const usable = entry.options.filter(({ refusal }) => refusal === null);
  const [chosen, setChosen] = useState(usable[0]?.key ?? '');
  const [values, setValues] = useState<Record<string, string>>({});
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [planned, setPlanned] = useState<Transport | null>(null);
  const option = usable.find(({ key }) => key === chosen);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    await run(async () => {
      if (planned) return onAdded(await add(entry.title, planned));
      const plan = await bridge.call('catalog.plan', { name: entry.name, option: chosen, values });
      setPlanned(plan.transport);
      setProblems(plan.problems);
      if (plan.transport === null) focusFirstError(form.current);
    });
  };
  const change = (next: Record<string, string>): void => {
    setValues(next);
    setPlanned(null);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={makeVisibleLine(entry.title)}
      description={makeVisibleLine(entry.description)}
      footer={
        <>
          <Button onClick={onBack}>Back</Button>
          <span className="grow" />
          <Button type="submit" form={formId} variant="primary" busy={busy} disabled={option === undefined}>
            {planned ? 'Add server' : 'Show what will run'}
          </Button>
        </>
      }
    >
      <form ref={form} id={formId} className="catalog-form" onSubmit={(event) => void submit(event)} noValidate>
        <KvList items={describeEntry(entry, option)} />
        {usable.length > 1 && (
          <OptionList
            label="How it runs"
            value={chosen}
            onChange={(key) => {
              setChosen(key);
              setPlanned(null);
            }}
            options={usable.map(({ key, label, kind }) => ({
              value: key,
              label: makeVisibleLine(label),
              detail: kind === 'remote' ? 'It runs elsewhere; calls go there.' : 'It runs on this computer.',
            }))}
          />
        )}
        {option && <CatalogFields fields={option.fields} values={values} problems={problems} onChange={change} />}
        {option === undefined && <Refusals options={entry.options} />}
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

function describeEntry(entry: CatalogEntry, option: CatalogOption | undefined) {
  return [
    ['Published as', makeVisibleLine(entry.name)],
    ['Package', option ? makeVisibleLine(option.label) : null],
    [
      'Checksum',
      option?.integrity ? (
        <code key="integrity" className="catalog-sum">
          {makeVisibleLine(option.integrity)}
        </code>
      ) : option === undefined || option.kind === 'remote' ? null : (
        'not known here; the version is pinned'
      ),
    ],
    ['More about it', entry.website && makeVisibleLine(entry.website)],
  ] as const;
}

function Refusals({ options }: { options: readonly CatalogOption[] }) {
  if (options.length === 0) return <p className="t2">Its publisher does not say how it is run.</p>;
  return options.map((option) => (
    <p key={option.key} className="t2">
      {makeVisibleLine(option.label)}: {option.refusal}
    </p>
  ));
}
