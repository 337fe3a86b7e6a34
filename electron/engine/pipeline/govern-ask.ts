import { randomUUID } from 'node:crypto';
import type { Decision, Effect, Outcome, Risk } from '../../shared/index.ts';
import { digestArguments, hashDefinition } from '../core/canonical.ts';
import type { DecidedCall } from '../core/stages.ts';
import { describeSubject } from '../core/subject.ts';
import { askNames } from '../eras/capabilities.ts';
import type { AskAnswer, AskMethod, AskTies, Exchange } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import type { Answer } from './approval-item.ts';
import { patienceOf } from './approve-call.ts';
import type { AuditFacts } from './audit-gate.ts';
import { isPause } from './decide-again.ts';
import { eitherSignal, withSignal } from './exchange-signal.ts';
import type { PipelinePorts } from './ports.ts';

/** Between which server and which agent a question is, and in which call. */
export interface AskScene {
  exchange: Exchange;
  serverId: string;
  serverName: string;
  /** Null: outside any call. */
  callId: string | null;
  /** Policy on that call at the instant it is asked; always true outside any call. */
  mayGoOn(): boolean;
  /** Set where a question is a task's, for its audit rows. */
  taskId?: string;
}

const words: Record<AskMethod, { description: string; risk: Risk }> = {
  'elicitation/create': {
    description: 'The server asks you or your agent for input.',
    risk: { tier: 'write', reasons: [{ tier: 'write', text: 'Input goes to the server', source: 'server asks' }] },
  },
  'sampling/createMessage': {
    description: 'The server wants to use the agent’s model.',
    risk: { tier: 'write', reasons: [{ tier: 'write', text: 'Uses the agent’s model', source: 'server asks' }] },
  },
  'roots/list': {
    description: 'The server wants to see the agent’s folders.',
    risk: { tier: 'read', reasons: [{ tier: 'read', text: 'Shows the agent’s folders', source: 'server asks' }] },
  },
};

const refused = (message: string): AskAnswer => ({ kind: 'error', error: { code: rpcErrorCodes.internal, message } });

/**
 * A server's question to an agent, governed like a call: the server's switch decides, Ask waits for the person, and a
 * row is written before the agent hears of it and another before the server hears the answer. A question its server
 * takes back ends wherever it stands: the card goes, the agent is told. Never rejects for an expected end.
 */
export async function governAsk(
  ports: PipelinePorts,
  given: AskScene,
  method: AskMethod,
  params: JsonObject,
  ties: AskTies = {},
): Promise<AskAnswer> {
  const scene = untilWithdrawn(given, ties.signal);
  const { exchange, callId } = scene;
  const permission = await permitAsk(ports, scene, method, params);
  if (!permission.ok) return permission.answer;
  const { permitted } = permission;
  const startedAt = performance.now();
  if (callId !== null) ports.journal.note(callId, 'the server asks', method);
  const mayAnswer = () => !refusalOf(decideAsk(ports, scene, method), permitted.approvalId) && scene.mayGoOn();
  const answer = await exchange.ask(method, params, { ...ties, ...progressWhile(ports, scene, ties, mayAnswer) });
  const durationMs = performance.now() - startedAt;
  // and while the agent did: an answer goes to the server only under a policy that still lets it ask
  const stillOpen = refusalOf(decideAsk(ports, scene, method), permitted.approvalId);
  const withheld = stillOpen ?? (scene.mayGoOn() ? null : { outcome: 'denied' as const, reasonCode: 'policy_changed' });
  const isWithdrawn = answer.kind === 'error' && ties.signal?.aborted === true;
  const ended = {
    event: 'ask.settled',
    durationMs,
    ...(withheld ?? (isWithdrawn ? withdrawn : outcomeOf(answer))),
  } as const;
  if (!(await ports.audit.commit({ ...permitted, ...ended }))) return refused('The answer could not be recorded.');
  return withheld ? refused('The policy of the user changed.') : answer;
}

const withdrawn = { outcome: 'cancelled', reasonCode: 'withdrawn' } as const;

function untilWithdrawn(scene: AskScene, signal: AbortSignal | undefined): AskScene {
  if (signal === undefined) return scene;
  return { ...scene, exchange: withSignal(scene.exchange, eitherSignal(scene.exchange.signal, signal)) };
}

/** An agent's progress on a question goes where its answer may go, and no faster than the agent's limit for notices. */
function progressWhile(
  ports: PipelinePorts,
  { exchange: { agent } }: AskScene,
  ties: AskTies,
  mayAnswer: () => boolean,
): Pick<AskTies, 'onProgress'> {
  const { onProgress } = ties;
  if (onProgress === undefined) return {};
  return {
    onProgress(params) {
      const isFree = ports.limiter.take(agent.id, 'notifications', ports.limitsOf(agent.id), ports.clock.now()).ok;
      if (isFree && mayAnswer()) onProgress(params);
    },
  };
}

