import type { ApprovalDecision, ApprovalView } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { Item } from './approval-item.ts';
import type { AuditFacts } from './audit-gate.ts';

/** What goes with a person's answer besides the answer. */
export interface AnswerExtras {
  edit?: { arguments: JsonObject; digest: string; argumentsDigest: string };
  /** The permission to write in the same transaction as the answer, before anybody hears of either. */
  remember?: { summary: string; scope: string; grantId: string; write(): void; written(): void };
  policyVersion?: number;
}

/** The facts every row on a card shares. */
export function auditOf(card: ApprovalView, now: number): AuditFacts {
  return {
    event: 'approval.decided',
    actor: 'engine',
    agentId: card.agentId,
    agentName: card.agentName,
    serverId: card.serverId,
    tool: card.tool,
    callId: card.callId,
    riskTier: card.risk.tier,
    policyVersion: card.decision.policyVersion,
    argumentsDigest: card.argumentsDigest,
    waitedMs: now - card.createdAt,
    approvalId: card.id,
    subject: card.subject,
  };
}

/** Approving needs the log: without it nobody could tell later who let what through. */
export function unwritable(): BridgeFault {
  return new BridgeFault(
    'unavailable',
    'The audit log cannot be written, so nothing can be approved.',
    'Free disk space or mend the data folder, then approve again.',
  );
}

/** How the answer was given, what the card had done by then, and what was made of it. */
export function describeAnswer(item: Item, decision: ApprovalDecision, extras: AnswerExtras, at: number): JsonObject {
  const isApproval = decision.verdict === 'approve';
  return {
    input: decision.input,
    shownAt: decision.shownAt,
    armedAt: decision.armedAt,
    shownMs: at - decision.shownAt,
    armedMs: decision.armedAt === null ? null : at - decision.armedAt,
    digest: item.card.digest,
    waiting: item.waiters.length,
    policyVersion: extras.policyVersion ?? null,
    ...(isApproval
      ? {
          scope: extras.remember?.scope ?? 'once',
          grantId: extras.remember?.grantId ?? null,
          editedDigest: extras.edit?.digest ?? null,
          editedArgumentsDigest: extras.edit?.argumentsDigest ?? null,
        }
      : { denyReason: decision.denyReason }),
  };
}
