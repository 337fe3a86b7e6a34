import type { KeyObject } from 'node:crypto';
import { type ApprovalView, approvalViewSchema } from '../../shared/index.ts';
import { canonicalJson, digestArguments, digestRequest } from '../core/canonical.ts';
import type { DecidedCall, ResolvedCall } from '../core/stages.ts';
import type { ApprovalRecord } from '../store/contract.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/** What the queue knows of the agent behind a call, for the card. */
export interface AgentFacts {
  tokenHint: string;
  firstSeenAt: number;
  priorCalls: number;
}

/** What an approval of this call is bound to. */
export function digestOf(key: KeyObject, call: ResolvedCall): string {
  return digestRequest(key, {
    agentId: call.exchange.agent.id,
    method: call.exchange.method,
    kind: call.tool.kind,
    serverId: call.tool.serverId,
    tool: call.tool.name,
    definitionHash: call.tool.definitionHash,
    argumentsDigest: call.argumentsDigest,
    otherDigest: digestArguments(key, otherMembers(call)),
  });
}

/** What else would be sent beside the target and its arguments: `task`, vendor members. `_meta` is the transport's. */
function otherMembers(call: ResolvedCall): JsonObject {
  const { _meta, name: _name, arguments: _arguments, ...rest } = call.params;
  // a resource's or completion's own members are its arguments already
  const isShown = (member: string) =>
    Object.hasOwn(call.arguments, member) &&
    canonicalJson(call.arguments[member] ?? null) === canonicalJson(rest[member] ?? null);
  return Object.fromEntries(Object.entries(rest).filter(([member]) => !isShown(member)));
}

/** The card of a call, made from the very value that will be sent. */
export function makeCard(
  call: DecidedCall,
  id: string,
  digest: string,
  facts: AgentFacts,
  at: number,
  expiresAt: number,
): ApprovalView {
  const { agent, session } = call.exchange;
  const { description } = call.tool.definition;
  return {
    id,
    callId: call.id,
    agentId: agent.id,
    agentName: agent.name,
    tokenHint: facts.tokenHint,
    clientName: session?.clientInfo ? `${session.clientInfo.name} ${session.clientInfo.version}` : null,
    agentFirstSeenAt: facts.firstSeenAt,
    priorCalls: facts.priorCalls,
    serverId: call.tool.serverId,
    serverName: call.tool.serverName,
    tool: call.tool.name,
    method: call.exchange.method,
    kind: call.tool.kind,
    process: call.exchange.caller?.current() ?? null,
    credentialNames: [],
    masked: [],
    toolDescription: typeof description === 'string' ? description : null,
    subject: call.subject,
    arguments: call.arguments,
    otherParams: otherMembers(call),
    digest,
    risk: call.risk,
    decision: call.decision,
    status: 'pending',
    waiting: 0,
    createdAt: at,
    expiresAt,
    decidedAt: null,
    decidedBy: null,
    denyReason: null,
    denyNote: null,
    argumentsDigest: call.argumentsDigest,
    stoppedAt: null,
    toReview: false,
    edited: null,
    editedDigest: null,
    remembered: null,
  };
}

/** The row of a card. Arguments are kept only while somebody has yet to look at them, edited ones until they are sent. */
export function toRecord(card: ApprovalView): ApprovalRecord {
  const { arguments: args, edited, ...rest } = card;
  const isUnseen = card.status === 'pending' || card.toReview;
  const isEditArmed = card.status === 'approved' && edited !== null;
  return {
    id: card.id,
    callId: card.callId,
    agentId: card.agentId,
    serverId: card.serverId,
    tool: card.tool,
    digest: card.digest,
    card: JSON.parse(JSON.stringify(rest)) as JsonObject,
    argumentsJson: isUnseen ? JSON.stringify(args) : null,
    status: card.status,
    createdAt: card.createdAt,
    expiresAt: card.expiresAt,
    decidedAt: card.decidedAt,
    decidedBy: card.decidedBy,
    denyReason: card.denyReason,
    denyNote: card.denyNote,
    toReview: card.toReview,
    editedJson: isEditArmed ? JSON.stringify(edited) : null,
  };
}

/** A card from its row; null when the row is not one of ours any more. */
export function fromRecord(record: ApprovalRecord): ApprovalView | null {
  const parsed = approvalViewSchema.safeParse({
    ...record.card,
    arguments: record.argumentsJson === null ? null : JSON.parse(record.argumentsJson),
    edited: record.editedJson === null ? null : JSON.parse(record.editedJson),
    waiting: 0,
  });
  return parsed.success ? parsed.data : null;
}
