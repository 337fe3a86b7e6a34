import { useState } from 'react';
import {
  checkEndpoint,
  type TelemetryConfig,
  type TelemetryState,
  telemetryFields,
  telemetrySignals,
} from '../../../electron/shared/index.ts';
import { useLeaveGuard } from '../../frame/leave-guard.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { KeyValueEditor } from '../../ui/key-value-editor.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { Switch } from '../../ui/switch.tsx';
import { fieldWords, signalWords } from './export-words.ts';
import { SettingGroup, SettingRow } from './setting-row.tsx';
import { TestOutcome } from './test-outcome.tsx';
import { type ExportDraft, useExportDraft } from './use-export-draft.ts';

/** The address of a collector, what goes there, and what of it. */
export function CollectorForm({ state }: { state: TelemetryState }) {
  const draft = useExportDraft(state.config);
  const [asked, setAsked] = useState<'save' | 'test' | null>(null);
  useLeaveGuard(draft.isDirty, 'the changes to the export');
  const { config } = draft;
  const endpoint = checkEndpoint(config.endpoint);
  const isPlain = endpoint.ok && endpoint.isPlain && !config.plainAllowed;
  const act = (what: 'save' | 'test') => {
    if (isPlain) setAsked(what);
    else if (what === 'save') void draft.save({ ...config, on: true });
    else void draft.test(config);
  };
  const canAct = state.unsupported === null && endpoint.ok && draft.isValid && config.signals.length > 0;
  return (
    <SettingGroup
      title="OpenTelemetry collector"
      text="Sends the audit log to a collector of yours over OTLP/HTTP. Off until you turn it on; calls never wait for it."
    >
      {state.unsupported !== null && <p className="set-note">{state.unsupported}</p>}
      <Address draft={draft} error={config.endpoint === '' || endpoint.ok ? null : endpoint.message} />
      <Choices
        title="What is sent"
        names={telemetrySignals}
        words={signalWords}
        chosen={config.signals}
        onChange={(signals) => draft.change({ signals })}
      />
      <Choices
        title="What may be in it"
        names={telemetryFields}
        words={fieldWords}
        chosen={config.fields}
        onChange={(fields) => draft.change({ fields })}
      />
      <SettingRow title="Begin with" text="Where a collector takes up the log.">
        <SelectMenu label="Begin with" value={draft.from} options={starts(state.config)} onChange={draft.setFrom} />
      </SettingRow>
      <FormFailure text={draft.failure} />
      {draft.outcome !== null && <TestOutcome outcome={draft.outcome} />}
      <div className="set-actions">
        <Button busy={draft.testing} disabled={!canAct} onClick={() => act('test')}>
          Send a test
        </Button>
        <span className="grow" />
        {state.config.on && (
          <Button disabled={draft.busy} onClick={() => void draft.save({ ...state.config, on: false })}>
            Turn off
          </Button>
        )}
        <Button
          variant="primary"
          busy={draft.busy}
          disabled={!canAct || (state.config.on && !draft.isDirty && draft.from === 'kept')}
          onClick={() => act('save')}
        >
          {state.config.on ? 'Save changes' : 'Turn on'}
        </Button>
      </div>
      <ConfirmDialog
        open={asked !== null}
        title="Send it unencrypted?"
        confirmLabel="Send unencrypted"
        danger
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          const allowed = { ...config, plainAllowed: true };
          draft.change({ plainAllowed: true });
          if (asked === 'save') void draft.save({ ...allowed, on: true });
          else void draft.test(allowed);
          setAsked(null);
        }}
      >
        {endpoint.ok ? endpoint.host : 'The collector'} is another machine, and http:// hides nothing: whoever is on the
        way can read every entry and every header. Use https:// if the collector offers it.
      </ConfirmDialog>
    </SettingGroup>
  );
}

function starts({ endpoint }: TelemetryConfig) {
  return [
    { value: 'now', label: 'New entries', detail: 'What happens from now on' },
    { value: 'beginning', label: 'The whole log', detail: 'From the oldest entry that is still there' },
    ...(endpoint === ''
      ? []
      : [{ value: 'kept', label: 'Where it stopped', detail: 'With the first entry that was not taken' } as const]),
  ] as const;
}

function Address({ draft, error }: { draft: ExportDraft; error: string | null }) {
  return (
    <div className="set-block">
      <TextField
        label="Address"
        value={draft.config.endpoint}
        onChange={(endpoint) => draft.change({ endpoint, plainAllowed: false })}
        placeholder="https://collector.example.com:4318"
        inputMode="url"
        mono
        error={error}
        hint="Without /v1/traces and the like: they are added."
      />
      <KeyValueEditor
        noun="Header"
        legend="Headers"
        hint="Values are env:NAME or file:/path, read when something is sent and shown nowhere."
        rows={draft.headers}
        errors={draft.headerErrors}
        onChange={draft.setHeaders}
      />
    </div>
  );
}

interface ChoicesProps<T extends string> {
  title: string;
  names: readonly T[];
  words: Readonly<Record<T, { label: string; text: string }>>;
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}

function Choices<T extends string>({ title, names, words, chosen, onChange }: ChoicesProps<T>) {
  return (
    <fieldset className="set-choices">
      <legend className="lab">{title}</legend>
      {names.map((name) => (
        <SettingRow key={name} title={words[name].label} text={words[name].text}>
          <Switch
            label={words[name].label}
            checked={chosen.includes(name)}
            onChange={(on) => onChange(names.filter((other) => (other === name ? on : chosen.includes(other))))}
          />
        </SettingRow>
      ))}
    </fieldset>
  );
}
