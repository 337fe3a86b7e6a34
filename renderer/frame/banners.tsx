import type { EngineStatus, ListenerFault } from '../../electron/shared/index.ts';
import { countOf, formatClock } from '../lib/format.ts';
import { useBridge, useEngineStore } from '../state/engine-context.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useCommand } from '../ui/use-command.ts';
import { usePause } from './use-pause.ts';

/** What is wrong with the engine as a whole, worst first; nothing on a good day. */
export function Banners() {
  const phase = useEngineStore((state) => state.phase);
  const connection = useEngineStore((state) => state.connection);
  const engine = useEngineStore((state) => state.engine);
  if (phase === 'ready' && !connection.connected) return <EngineLost attempt={connection.attempt} />;
  if (engine === null) return null;
  return (
    <>
      {engine.state === 'degraded' && (
        <Banner
          tone="block"
          title={`All calls are refused because ${engine.degradedReason ?? 'the audit log cannot be written.'}`}
        >
          Nothing passes unrecorded. What was recorded before is safe.
        </Banner>
      )}
      {engine.listenerFault !== null && <ListenerDown fault={engine.listenerFault} />}
      {engine.paused && <Paused engine={engine} />}
    </>
  );
}

function EngineLost({ attempt }: { attempt: number }) {
  const lastHeardAt = useEngineStore((state) => state.lastHeardAt);
  return (
    <Banner tone="fault" title="The engine stopped answering.">
      Agents get an error until it is back. Nothing passes unchecked.
      {lastHeardAt !== null && ` Last seen ${formatClock(lastHeardAt)}.`} Reconnecting, try {attempt}.
    </Banner>
  );
}

function ListenerDown({ fault }: { fault: ListenerFault }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const { freePort } = fault;
  const title =
    fault.code === 'port_taken'
      ? `Port ${fault.port} is taken${fault.holder === null ? '' : ` by ${fault.holder}`}.`
      : `Agents cannot connect on port ${fault.port}.`;
  return (
    <Banner
      tone="fault"
      title={title}
      actions={
        <>
          {freePort !== null && (
            <Button disabled={busy} onClick={() => void run(() => bridge.call('engine.setPort', { port: freePort }))}>
              Use port {freePort} instead
            </Button>
          )}
          <Button disabled={busy} onClick={() => void run(() => bridge.call('engine.retryListener', {}))}>
            Try again
          </Button>
        </>
      }
    >
      {fault.code === 'port_taken'
        ? 'Agents cannot connect until it is free, or until they use another one.'
        : fault.message}
    </Banner>
  );
}

function Paused({ engine }: { engine: EngineStatus }) {
  const agents = useEngineStore((state) => state.agents.length);
  const { canChange, setPaused } = usePause();
  return (
    <Banner
      tone="ask"
      title="All agents are paused."
      actions={
        <Button icon="play" disabled={!canChange} onClick={() => setPaused(false)}>
          Resume
        </Button>
      }
    >
      {agents === 0 ? 'Every call is refused' : `Every call of ${countOf(agents, 'agent')} is refused`}
      {engine.listenerFault === null ? ' and written down.' : '.'}
    </Banner>
  );
}
