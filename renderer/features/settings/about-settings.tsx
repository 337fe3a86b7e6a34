import type { EngineStatus, ProgramFacts, TelemetryState } from '../../../electron/shared/index.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { Skeleton } from '../../ui/placeholder.tsx';
import { ReadError } from './read-error.tsx';
import { SettingGroup, SettingRow } from './setting-row.tsx';
import { useProgram } from './use-program.ts';
import { useTelemetry } from './use-telemetry.ts';

/** What runs here, and what to send along with a question about it. */
export function AboutSettings() {
  const engine = useEngineStore((state) => state.engine);
  const agents = useEngineStore((state) => state.agents.length);
  const servers = useEngineStore((state) => state.servers.length);
  const { data: program, error, refetch } = useProgram();
  const { data: telemetry } = useTelemetry();
  if (program === undefined && error !== null) return <ReadError error={error} onRetry={() => void refetch()} />;
  if (engine === null || program === undefined) return <Skeleton label="Loading facts" />;
  return (
    <>
      <SettingGroup title="ScopeGate">
        <KvList items={factsOf(engine, program)} />
      </SettingGroup>
      <SettingGroup title="Diagnostics">
        <SettingRow
          title="For a question or a report"
          text="Versions, counts and states. No names, no addresses of collectors, no tokens, no arguments."
        >
          <CopyButton
            text={diagnosticsOf({ engine, program, telemetry, agents, servers })}
            label="Copy diagnostics"
            small={false}
          />
        </SettingRow>
      </SettingGroup>
      <SettingGroup title="Licence">
        <SettingRow
          title="MIT"
          text="ScopeGate may be used, changed and passed on freely. The packages it is built from keep their own licences."
        />
      </SettingGroup>
    </>
  );
}

const hosts = { electron: 'Desktop app', headless: 'Gateway with a page in the browser' } as const;

function factsOf(engine: EngineStatus, { runtime }: ProgramFacts): (readonly [string, string | null])[] {
  return [
    ['Version', engine.version],
    ['Runs as', hosts[engine.host]],
    ['Electron', runtime.electron],
    ['Node', runtime.node],
    ['System', `${runtime.platform}, ${runtime.arch}`],
    ['Data folder', engine.dataDir],
    ['Configuration', engine.configFile],
  ];
}

interface Diagnosed {
  engine: EngineStatus;
  program: ProgramFacts;
  telemetry: TelemetryState | undefined;
  agents: number;
  servers: number;
}

/** Chosen one by one: what is not named here is not in it. */
function diagnosticsOf({ engine, program, telemetry, agents, servers }: Diagnosed): string {
  const { version, host, state, policyVersion, policyFaults = 0, keyProtection, recoveredCalls, startedAt } = engine;
  return JSON.stringify(
    {
      ...{ version, host, state, policyVersion, policyFaults, keyProtection, recoveredCalls },
      startedAt: new Date(startedAt).toISOString(),
      listenerFault: engine.listenerFault?.code ?? null,
      isDegraded: engine.degradedReason !== null,
      runtime: program.runtime,
      backups: program.backups.count,
      agents,
      servers,
      telemetry:
        telemetry === undefined
          ? null
          : {
              on: telemetry.config.on,
              fields: telemetry.config.fields,
              signals: telemetry.signals.map(({ signal, behind, missed, rejected, problem }) => ({
                ...{ signal, behind, missed, rejected },
                hasProblem: problem !== null,
              })),
              figures: telemetry.scrape.tokenMadeAt !== null,
            },
    },
    null,
    2,
  );
}
