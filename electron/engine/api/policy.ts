import type {
  ImportPreview,
  NeverEntry,
  PolicyChange,
  PolicyHistoryEntry,
  PolicyView,
  Rule,
  TestedCall,
} from '../../shared/index.ts';
import { policyChangeSchema } from '../../shared/index.ts';
import { describeNever, describeRule } from '../../shared/rule-sentence.ts';
import { riskOfCall } from '../core/argument-risk.ts';
import { digestArguments } from '../core/canonical.ts';
import { evaluate, isListed } from '../core/evaluate.ts';
import { type KnownWorld, lintRules, suspendedTools } from '../core/lint-rules.ts';
import { findConflict } from '../core/policy-book.ts';
import { findProblems } from '../core/policy-problems.ts';
import { BridgeFault } from '../faults.ts';
import { type AgentNames, importChanges, readPolicyYaml, ruleText, writePolicyYaml } from '../policy-yaml.ts';
import { rate, replayChanges } from '../replay.ts';
import { draftRule } from '../rule-draft.ts';
import type { AuditRow } from '../store/contract.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { detailOf } from './calls.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

export function makePolicyHandlers(parts: EngineParts): HandlersFor<'policy'> {
  const { policy, store } = parts;
  return {
    'policy.get': () => viewPolicy(parts),
    'policy.change': ({ changes, version }) => {
      if (version !== null && version !== policy.world.version)
        throw new BridgeFault('stale', 'Policy has changed meanwhile.', 'Look at it again, then repeat this.');
      const previous = changePolicy(parts, changes);
      return { previous, version: policy.world.version };
    },
    'policy.check': ({ changes }) => {
      const { book } = policy.draft(changes);
      const sentences = changes.flatMap((change) =>
        (change.kind === 'rule' || change.kind === 'never') && change.value
          ? [{ id: change.id, sentence: sentenceOf(parts, change.value) }]
          : [],
      );
      return { problems: findProblems(changes), sentences, lint: lintRules(book, knownWorld(parts)) };
    },
    'policy.test': (call) => testCall(parts, call),
    'policy.replay': ({ changes, days }) => {
      refuseUnusable(parts, changes);
      parts.kept.flush();
      return replayChanges(parts, changes, days);
    },
    'policy.export': () => ({ text: writePolicyYaml(policy.book, agentNames(parts)) }),
    'policy.previewImport': ({ text, mode }) => previewImport(parts, text, mode),
    'policy.history': ({ before, limit }) => {
      const rows = store.policyHistory(before, limit + 1);
      return { entries: rows.slice(0, limit).map(viewHistory), more: rows.length > limit };
    },
    'policy.draftFromCall': ({ callId, effect }) => {
      const { rules, never } = policy.book;
      return draftRule(detailOf(parts, callId), effect, (id) => rules.has(id) || never.has(id));
    },
    'policy.setReplayDays': ({ days }) => {
      recordOrRefuse(parts, policy.world.version, 'replay', { days: parts.kept.days }, { days }, {});
      parts.kept.setDays(days);
      parts.announce.policy();
      return {};
    },
  };
}

/** Writes changes whole or not at all, one audit row for each; returns what takes them back. Throws `BridgeFault`. */
function changePolicy(parts: EngineParts, changes: PolicyChange[]): PolicyChange[] {
  refuseUnusable(parts, changes);
  for (const change of changes) if (change.kind === 'agent') parts.agents.editable(change.agentId);
  const limitsBefore = new Map([...parts.policy.book.rules].map(([id, { rule }]) => [id, rule.limit]));
  const previous = parts.policy.change(changes, (version, change, before) =>
    recordOrRefuse(parts, version, change.kind, before, change.value, keyOf(change)),
  );
  for (const change of changes) {
    if (change.kind !== 'rule') continue;
    const limit = change.value?.limit ?? null;
    if (JSON.stringify(limit) !== JSON.stringify(limitsBefore.get(change.id) ?? null))
      parts.limiter.resetRule(change.id);
  }
  const rated = new Set(changes.flatMap((change) => (change.kind === 'risk' ? [change.serverId] : [])));
  if (rated.size > 0) parts.risks.readOverrides();
  for (const serverId of rated) parts.catalog.rateAgain(serverId);
  parts.announce.matrix(null);
  return previous;
}

