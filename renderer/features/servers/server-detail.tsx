import { useState } from 'react';
import type { ServerView } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Switch } from '../../ui/switch.tsx';
import { type TabOption, Tabs } from '../../ui/tabs.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { ConnectionPanel } from './connection-panel.tsx';
import { CredentialsPanel } from './credentials-panel.tsx';
import { FilterPanel } from './filter-panel.tsx';
import { LogsPanel } from './logs-panel.tsx';
import { ProblemPanel } from './problem-panel.tsx';
import { ReviewPanel } from './review-panel.tsx';
import { SandboxPanel } from './sandbox.tsx';
import { ServerBanner } from './server-banner.tsx';
import { ServerGlyph } from './server-list.tsx';
import { describeServer, describeServerFully, needsReview } from './server-words.ts';
import { TestDialog } from './test-dialog.tsx';
import { ToolsPanel } from './tools-panel.tsx';
import { UsagePanel } from './usage.tsx';
import { type ServerToolsHandle, useServerTools } from './use-server-tools.ts';

type Tab = 'problem' | 'review' | 'tools' | 'connection' | 'credentials' | 'results' | 'sandbox' | 'health' | 'logs';

interface ServerDetailProps {
  server: ServerView;
  onRemoved: () => void;
}

/** One server: its state and commands, what wants attention, and its tabs. */
export function ServerDetail({ server, onRemoved }: ServerDetailProps) {
  const handle = useServerTools(server);
  const [isTesting, setIsTesting] = useState(false);
  const [chosen, setChosen] = useState<Tab | null>(null);
  const [isEditing, setIsEditing] = useState(false);
  const tabs = listTabs(server, handle, {
    isEditing,
    onEditing: setIsEditing,
    onTest: () => setIsTesting(true),
    onEdit: () => {
      setChosen('connection');
      setIsEditing(true);
    },
  });
  const tab = tabs.find(({ value }) => value === chosen)?.value ?? tabs[0]?.value ?? 'tools';
  return (
    <>
      <ServerBar server={server} onRemoved={onRemoved} onTest={() => setIsTesting(true)} />
      <ServerBanner server={server} />
      <Tabs label={server.name} value={tab} onChange={setChosen} tabs={tabs} />
      {isTesting && <TestDialog server={server} onClose={() => setIsTesting(false)} />}
    </>
  );
}

interface TabActions {
  isEditing: boolean;
  onEditing: (isEditing: boolean) => void;
  onTest: () => void;
  onEdit: () => void;
}

/** What wants attention comes first; a tab that has nothing to say is left out. */
function listTabs(server: ServerView, handle: ServerToolsHandle, actions: TabActions): TabOption<Tab>[] {
  const tabs: TabOption<Tab>[] = [
    { value: 'tools', label: 'Tools', content: <ToolsPanel server={server} handle={handle} /> },
    {
      value: 'connection',
      label: 'Connection',
      content: <ConnectionPanel server={server} isEditing={actions.isEditing} onEditing={actions.onEditing} />,
    },
    { value: 'credentials', label: 'Credentials', content: <CredentialsPanel server={server} /> },
    { value: 'results', label: 'Results', content: <FilterPanel server={server} /> },
    { value: 'health', label: 'Health', content: <UsagePanel server={server} /> },
    { value: 'logs', label: 'Logs', content: <LogsPanel server={server} /> },
  ];
  if (server.transport.kind === 'stdio') {
    tabs.splice(2, 0, { value: 'sandbox', label: 'Sandbox', content: <SandboxPanel server={server} /> });
  }
  if (needsReview(server)) {
    tabs.unshift({
      value: 'review',
      label: 'Review',
      count: server.unreviewedCount,
      content: <ReviewPanel server={server} handle={handle} />,
    });
  }
  if (describeServer(server).kind === 'failing' && server.lastError) {
    const content = (
      <ProblemPanel server={server} fault={server.lastError} onTest={actions.onTest} onEdit={actions.onEdit} />
    );
    tabs.unshift({ value: 'problem', label: 'Problem', content });
  }
  return tabs;
}

interface ServerBarProps extends ServerDetailProps {
  onTest: () => void;
}

function ServerBar({ server, onRemoved, onTest }: ServerBarProps) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run } = useCommand();
  const state = describeServer(server);
  const remove = async (): Promise<void> => {
    const isRemoved = await run(() => bridge.call('servers.remove', { id: server.id }));
    if (!isRemoved) return;
    const undo = (): void => void run(() => bridge.call('servers.restore', { id: server.id }));
    toast({ text: `${server.name} is removed and agents no longer see its tools`, undo });
    onRemoved();
  };
  return (
    <header className="bar">
      <h1 className="cut">{server.name}</h1>
      <span className={`st f12 server-state ${state.tone}`} title={state.hint}>
        <ServerGlyph state={state} />
        <span className="cut">{describeServerFully(server, Date.now())}</span>
      </span>
      <span className="grow" />
      {server.managed ? (
        <ManagedWord />
      ) : (
        <span className="hs server-on">
          <span className="t2 f12" aria-hidden="true">
            {server.enabled ? 'On' : 'Off'}
          </span>
          <Switch
            label={`${server.name} is on`}
            checked={server.enabled}
            disabled={busy}
            onChange={(enabled) => void run(() => bridge.call('servers.setEnabled', { id: server.id, enabled }))}
          />
        </span>
      )}
      <Button onClick={onTest}>Test</Button>
      <Button
        icon={state.kind === 'idle' ? 'play' : 'refresh'}
        disabled={!server.enabled}
        busy={busy}
        onClick={() => void run(() => bridge.call('servers.restart', { id: server.id }))}
      >
        {state.kind === 'idle' ? 'Start' : 'Restart'}
      </Button>
      {!server.managed && (
        <Menu trigger={<IconButton icon="more" label={`More for ${server.name}`} />}>
          <MenuItem danger onSelect={() => void remove()}>
            Remove
          </MenuItem>
        </Menu>
      )}
    </header>
  );
}

function ManagedWord() {
  const file = useEngineStore((state) => state.engine?.configFile ?? null);
  return (
    <span className="hs t2 f12" title={file === null ? undefined : `Declared in ${file}. Edit the file to change it.`}>
      <Icon name="lock" small />
      Managed
    </span>
  );
}
