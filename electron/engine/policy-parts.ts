import type { KeyObject } from 'node:crypto';
import type { Announcer } from './api/context.ts';
import { ArgumentKeeper } from './pipeline/argument-keeper.ts';
import type { AuditGate } from './pipeline/audit-gate.ts';
import { CallGuards } from './pipeline/call-guards.ts';
import { Limiter } from './pipeline/limiter.ts';
import { ProgramBook } from './pipeline/program-book.ts';
import type { PolicyState } from './policy-state.ts';
import type { EnginePorts } from './ports.ts';
import { identitiesOf } from './risk-ledger.ts';
import type { ServerRegistry } from './server-registry.ts';
import type { StoreWriter } from './store/contract.ts';

interface Ground {
  ports: EnginePorts;
  store: StoreWriter;
  key: KeyObject;
  policy: PolicyState;
  servers: ServerRegistry;
  audit: AuditGate;
  announce: Pick<Announcer, 'agent'>;
  now(): number;
}

/** What stands between a call and policy: limits, the guards that look at earlier calls, and what is kept for replay. */
export function assembleGuards(ground: Ground): {
  limiter: Limiter;
  kept: ArgumentKeeper;
  guards: CallGuards;
  programs: ProgramBook;
} {
  const { store, key, policy, servers, now } = ground;
  const { log } = ground.ports;
  const onChanged = (agentId: string) => ground.announce.agent(agentId);
  const programs = new ProgramBook({ store, audit: ground.audit, log, now, onChanged });
  const limiter = new Limiter({ store, log, now });
  const kept = new ArgumentKeeper({ store, key, log, now });
  const guards = new CallGuards({
    keeper: kept,
    limiter,
    world: () => policy.world,
    settingsOf: (agentId) => policy.settingsOf(agentId),
    identitiesOf: (serverId) => identitiesOf(servers.get(serverId)?.transport),
    folderOf: (serverId) => {
      const transport = servers.get(serverId)?.transport;
      return transport?.kind === 'stdio' ? transport.cwd : null;
    },
    suspect: (exchange) => programs.suspect(exchange),
    now,
  });
  return { limiter, kept, guards, programs };
}