function refuseUnusable(parts: EngineParts, changes: PolicyChange[]): void {
  const [problem] = findProblems(changes);
  if (problem) throw new BridgeFault('bad_request', problem.message, 'Correct the rule and try again.');
  const conflict = findConflict(parts.policy.book, changes);
  if (conflict) throw new BridgeFault('conflict', conflict, 'Choose another id.');
}

/** Inside the transaction of the change: a row that cannot be written takes the change back. */
function recordOrRefuse(
  parts: EngineParts,
  version: number,
  kind: string,
  before: unknown,
  after: unknown,
  key: JsonObject,
): void {
  const details = { kind, ...key, before: before ?? null, after: after ?? null } as JsonObject;
  if (parts.audit.append({ event: 'policy.changed', actor: 'person', policyVersion: version, details })) return;
  throw new BridgeFault(
    'unavailable',
    'The audit log cannot be written, so nothing was changed.',
    'Free disk space or mend the data folder.',
  );
}

function keyOf(change: PolicyChange): JsonObject {
  if (change.kind === 'risk') return { serverId: change.serverId, tool: change.tool };
  return change.kind === 'agent' ? { agentId: change.agentId } : { id: change.id };
}

function viewPolicy(parts: EngineParts): PolicyView {
  const { policy, store, limiter } = parts;
  const now = parts.ports.clock.now();
  const known = knownWorld(parts);
  const { book } = policy;
  return {
    version: policy.world.version,
    rules: [...book.rules.values()].map(({ rule, confirmedAt }) => ({
      rule,
      state: !rule.enabled ? 'off' : rule.expiresAt !== null && rule.expiresAt <= now ? 'expired' : 'active',
      sentence: sentenceOf(parts, rule),
      confirmedAt,
      suspendedFor: suspendedTools(rule, confirmedAt, known),
      limitRemaining: limiter.remainingOfRule(rule.id, rule.limit, now),
    })),
    never: [...book.never.values()].map((entry) => ({ entry, sentence: sentenceOf(parts, entry) })),
    riskOverrides: [...book.risks.values()],
    agents: parts.agents.all().map(({ id }) => ({ agentId: id, settings: policy.settingsOf(id) })),
    faults: [...policy.faults],
    lint: lintRules(book, known),
    replayDays: parts.kept.days,
    replayCalls: store.keptCallCount(),
  };
}

async function testCall(
  parts: EngineParts,
  call: {
    agentId: string;
    serverId: string;
    tool: string;
    arguments: Record<string, unknown>;
    changes: PolicyChange[];
  },
): Promise<TestedCall> {
  const tool = parts.catalog.toolsOf(call.serverId).find((one) => one.name === call.tool);
  if (!tool) throw new BridgeFault('not_found', 'This tool is not known.', 'Choose one that its server offers.');
  const { world, book } = parts.policy.draft(call.changes);
  const args = call.arguments as JsonObject;
  const rated = rate(tool, book);
  const risk = riskOfCall(rated.risk, args);
  const request = await parts.guards.withPaths(world, {
    agentId: call.agentId,
    tool: rated,
    arguments: args,
    argumentsDigest: digestArguments(parts.key, args),
    risk,
    at: parts.ports.clock.now(),
  });
  const valid = parts.validator.check(tool.definitionHash, tool.definition, args);
  return {
    decision: evaluate(world, request),
    risk,
    listed: parts.catalog.find(tool.exposedName) === tool && isListed(world, call.agentId, rated),
    argumentsProblem: valid.ok ? null : valid.message,
  };
}

