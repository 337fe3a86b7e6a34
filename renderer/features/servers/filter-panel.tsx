import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { FilterMode, FilterSettings, ServerView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { Segment } from '../../ui/segment.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { TransformRules } from './transform-rules.tsx';

const rows = [
  { name: 'secrets', title: 'Secrets', text: 'Keys, tokens and passwords in what the server answers.' },
  {
    name: 'hidden',
    title: 'Hidden characters',
    text: 'Characters that are not seen, or that reorder the text around them.',
  },
  {
    name: 'personal',
    title: 'Personal numbers',
    text: 'Payment cards, bank accounts (IBAN), US social security numbers.',
  },
] as const satisfies readonly { name: keyof FilterSettings; title: string; text: string }[];

const modes = [
  { value: 'off', label: 'Off', hint: 'Not looked for' },
  { value: 'flag', label: 'Show', hint: 'Passed on unchanged; you see it in Live' },
  { value: 'redact', label: 'Remove', hint: 'Replaced before the agent reads it' },
  { value: 'block', label: 'Withhold', hint: 'The agent gets no result' },
] as const satisfies readonly { value: FilterMode; label: string; hint: string }[];

/** What happens to things found in the results of one server. */
export function FilterPanel({ server }: { server: ServerView }) {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const { busy, run } = useCommand();
  const key = ['content.filter', server.id];
  const query = useQuery({
    queryKey: key,
    queryFn: () => bridge.call('content.filter', { id: server.id }),
    staleTime: 0,
  });
  if (query.isError && query.data === undefined) {
    const error = explainError(query.error);
    return (
      <LoadError
        title="The settings could not be read"
        detail={`${error.message} ${error.fix}`.trim()}
        stillWorks="Results are looked through as before."
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (query.data === undefined) return <Skeleton label="Loading settings" />;
  const settings = query.data;
  const save = async (changes: Partial<FilterSettings>): Promise<void> => {
    const before = Object.fromEntries(
      Object.keys(changes).map((name) => [name, settings[name as keyof FilterSettings]]),
    ) as Partial<FilterSettings>;
    const put = (part: Partial<FilterSettings>) =>
      run(async () => {
        client.setQueryData(key, await bridge.call('content.setFilter', { id: server.id, settings: part }));
      });
    if (await put(changes)) toast({ text: 'Saved for the next result', undo: () => void put(before) });
  };
  return (
    <div className="secs">
      <p className="t2">Looked for in every result of {server.name}. What the vault knows is always removed.</p>
      <div className="server-asks">
        {rows.map(({ name, title, text }) => (
          <div key={name}>
            <div>
              <b>{title}</b>
              <p className="t2">{text}</p>
            </div>
            <Segment<FilterMode>
              label={title}
              value={settings[name]}
              options={modes}
              disabled={busy}
              onChange={(mode) => void save({ [name]: mode })}
            />
          </div>
        ))}
        <div>
          <div>
            <b>Text that speaks to the agent</b>
            <p className="t2">Shown in Live when a result tells the agent what to do. It is never a proof.</p>
          </div>
          <Switch
            label="Look for text that speaks to the agent"
            checked={settings.injection === 'flag'}
            disabled={busy}
            onChange={(isOn) => void save({ injection: isOn ? 'flag' : 'off' })}
          />
        </div>
        <div>
          <div>
            <b>Ask after such text</b>
            <p className="t2">The session’s next call that can send something out asks you first.</p>
          </div>
          <Switch
            label="Ask after such text"
            checked={settings.askAfterInjection}
            disabled={busy || settings.injection === 'off'}
            onChange={(askAfterInjection) => void save({ askAfterInjection })}
          />
        </div>
      </div>
      <TransformRules rules={settings.transforms} isBusy={busy} onChange={(transforms) => void save({ transforms })} />
    </div>
  );
}
