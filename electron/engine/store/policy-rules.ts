import { z } from 'zod';
import {
  type AgentPolicySettings,
  agentPolicySettingsSchema,
  anything,
  type LiveGrant,
  liveGrantSchema,
  neverEntrySchema,
  riskTierSchema,
  ruleSchema,
} from '../../shared/index.ts';
import type { BrokenRule } from '../core/compile-policy.ts';
import type { Connection } from './connection.ts';
import type { PolicyReader, PolicyWriter, StoredPolicy, ToolTier } from './policy-contract.ts';
import { decodeRows } from './rows.ts';

interface RuleRow {
  id: string;
  kind: string;
  agent: string;
  server: string;
  tool: string;
  body: string;
  confirmedAt: number;
}

type Reads = Pick<PolicyReader, 'policyRules' | 'liveGrants' | 'riskOverrides' | 'toolTiers' | 'agentPolicies'>;

const overrideRow = z.object({ serverId: z.string(), tool: z.string(), tier: riskTierSchema });
const tierRow: z.ZodType<ToolTier> = overrideRow.extend({ roseAt: z.number().nullable() });

export function readPolicy(db: Connection): Reads {
  const rules = db.prepare<[], RuleRow>(
    'SELECT id, kind, agent, server, tool, body, confirmed_at AS confirmedAt FROM policy_rules ORDER BY id',
  );
  const grants = db.prepare<[], Record<string, unknown> & { id: string; match: string; untilQuit: number }>(`
    SELECT id, agent_id AS agentId, server_id AS serverId, tool, match, expires_at AS expiresAt,
      until_quit AS untilQuit, uses_left AS usesLeft, created_at AS createdAt, approval_id AS approvalId, sentence
    FROM live_grants ORDER BY created_at, id`);
  const overrides = db.prepare<[], { tool: string }>('SELECT server_id AS serverId, tool, tier FROM risk_overrides');
  const tiers = db.prepare<[], { tool: string }>(
    'SELECT server_id AS serverId, tool, tier, rose_at AS roseAt FROM tool_tiers',
  );
  const agents = db.prepare<[], { agentId: string; preset: unknown; loop: string | null; flowGuard: number }>(
    'SELECT agent_id AS agentId, preset, loop, flow_guard AS flowGuard FROM agent_policies',
  );
  return {
    policyRules: () => sortOut(rules.all()),
    liveGrants: () =>
      grants.all().flatMap((row): LiveGrant[] => {
        const parsed = liveGrantSchema.safeParse({
          ...row,
          match: parseJson(row.match),
          untilQuit: row.untilQuit === 1,
        });
        return parsed.success ? [parsed.data] : [];
      }),
    riskOverrides: () => decodeRows(overrideRow, overrides.all(), 'risk_overrides', (row) => row.tool),
    toolTiers: () => decodeRows(tierRow, tiers.all(), 'tool_tiers', (row) => row.tool),
    agentPolicies: () => {
      const found = new Map<string, AgentPolicySettings>();
      for (const row of agents.all()) {
        const loop = row.loop === null ? null : parseJson(row.loop);
        const parsed = agentPolicySettingsSchema.safeParse({
          preset: row.preset,
          loop,
          flowGuard: row.flowGuard === 1,
        });
        // what cannot be read grants nothing and guards as by default
        if (parsed.success) found.set(row.agentId, parsed.data);
      }
      return found;
    },
  };
}

function sortOut(rows: RuleRow[]): StoredPolicy {
  const policy: StoredPolicy = { rules: [], never: [], broken: [] };
  for (const row of rows) {
    const body = parseJson(row.body);
    const rule = row.kind === 'rule' ? ruleSchema.safeParse(body) : null;
    const never = row.kind === 'never' ? neverEntrySchema.safeParse(body) : null;
    if (rule?.success && rule.data.id === row.id) policy.rules.push({ rule: rule.data, confirmedAt: row.confirmedAt });
    else if (never?.success && never.data.id === row.id) policy.never.push(never.data);
    else policy.broken.push(describeBroken(row));
  }
  return policy;
}

