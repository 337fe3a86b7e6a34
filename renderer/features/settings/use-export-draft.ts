import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type BridgeParams,
  type BridgeResult,
  type TelemetryConfig,
  telemetryConfigSchema,
} from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { type KeyValueRow, recordOf, rowsOf } from '../../ui/key-value-editor.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { telemetryKey } from './use-telemetry.ts';

type Start = BridgeParams<'telemetry.configure'>['from'];
export type TestAnswer = BridgeResult<'telemetry.test'>;

/** The export as it is being edited; nothing is sent or stored before `save` or `test`. */
export interface ExportDraft {
  config: TelemetryConfig;
  headers: readonly KeyValueRow[];
  headerErrors: Readonly<Record<string, { name?: string; value?: string }>>;
  from: Start;
  isDirty: boolean;
  /** Nothing but the address may still be wrong. */
  isValid: boolean;
  busy: boolean;
  testing: boolean;
  failure: string | null;
  /** Of the last test, until something is changed. */
  outcome: TestAnswer | null;
  change(changes: Partial<TelemetryConfig>): void;
  setHeaders(rows: KeyValueRow[]): void;
  setFrom(from: Start): void;
  save(config: TelemetryConfig): Promise<void>;
  test(config: TelemetryConfig): Promise<void>;
}

export function useExportDraft(saved: TelemetryConfig): ExportDraft {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const saving = useCommand({ says: 'here' });
  const testing = useCommand({ says: 'here' });
  const [edited, setEdited] = useState(saved);
  const [headers, setHeaders] = useState(() => rowsOf(saved.headers));
  const [from, setFrom] = useState<Start>(saved.endpoint === '' ? 'now' : 'kept');
  const [outcome, setOutcome] = useState<TestAnswer | null>(null);
  const config = { ...edited, headers: recordOf(headers) };
  const configure = async (next: TelemetryConfig, start: Start) => {
    await bridge.call('telemetry.configure', { config: next, from: start });
    await client.invalidateQueries({ queryKey: [telemetryKey] });
  };
  const save = async (next: TelemetryConfig) => {
    await saving.run(async () => {
      await configure(next, from);
      const undo = () => void saving.run(() => configure(saved, 'kept'));
      toast({ text: next.on ? (saved.on ? 'Export changed' : 'Export turned on') : 'Export turned off', undo });
    });
  };
  return {
    config,
    headers,
    headerErrors: findErrors(headers),
    from,
    isDirty: JSON.stringify(config) !== JSON.stringify(saved),
    isValid: telemetryConfigSchema.safeParse(config).success,
    busy: saving.busy,
    testing: testing.busy,
    failure: saving.failure ?? testing.failure,
    outcome,
    change(changes) {
      setEdited((before) => ({ ...before, ...changes }));
      setOutcome(null);
    },
    setHeaders(rows) {
      setHeaders(rows);
      setOutcome(null);
    },
    setFrom,
    save,
    async test(next) {
      setOutcome(null);
      await testing.run(async () => setOutcome(await bridge.call('telemetry.test', { config: next })));
    },
  };
}

/** What the engine would refuse, said where it stands; rows that are still empty are not wrong yet. */
function findErrors(rows: readonly KeyValueRow[]): Record<string, { name?: string; value?: string }> {
  const { headers } = telemetryConfigSchema.shape;
  const errors: Record<string, { name?: string; value?: string }> = {};
  for (const { id, name, value } of rows) {
    if (name === '' && value === '') continue;
    const isNameRight = headers.safeParse({ [name]: 'env:X' }).success;
    const isValueRight = headers.safeParse({ x: value }).success;
    if (isNameRight && isValueRight) continue;
    errors[id] = {
      ...(isNameRight ? {} : { name: 'Letters, digits and -.' }),
      ...(isValueRight ? {} : { value: 'env:NAME or file:/absolute/path.' }),
    };
  }
  return errors;
}
