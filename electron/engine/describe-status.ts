import type { EngineStatus } from '../shared/index.ts';
import type { AgentsSide } from './agents-side.ts';
import type { Base, Ground } from './engine-parts.ts';
import type { PolicyState } from './policy-state.ts';

/** How the engine is, but for the sign-ins that wait. */
export function describeStatus(ground: Ground, base: Base, policy: PolicyState, side: AgentsSide): EngineStatus {
  const { ports, options } = ground;
  const listening = side.status();
  const { paused, version: policyVersion } = policy.world;
  return {
    ...listening,
    state: stateOf(base.audit.problem, listening.mcpUrl, paused),
    paused,
    degradedReason: base.audit.problem,
    policyVersion,
    policyFaults: policy.faults.length,
    version: ports.version,
    host: ports.host,
    dataDir: ports.dataDir,
    keyProtection: ports.keys.protection,
    startedAt: base.startedAt,
    recoveredCalls: base.recoveredCalls,
    configFile: options.declared?.file ?? null,
  };
}

function stateOf(problem: string | null, mcpUrl: string | null, paused: boolean): EngineStatus['state'] {
  if (problem) return 'degraded';
  if (mcpUrl === null) return 'no_listener';
  return paused ? 'paused' : 'running';
}
