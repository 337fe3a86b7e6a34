import type { ApprovalStatus, ApprovalView, DenyReason } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { StateTone } from '../../ui/state-word.tsx';

/** The reasons a person can give with a refusal; the agent is told in these words. */
export const denyReasonWords: Readonly<Record<DenyReason, string>> = {
  not_asked: 'Not what I asked for',
  wrong_target: 'Wrong account or target',
  too_broad: 'Too broad',
  other: 'Another reason…',
};

/** Where the switch stands that asked. */
const askedBy: Readonly<Record<string, string>> = {
  switch_tool: 'tool switch',
  switch_server: 'server switch',
  switch_agent: 'agent default',
  switch_global: 'global default',
  changed: 'review',
};

export function describeAsker(approval: ApprovalView): { text: string; source: string } {
  return { text: approval.decision.reason, source: askedBy[approval.decision.reasonCode] ?? '' };
}

/** What an agent wants of a server, by what its request reaches for; tools stand for everything else. */
const wishes: Readonly<Record<string, string>> = {
  prompt: 'wants to get the prompt',
  resource: 'wants to read',
  completion: 'wants suggestions for',
  task: 'wants to go on with a task of',
  vendor: 'wants to send',
};

export function describeWish({ kind, method }: ApprovalView): string {
  if (method === 'resources/subscribe') return 'wants to follow changes of';
  return wishes[kind] ?? 'wants to run';
}

/** What a server wants of an agent, where it is the server that asks. */
const questions: Readonly<Record<string, string>> = {
  'elicitation/create': 'asks for input from you or',
  'sampling/createMessage': 'wants to use the model of',
  'roots/list': 'wants to see the folders of',
};

/** Null: it is the agent that asks. */
export function describeQuestion({ kind, tool }: ApprovalView): string | null {
  return kind === 'ask' ? (questions[tool] ?? 'asks something of') : null;
}

export function describePriorCalls({ agentName, priorCalls, kind }: ApprovalView): string {
  if (kind === 'ask') return 'the server asks, in a call of this agent';
  if (kind !== 'tool') return `${countOf(priorCalls, 'time')} before`;
  if (priorCalls === 0) return `${agentName} has never called this tool`;
  return `${agentName} has called this tool ${priorCalls === 1 ? 'once' : `${countOf(priorCalls, 'time')}`} before`;
}

/** What the queue says about who waits. */
export function describeWaiting({ waiting }: ApprovalView): string {
  if (waiting === 0) return 'Nobody waits any more: approving lets one identical call through later.';
  return waiting === 1 ? '' : `${waiting} identical calls wait for this answer.`;
}

/** Glyph, word and tone of an approval's state, for lists. */
export const statusWords: Readonly<Record<ApprovalStatus, { tone: StateTone; icon: IconName; word: string }>> = {
  pending: { tone: 'ask', icon: 'hand', word: 'Waiting' },
  approved: { tone: 'allow', icon: 'check', word: 'Approved' },
  used: { tone: 'allow', icon: 'check', word: 'Approved' },
  denied: { tone: 'block', icon: 'block', word: 'Denied' },
  expired: { tone: 'block', icon: 'clock', word: 'Timed out' },
  cancelled: { tone: 'off', icon: 'x', word: 'Cancelled' },
};

const deciders = { person: 'you', timeout: 'time limit', agent: 'the agent', engine: 'ScopeGate' } as const;

export function describeDecider({ decidedBy, status }: ApprovalView): string {
  if (decidedBy === null) return '';
  if (status === 'approved') return `${deciders[decidedBy]}, for the next identical call`;
  return deciders[decidedBy];
}

/** Everything on the card that, when it changes, makes it another question. */
export function fingerprint(approval: ApprovalView): string {
  return JSON.stringify([approval.id, approval.digest, approval.status, approval.risk, approval.decision.reason]);
}