function previewImport(parts: EngineParts, text: string, mode: 'merge' | 'replace'): ImportPreview {
  const names = agentNames(parts);
  const { book } = parts.policy;
  const read = readPolicyYaml(text, names);
  const empty = { changes: [], added: [], changed: [], removed: [], same: 0, lint: [] };
  if (!read.ok) return { ...empty, problems: read.problems };
  const changes = importChanges(book, read, mode);
  const conflict = findConflict(book, changes);
  if (conflict) return { ...empty, problems: [{ line: 1, column: 1, message: conflict }] };
  const preview: ImportPreview = { ...empty, problems: [], changes, added: [], changed: [], removed: [] };
  for (const change of changes) {
    if (change.kind !== 'rule' && change.kind !== 'never') continue;
    const before = change.kind === 'rule' ? book.rules.get(change.id)?.rule : book.never.get(change.id);
    if (!change.value) preview.removed.push(change.id);
    else if (!before) preview.added.push(change.id);
    else preview.changed.push({ id: change.id, before: ruleText(before, names), after: ruleText(change.value, names) });
  }
  const written = changes.filter((change) => change.value !== null).length;
  preview.same = read.rules.length + read.never.length - written;
  preview.lint = lintRules(parts.policy.draft(changes).book, knownWorld(parts));
  return preview;
}

function viewHistory(row: AuditRow): PolicyHistoryEntry {
  const { kind, before = null, after = null, ...key } = row.details ?? {};
  const undo = policyChangeSchema.safeParse({ kind, ...key, value: before });
  const common = { seq: row.seq, at: row.at, actor: row.actor, version: row.policyVersion ?? 0 };
  // The kill switch stands in the same list, so that who lifted it is seen where policy is.
  if (row.event !== 'policy.changed') {
    const summary = row.event === 'engine.paused' ? 'Paused all agents' : 'Resumed all agents';
    return { ...common, summary, undo: null, before: null, after: null };
  }
  return {
    ...common,
    summary: summarise(String(kind), before, after, key),
    undo: undo.success ? undo.data : null,
    before,
    after,
  };
}

const kindWords: Record<string, string> = {
  rule: 'the rule',
  never: 'the never-list entry',
  risk: 'the risk tier of',
  agent: 'the settings of an agent',
  replay: 'how long arguments are kept',
};

function summarise(kind: string, before: unknown, after: unknown, key: JsonObject): string {
  const verb = before === null ? 'Added' : after === null ? 'Removed' : 'Changed';
  const name = nameIn(after) ?? nameIn(before) ?? (kind === 'risk' ? `${key.serverId}: ${key.tool}` : null);
  return `${verb} ${kindWords[kind] ?? kind}${name === null ? '' : ` “${name}”`}`;
}

function nameIn(value: unknown): string | null {
  return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : null;
}

function sentenceOf(parts: EngineParts, value: Rule | NeverEntry): string {
  const said =
    'effect' in value
      ? describeRule(value, parts.agents.get(value.agent)?.name ?? value.agent, parts.ports.clock.now())
      : describeNever(value);
  return said.map(({ text }) => text).join('');
}

function knownWorld(parts: EngineParts): KnownWorld {
  const servers = parts.servers.all().map(({ id }) => id);
  return {
    agents: new Set(parts.agents.all().map(({ id }) => id)),
    servers,
    tools: servers.flatMap((id) => [...parts.catalog.toolsOf(id)]),
    now: parts.ports.clock.now(),
  };
}

function agentNames(parts: EngineParts): AgentNames {
  const byName = (name: string) => parts.agents.all().filter((agent) => agent.name === name);
  return {
    nameOf: (id) => parts.agents.all().find((agent) => agent.id === id)?.name ?? null,
    idOf: (name) => {
      const found = byName(name);
      return found.length === 1 ? (found[0]?.id ?? null) : null;
    },
  };
}
