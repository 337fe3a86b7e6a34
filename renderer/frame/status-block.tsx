import type { EngineStatus } from '../../electron/shared/index.ts';
import { countOf } from '../lib/format.ts';
import { useEngineStore } from '../state/engine-context.tsx';
import { IconButton } from '../ui/button.tsx';
import { StateWord } from '../ui/state-word.tsx';
import { Switch } from '../ui/switch.tsx';
import { useToast } from '../ui/toast.tsx';
import { usePause } from './use-pause.ts';
import { VaultLine } from './vault-line.tsx';

const words: Readonly<Record<EngineStatus['state'], string>> = {
  starting: 'Starting',
  running: 'Running',
  paused: 'Paused',
  degraded: 'Refusing all calls',
  no_listener: 'No address',
  stopped: 'Stopped',
};

/** Engine state, the agents' address, and the switch that stops everything. */
export function StatusBlock() {
  const connection = useEngineStore((state) => state.connection);
  const engine = useEngineStore((state) => state.engine);
  const agents = useEngineStore((state) => state.agents.length);
  const { isPaused, canChange, setPaused } = usePause();
  return (
    <div className="stat">
      {connection.connected || connection.attempt === 0 ? (
        <EngineState engine={engine} agents={agents} />
      ) : (
        <div>
          <StateWord tone="fault" icon="fault" word={`Reconnecting, try ${connection.attempt}`} />
        </div>
      )}
      {engine?.mcpUrl && <Address url={engine.mcpUrl} />}
      <VaultLine />
      <div className="keep">
        <span className="grow lbl">Pause all</span>
        <Switch
          label="Pause all agents"
          title="Pause all agents"
          checked={isPaused}
          disabled={!canChange}
          onChange={setPaused}
        />
      </div>
    </div>
  );
}

function EngineState({ engine, agents }: { engine: EngineStatus | null; agents: number }) {
  const state = engine?.state ?? 'starting';
  const isFault = state === 'degraded' || state === 'no_listener' || state === 'stopped';
  if (isFault) {
    return (
      <div>
        <StateWord tone={state === 'degraded' ? 'block' : 'fault'} icon="fault" word={words[state]} />
      </div>
    );
  }
  return (
    <div>
      <span className={`dot lead ${state === 'running' ? 'on' : 'off'}`} />
      <span className="grow">{words[state]}</span>
      <span className="t3">{countOf(agents, 'agent')}</span>
    </div>
  );
}

function Address({ url }: { url: string }) {
  const toast = useToast();
  const copy = () => {
    navigator.clipboard.writeText(url).then(
      () => toast({ text: 'Address copied' }),
      () => toast({ text: `Could not copy. The address is ${url}` }),
    );
  };
  return (
    <div>
      <code className="grow cut" title={url}>
        {new URL(url).host}
      </code>
      <IconButton icon="copy" label="Copy address" ghost small onClick={copy} />
    </div>
  );
}