/**
 * A legacy server's error that wants pages opened is a question too, only in another form: true when every page may be
 * shown to the agent. Each is decided, and written down, like a question of its own.
 */
export async function governPages(ports: PipelinePorts, scene: AskScene, pages: JsonObject[]): Promise<boolean> {
  for (const page of pages) {
    const permission = await permitAsk(ports, scene, 'elicitation/create', page);
    if (!permission.ok) return false;
  }
  return scene.mayGoOn() && decideAsk(ports, scene, 'elicitation/create').effect !== 'deny';
}

/** What the rows of a permitted question say alike. */
export type PermittedAsk = Omit<AuditFacts, 'event'> & { approvalId: string | null };

type AskPermission =
  | { ok: true; permitted: PermittedAsk }
  /** `reasonCode` as in the audit row, or why there is none. */
  | { ok: false; answer: AskAnswer; reasonCode: string };

/** Decides, asks the person where the switch says so, and writes the row of it. */
export async function permitAsk(
  ports: PipelinePorts,
  scene: AskScene,
  method: AskMethod,
  params: JsonObject,
): Promise<AskPermission> {
  const { callId } = scene;
  const no = (answer: AskAnswer, reasonCode: string): AskPermission => ({ ok: false, answer, reasonCode });
  const decision = decideAsk(ports, scene, method);
  const ask = describeAsk(ports, scene, method, params, decision);
  if (ask === null) return no(refused('The request has no canonical form.'), 'form');
  const facts = factsOf(ask, scene);
  if (decision.effect === 'deny') {
    await ports.audit.commit({ ...facts, event: 'ask.decided', effect: 'deny', reasonCode: decision.reasonCode });
    return no({ kind: 'unsupported' }, decision.reasonCode);
  }
  const approval = await approveAsk(ports, ask, callId);
  if (!approval.ok) {
    await ports.audit.commit({ ...facts, event: 'ask.decided', effect: 'deny', reasonCode: approval.reasonCode });
    return no(refused(approval.told), approval.reasonCode);
  }
  // the world may have changed while the person thought
  const again = decideAsk(ports, scene, method);
  if (refusalOf(again, approval.approvalId)) {
    await ports.audit.commit({ ...facts, event: 'ask.decided', effect: 'deny', reasonCode: again.reasonCode });
    return no({ kind: 'unsupported' }, again.reasonCode);
  }
  const permitted = { ...facts, effect: 'allow' as const, approvalId: approval.approvalId };
  if (!(await ports.audit.commit({ ...permitted, event: 'ask.decided', reasonCode: decision.reasonCode })))
    return no(refused('The audit log cannot be written.'), 'audit');
  // and while the row was written
  if (refusalOf(decideAsk(ports, scene, method), approval.approvalId) || !scene.mayGoOn()) {
    await ports.audit.commit({ ...permitted, event: 'ask.settled', outcome: 'denied', reasonCode: 'policy_changed' });
    return no({ kind: 'unsupported' }, 'policy_changed');
  }
  return { ok: true, permitted };
}

/** Null: the decision lets it pass, by itself or by this approval. */
export function refusalOf(
  decision: Decision,
  approvalId: string | null,
): { outcome: Outcome; reasonCode: string } | null {
  if (decision.effect === 'allow' || (decision.effect === 'ask' && approvalId !== null)) return null;
  return { outcome: isPause(decision) ? 'paused' : 'denied', reasonCode: decision.reasonCode };
}

/** The server's switch, under the kill switch and the agent's own pause. */
export function decideAsk(ports: PipelinePorts, scene: AskScene, method: AskMethod): Decision {
  const world = ports.world();
  const { agent } = scene.exchange;
  const end = (
    effect: Effect,
    reasonCode: string,
    reason: string,
    step: 'kill-switch' | 'agent-paused' | 'switch',
  ) => ({
    ...{ effect, reasonCode, reason, policyVersion: world.version },
    trace: [{ step, hit: true, text: reason }],
  });
  if (world.paused) return end('deny', 'paused_all', 'The user has paused all agents.', 'kill-switch');
  const policy = world.agents.get(agent.id);
  if (!policy || policy.paused) return end('deny', 'paused_agent', 'The user has paused this agent.', 'agent-paused');
  const name = askNames[method];
  const effect = ports.asksOf(scene.serverId)[name];
  if (effect === 'deny') return end('deny', `${name}_off`, `The server may not ask for ${name}.`, 'switch');
  if (!scene.exchange.canAsk(method))
    return end('deny', 'not_declared', 'The agent’s client cannot be asked this.', 'switch');
  const position = effect === 'ask' ? 'Ask' : 'Allow';
  return end(effect, `switch_${name}`, `The server’s switch for ${name} says ${position}.`, 'switch');
}

