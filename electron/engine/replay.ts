import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Effect, PolicyChange, Replay, ReplayedCall } from '../shared/index.ts';
import type { EngineParts } from './api/context.ts';
import { riskOfCall } from './core/argument-risk.ts';
import { isExpired, matchRule } from './core/compile-policy.ts';
import { type AccessRequest, evaluate, type PolicyWorld, type ToolSubject, toolKey } from './core/evaluate.ts';
import { noPaths } from './core/path-inside.ts';
import type { PolicyBook } from './core/policy-book.ts';
import { highestTier } from './core/risk.ts';
import type { KeptCall } from './store/policy-contract.ts';

const maxCalls = 5_000;
const maxShown = 200;
const dayMs = 24 * 3_600_000;
/** Calls decided before others get a turn, so that a replay delays no call. */
const perTurn = 100;

type Draft = { world: PolicyWorld; book: PolicyBook };

/**
 * Decides the calls of the last days again, with policy as it is and as it would be with `changes`. Pauses are left out,
 * tools are those of now, and a call whose arguments were not kept, or were kept without what a rule looks at, is counted
 * as unknown instead of guessed.
 */
export async function replayChanges(parts: EngineParts, changes: PolicyChange[], days: number): Promise<Replay> {
  const now = parts.ports.clock.now();
  const kept = parts.store.keptCalls(now - days * dayMs, maxCalls + 1);
  const before: Draft = { world: unpaused(parts.policy.world), book: parts.policy.book };
  const draft = parts.policy.draft(changes);
  const after: Draft = { world: unpaused(draft.world), book: draft.book };
  const drafted = new Set(changes.flatMap((one) => (one.kind === 'rule' || one.kind === 'never' ? [one.id] : [])));
  const replay: Replay = {
    days,
    calls: Math.min(kept.length, maxCalls),
    truncated: kept.length > maxCalls,
    matched: 0,
    nowAllowed: 0,
    nowAsked: 0,
    nowBlocked: 0,
    unknown: 0,
    changed: [],
    matchedCalls: [],
  };
  for (const [index, call] of kept.slice(0, maxCalls).entries()) {
    if (index % perTurn === perTurn - 1) await nextTurn();
    await replayCall(parts, call, before, after, drafted, now, replay);
  }
  return replay;
}

async function replayCall(
  parts: EngineParts,
  call: KeptCall,
  before: Draft,
  after: Draft,
  drafted: ReadonlySet<string>,
  now: number,
  replay: Replay,
): Promise<void> {
  const opened = parts.kept.open(call);
  const tool = findTool(parts, call);
  const isBlind = (world: PolicyWorld) => looksAtMissing(world, call, opened?.redacted ?? null);
  const request = (draft: Draft): Promise<AccessRequest> => {
    const rated = rate(tool, draft.book);
    const args = opened?.arguments ?? {};
    const asked: AccessRequest = {
      agentId: call.agentId,
      tool: rated,
      arguments: args,
      argumentsDigest: call.argumentsDigest,
      risk: riskOfCall(rated.risk, args),
      at: now,
    };
    return parts.guards.withPaths(draft.world, asked);
  };
  const view = (effects: { before: Effect | null; after: Effect | null; reason: string }): ReplayedCall => ({
    callId: call.callId,
    at: call.at,
    agentId: call.agentId,
    agentName: call.agentName,
    serverId: call.serverId,
    tool: call.tool,
    subject: call.subject,
    ...effects,
  });
  if (isBlind(before.world) || isBlind(after.world)) {
    replay.unknown += 1;
    return;
  }
  const asked = await request(after);
  const was = evaluate(before.world, await request(before));
  const becomes = evaluate(after.world, asked);
  const shown = view({ before: was.effect, after: becomes.effect, reason: becomes.reason });
  if (matchesDraft(after.world, asked, drafted)) {
    replay.matched += 1;
    if (replay.matchedCalls.length < maxShown) replay.matchedCalls.push(shown);
  }
  if (was.effect === becomes.effect) return;
  if (becomes.effect === 'allow') replay.nowAllowed += 1;
  else if (becomes.effect === 'ask') replay.nowAsked += 1;
  else replay.nowBlocked += 1;
  if (replay.changed.length < maxShown) replay.changed.push(shown);
}

/** Some rule in this call's scope looks at an argument that was not kept; `redacted` null: none were. */
function looksAtMissing(world: PolicyWorld, call: KeptCall, redacted: readonly string[] | null): boolean {
  if (redacted !== null && redacted.length === 0) return false;
  const { never, deny, ask, allow, grants } = world.rules.candidates(call.agentId, call.serverId, call.tool);
  if (redacted === null) {
    return (
      grants.some((grant) => grant.match.kind === 'pattern') ||
      [...never, ...deny, ...ask, ...allow].some((rule) => rule.conditions.length > 0)
    );
  }
  const roots = [...never, ...deny, ...ask, ...allow].flatMap((rule) => rule.roots);
  return roots.some((root) => redacted.includes(root)) || grants.some((grant) => grant.match.kind === 'pattern');
}

function matchesDraft(world: PolicyWorld, request: AccessRequest, drafted: ReadonlySet<string>): boolean {
  const { never, deny, ask, allow } = world.rules.candidates(request.agentId, request.tool.serverId, request.tool.name);
  const facts = {
    arguments: request.arguments,
    inputSchema: request.tool.definition?.inputSchema,
    paths: request.paths ?? noPaths,
  };
  return [...never, ...deny, ...ask, ...allow].some((rule) => {
    if (!drafted.has(rule.id) || isExpired(rule, request.at)) return false;
    const verdict = matchRule(rule, facts);
    return rule.effect === 'allow' ? verdict === 'yes' : verdict !== 'no';
  });
}

type RatedSubject = ToolSubject & { risk: NonNullable<ToolSubject['risk']> };

/** The tool as it is now; one that is gone is taken as it would be without evidence, and as reviewed. */
function findTool(parts: EngineParts, call: KeptCall): RatedSubject {
  const tool = parts.catalog.toolsOf(call.serverId).find((one) => one.name === call.tool);
  if (tool) return { ...tool, reviewed: true };
  const reasons = [{ tier: 'write' as const, text: 'The tool is gone', source: 'no evidence' }];
  return { serverId: call.serverId, name: call.tool, reviewed: true, risk: { tier: 'write', reasons } };
}

/** The tool with the tier this book gives it. */
export function rate(tool: RatedSubject, book: PolicyBook): RatedSubject {
  const own = book.risks.get(toolKey(tool.serverId, tool.name));
  if (!own && !tool.risk.isOverridden) return tool;
  if (!own) {
    // the draft takes the user's tier away: what is left are the reasons behind it
    const reasons = tool.risk.reasons.slice(1);
    return { ...tool, risk: { tier: highestTier(reasons.map(({ tier }) => tier)), reasons } };
  }
  const reason = { tier: own.tier, text: 'You set this tier', source: 'you' };
  return { ...tool, risk: { tier: own.tier, reasons: [reason], isOverridden: true } };
}

/** Policy as if nothing were paused: a pause is no rule. */
export function unpaused(world: PolicyWorld): PolicyWorld {
  const agents = new Map([...world.agents].map(([id, agent]) => [id, { ...agent, paused: false }]));
  return { ...world, paused: false, agents };
}