function describeBroken(row: RuleRow): BrokenRule {
  const isWhole = row.kind === 'rule' || row.kind === 'never';
  return {
    id: row.id,
    agent: isWhole && row.kind === 'rule' ? row.agent : anything,
    server: isWhole ? row.server : anything,
    tool: isWhole ? row.tool : anything,
    message: `The stored rule “${row.id}” cannot be read, so it blocks everything it may have been about.`,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Writes = Pick<
  PolicyWriter,
  'putRule' | 'putNever' | 'putLiveGrant' | 'deleteLiveGrant' | 'putRiskOverride' | 'putToolTier' | 'putAgentPolicy'
>;

export function writePolicy(db: Connection): Writes {
  const put = db.prepare(`
    INSERT INTO policy_rules (id, kind, agent, server, tool, body, confirmed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, agent = excluded.agent, server = excluded.server,
      tool = excluded.tool, body = excluded.body, confirmed_at = excluded.confirmed_at`);
  const remove = db.prepare('DELETE FROM policy_rules WHERE id = ?');
  const putGrant = db.prepare(`
    INSERT INTO live_grants (id, agent_id, server_id, tool, match, expires_at, until_quit, uses_left, created_at,
      approval_id, sentence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, uses_left = excluded.uses_left`);
  const removeGrant = db.prepare('DELETE FROM live_grants WHERE id = ?');
  const putOverride = db.prepare(`
    INSERT INTO risk_overrides (server_id, tool, tier) VALUES (?, ?, ?)
    ON CONFLICT (server_id, tool) DO UPDATE SET tier = excluded.tier`);
  const removeOverride = db.prepare('DELETE FROM risk_overrides WHERE server_id = ? AND tool = ?');
  const putTier = db.prepare(`
    INSERT INTO tool_tiers (server_id, tool, tier, rose_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (server_id, tool) DO UPDATE SET tier = excluded.tier, rose_at = excluded.rose_at`);
  const putAgent = db.prepare(`
    INSERT INTO agent_policies (agent_id, preset, loop, flow_guard) VALUES (?, ?, ?, ?)
    ON CONFLICT (agent_id) DO UPDATE SET preset = excluded.preset, loop = excluded.loop,
      flow_guard = excluded.flow_guard`);
  const removeAgent = db.prepare('DELETE FROM agent_policies WHERE agent_id = ?');
  return {
    putRule: (id, stored) => {
      if (!stored) remove.run(id);
      else {
        const { agent, server, tool } = stored.rule;
        put.run(id, 'rule', agent, server, tool, JSON.stringify(stored.rule), Math.round(stored.confirmedAt));
      }
    },
    putNever: (id, entry) => {
      if (entry) put.run(id, 'never', anything, entry.server, entry.tool, JSON.stringify(entry), 0);
      else remove.run(id);
    },
    putLiveGrant: (grant) => {
      const { id, agentId, serverId, tool, match, expiresAt, untilQuit, usesLeft, createdAt, approvalId } = grant;
      const body = JSON.stringify(match);
      const quit = Number(untilQuit);
      putGrant.run(id, agentId, serverId, tool, body, expiresAt, quit, usesLeft, createdAt, approvalId, grant.sentence);
    },
    deleteLiveGrant: (id) => void removeGrant.run(id),
    putRiskOverride: (serverId, tool, tier) => {
      if (tier) putOverride.run(serverId, tool, tier);
      else removeOverride.run(serverId, tool);
    },
    putToolTier: ({ serverId, tool, tier, roseAt }) => void putTier.run(serverId, tool, tier, roseAt),
    putAgentPolicy: (agentId, settings) => {
      if (!settings) removeAgent.run(agentId);
      else {
        const loop = settings.loop === null ? null : JSON.stringify(settings.loop);
        putAgent.run(agentId, settings.preset, loop, Number(settings.flowGuard));
      }
    },
  };
}
