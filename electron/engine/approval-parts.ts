import type { KeyObject } from 'node:crypto';
import type { Decision, Risk } from '../shared/index.ts';
import type { AgentRegistry } from './agent-registry.ts';
import type { CredentialGate } from './arming.ts';
import type { DecidedCall } from './core/stages.ts';
import type { EventBus } from './event-bus.ts';
import { fromRecord } from './pipeline/approval-card.ts';
import { ApprovalDesk } from './pipeline/approval-desk.ts';
import type { ApprovalTiming } from './pipeline/approval-item.ts';
import { noteOf } from './pipeline/approval-item.ts';
import { maskCard } from './pipeline/approval-mask.ts';
import { ApprovalQueue } from './pipeline/approval-queue.ts';
import { ApprovalSettingsKeeper } from './pipeline/approval-settings.ts';
import type { ArgumentKeeper } from './pipeline/argument-keeper.ts';
import type { ArgumentValidator } from './pipeline/argument-validator.ts';
import type { AuditGate } from './pipeline/audit-gate.ts';
import { AwayMode } from './pipeline/away-mode.ts';
import type { CallJournal } from './pipeline/call-journal.ts';
import { DenyCooldown } from './pipeline/deny-cooldown.ts';
import { GrantBook } from './pipeline/grant-book.ts';
import { ReviewList } from './pipeline/review-list.ts';
import { settleAbandoned } from './pipeline/settle.ts';
import type { EnginePorts, StepUpPort } from './ports.ts';
import type { StoreWriter } from './store/contract.ts';
import type { Catalog, CatalogTool } from './upstream/catalog.ts';
import type { JsonObject } from './wire/json-rpc.ts';

/** What the approvals stand on. */
export interface ApprovalGround {
  ports: EnginePorts;
  store: StoreWriter;
  key: KeyObject;
  timing: ApprovalTiming;
  bus: EventBus;
  audit: AuditGate;
  journal: CallJournal;
  agents: Pick<AgentRegistry, 'get'>;
  catalog: Pick<Catalog, 'toolsOf'>;
  credentials: Pick<CredentialGate, 'names'>;
  validator: ArgumentValidator;
  kept: Pick<ArgumentKeeper, 'open'>;
  startedAt: number;
  /** What policy says of a waiting call at this instant. */
  decideNow(call: DecidedCall): Decision;
  /** What policy says of a call that is not made. */
  judge(agentId: string, tool: CatalogTool, args: JsonObject): { decision: Decision; risk: Risk };
  policyVersion(): number;
  /** Remembered approvals were written, shortened or ended. */
  onGrants(): void;
}

const noStepUp: StepUpPort = {
  method: null,
  reason: 'Nothing here can check that it is you, so this cannot be allowed for ever.',
  confirm: async () => false,
};

/** Puts the waiting room and everything around it together. */
export function assembleApprovals(ground: ApprovalGround): { approvals: ApprovalQueue; desk: ApprovalDesk } {
  const { ports, store, audit, bus, catalog, agents, key, timing } = ground;
  const { clock } = ports;
  const settings = new ApprovalSettingsKeeper(store, audit, timing.timeoutMs);
  // nobody is told before everything stands: there is nobody to tell
  let desk: ApprovalDesk | null = null;
  const onState = () => {
    const told = desk;
    if (told) bus.emit('approvals', () => ({ type: 'approvals.changed', state: told.state() }));
  };
  const away = new AwayMode({
    screen: ports.screen ?? null,
    clock,
    settings: () => settings.current,
    onChanged: () => desk?.presenceChanged(),
  });
  const review = new ReviewList({
    store,
    clock,
    log: ports.log,
    onChanged: (approval) => {
      bus.emit(`approval:${approval.id}`, () => ({ type: 'approval.changed', approval: maskCard(approval) }));
      onState();
    },
  });
  const grants = new GrantBook({
    store,
    audit,
    clock,
    nameOf: (id) => agents.get(id)?.name ?? id,
    onChanged: ground.onGrants,
  });
  grants.start();
  const approvals = makeQueue(ground, { settings, away, review });
  desk = new ApprovalDesk({
    queue: approvals,
    review,
    grants,
    away,
    settings,
    store,
    audit,
    clock,
    key,
    stepUp: ports.stepUp ?? noStepUp,
    screenWatched: ports.screen !== undefined,
    validator: ground.validator,
    kept: ground.kept,
    findTool: (serverId, name) => catalog.toolsOf(serverId).find((tool) => tool.name === name),
    judge: ground.judge,
    policyVersion: ground.policyVersion,
    onState,
  });
  // the screen may be locked, or nobody there, from the start
  approvals.followPresence();
  return { approvals, desk };
}

function makeQueue(
  ground: ApprovalGround,
  parts: { settings: ApprovalSettingsKeeper; away: AwayMode; review: ReviewList },
): ApprovalQueue {
  const { ports, store, audit, bus, key, timing, agents, journal } = ground;
  const { settings, away, review } = parts;
  return new ApprovalQueue({
    store,
    audit,
    bus,
    clock: ports.clock,
    log: ports.log,
    key,
    cooldown: loadCooldown(store, ports.clock.now() - settings.current.cooldownMs),
    timing: () => ({ ...timing, timeoutMs: settings.current.timeoutMs, cooldownMs: settings.current.cooldownMs }),
    presence: () => away,
    facts: (agentId, serverId, tool) => ({
      tokenHint: agents.get(agentId)?.tokenHint ?? '',
      firstSeenAt: agents.get(agentId)?.createdAt ?? ground.startedAt,
      priorCalls: store.priorCalls(agentId, serverId, tool),
    }),
    credentialNames: ground.credentials.names,
    decideNow: ground.decideNow,
    onAbandoned: (callId, why) => settleAbandoned(audit, journal, callId, why),
    onWaiting: (callId, approvalId, expiresAt) => journal.waitingOn(callId, approvalId, expiresAt),
    onUnanswered: (card) => review.keep(card),
  });
}

/** A restart does not make an agent's next attempt a new question. */
function loadCooldown(store: StoreWriter, since: number): DenyCooldown {
  const cooldown = new DenyCooldown();
  for (const record of store.approvalsDenied(since)) {
    const card = fromRecord(record);
    if (card) cooldown.note(card.digest, { note: noteOf(card), at: record.decidedAt ?? record.createdAt });
  }
  return cooldown;
}
