import { told } from '../core/refusals.ts';
import { type ArmedCall, arm, type PermittedCall } from '../core/stages.ts';
import type { PipelinePorts } from './ports.ts';
import type { End } from './settle.ts';

export type Arming = { ok: true; call: ArmedCall } | { ok: false; end: End };

/**
 * Step 10. Every credential of the call can be read at this moment, or the call ends here. Null where nothing has to be
 * waited for is the usual case: a server without credentials costs one look into a map.
 */
export function armCall(ports: PipelinePorts, call: PermittedCall): Arming | Promise<Arming> {
  const { serverId } = call.tool;
  const ready = ports.credentials.ready(serverId, call.exchange.agent.id);
  if (ready === null) return { ok: true, call: arm(call, []) };
  if (ready instanceof Promise) return ready.then((opened) => conclude(call, opened));
  return conclude(call, ready);
}

type Ready = Exclude<ReturnType<PipelinePorts['credentials']['ready']>, null | Promise<unknown>>;

function conclude(call: PermittedCall, ready: Ready): Arming {
  if (ready.ok) return { ok: true, call: arm(call, ready.value) };
  const { serverName } = call.tool;
  const { state, message } = ready.why;
  const end: End = {
    outcome: 'credential_unavailable',
    reasonCode: `credential_${state}`,
    told: told.noCredential[state](serverName),
    shown: `The credential for ${serverName} cannot be used: ${message}`,
    about: call,
  };
  return { ok: false, end };
}
