import type { KeyObject } from 'node:crypto';
import type { ApprovalView, Decision } from '../../shared/index.ts';
import type { DecidedCall } from '../core/stages.ts';
import type { EventBus } from '../event-bus.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { StoreWriter } from '../store/contract.ts';
import type { AgentFacts } from './approval-card.ts';
import type { Abandonment, ApprovalTiming } from './approval-item.ts';
import type { AuditGate } from './audit-gate.ts';
import type { DenyCooldown } from './deny-cooldown.ts';

/** What the queue asks about the person before it puts up a new card. */
export interface Presence {
  /** Time stands still for what waits. */
  isTimeStopped: boolean;
  /** New questions are refused and left to review. */
  isRefusing: boolean;
}

/** What the queue needs of the rest of the engine. */
export interface QueuePorts {
  store: StoreWriter;
  audit: AuditGate;
  bus: EventBus;
  clock: Clock;
  log: LogPort;
  key: KeyObject;
  cooldown: DenyCooldown;
  timing(): ApprovalTiming & { cooldownMs: number };
  presence(): Presence;
  facts(agentId: string, serverId: string, tool: string): AgentFacts;
  /** What goes with a call of this agent to this server. */
  credentialNames(serverId: string, agentId: string): string[];
  /** What policy says of a waiting call at this instant. */
  decideNow(call: DecidedCall): Decision;
  /** A card ended while this call was parked on it: the call is over. */
  onAbandoned(callId: string, why: Abandonment): void;
  /** The card this call waits on, or the end of its wait, changed. */
  onWaiting(callId: string, approvalId: string, expiresAt: number): void;
  /** A card ended without a person's answer and is kept for review. */
  onUnanswered(card: ApprovalView): void;
}