/** The question as a call, so that the card shows and binds exactly what the agent will be asked. */
function describeAsk(
  ports: PipelinePorts,
  scene: AskScene,
  method: AskMethod,
  params: JsonObject,
  decision: Decision,
): DecidedCall | null {
  const { serverId, serverName, exchange } = scene;
  const { description, risk } = words[method];
  const definition = { name: method, description };
  let argumentsDigest: string;
  try {
    argumentsDigest = digestArguments(ports.key, params);
  } catch {
    // lone surrogates: what cannot be bound cannot be approved
    return null;
  }
  const definitionHash = hashDefinition(definition);
  const tool = { kind: 'ask', serverId, serverName, name: method, exposedName: method } as const;
  return {
    id: scene.callId ?? randomUUID(),
    at: ports.clock.now(),
    exchange,
    tool: { ...tool, definition, definitionHash, reviewed: true },
    arguments: params,
    otherParams: {},
    params,
    argumentsDigest,
    subject: describeQuestion(params),
    risk,
    decision,
  };
}

/** A page to open is told by its host, in the form that shows look-alike letters. */
function describeQuestion(params: JsonObject): string {
  if (params.mode !== 'url' || typeof params.url !== 'string') return describeSubject(params);
  try {
    return `Open a page of ${new URL(params.url).host}`.slice(0, 120);
  } catch {
    return 'Open a page without a valid address';
  }
}

async function approveAsk(
  ports: PipelinePorts,
  ask: DecidedCall,
  callId: string | null,
): Promise<{ ok: true; approvalId: string | null } | { ok: false; reasonCode: string; told: string }> {
  if (ask.decision.effect !== 'ask') return { ok: true, approvalId: null };
  const { exchange } = ask;
  let answer: Answer;
  try {
    exchange.setWaiting(true);
    answer = await ports.approvals.wait(ask, patienceOf(ports, exchange), (card) => {
      if (callId !== null) ports.journal.awaitingApproval(callId, card.id, card.expiresAt);
    });
  } catch (error) {
    ports.log.error('a question could not be put to the person', {
      error: error instanceof Error ? error.message : 'unknown',
    });
    return { ok: false, reasonCode: 'internal', told: 'The user could not be asked.' };
  } finally {
    exchange.setWaiting(false);
    // the call may have ended meanwhile, and must not seem to run again
    if (callId !== null && ports.journal.view(callId)?.status === 'awaiting_approval') ports.journal.running(callId);
  }
  switch (answer.kind) {
    case 'approved':
      // a question is the server's own; nothing of it can be replaced
      return answer.edited
        ? { ok: false, reasonCode: 'edited', told: 'The user denied this request.' }
        : { ok: true, approvalId: answer.approvalId };
    case 'reconsidered':
      return { ok: true, approvalId: null };
    case 'full':
      return { ok: false, reasonCode: 'too_many_waiting', told: 'Too many requests wait for the user.' };
    case 'denied':
      return { ok: false, reasonCode: 'denied_by_user', told: 'The user denied this request.' };
    case 'expired':
    case 'parked':
      return { ok: false, reasonCode: 'timeout', told: 'The user did not answer in time.' };
    case 'cancelled':
      return { ok: false, reasonCode: 'cancelled', told: 'The request was cancelled.' };
  }
}

function factsOf(ask: DecidedCall, { callId, taskId }: AskScene): Omit<AuditFacts, 'event'> {
  const { agent } = ask.exchange;
  return {
    actor: 'engine',
    agentId: agent.id,
    agentName: agent.name,
    serverId: ask.tool.serverId,
    tool: ask.tool.name,
    callId,
    riskTier: ask.risk.tier,
    policyVersion: ask.decision.policyVersion,
    argumentsDigest: ask.argumentsDigest,
    subject: ask.subject,
    details: taskId === undefined ? null : { taskId },
  };
}

export function outcomeOf(answer: AskAnswer): { outcome: Outcome; reasonCode: string } {
  if (answer.kind === 'unsupported') return { outcome: 'not_found', reasonCode: 'unsupported' };
  if (answer.kind === 'error') return { outcome: 'tool_error', reasonCode: 'rpc_error' };
  const action = isObject(answer.result) ? answer.result.action : undefined;
  return { outcome: 'ok', reasonCode: action === 'decline' || action === 'cancel' ? action : 'answered' };
}
