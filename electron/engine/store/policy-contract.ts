import type { AgentPolicySettings, LiveGrant, NeverEntry, RiskTier } from '../../shared/index.ts';
import type { BrokenRule, StoredRule } from '../core/compile-policy.ts';
import type { Bucket } from '../core/rate-limiter.ts';
import type { AuditRow } from './contract.ts';

/** Rules as stored; what cannot be read is told apart, never left out. */
export interface StoredPolicy {
  rules: StoredRule[];
  never: NeverEntry[];
  broken: BrokenRule[];
}

export interface ToolTier {
  serverId: string;
  tool: string;
  tier: RiskTier;
  /** When it last rose, milliseconds since the epoch; null: never. */
  roseAt: number | null;
}

/** One decided call, kept for replay. */
export interface KeptCall {
  callId: string;
  at: number;
  agentId: string;
  agentName: string;
  serverId: string;
  tool: string;
  subject: string;
  argumentsDigest: string;
  /** AES-256-GCM of the arguments; null: they were too large. */
  sealed: Buffer | null;
  /** Of the key it is sealed with, days since the epoch; null: by a version without keys of days. */
  day: number | null;
}

export interface PolicyReader {
  policyRules(): StoredPolicy;
  /** Oldest first. A row that cannot be read permits nothing and is left out. */
  liveGrants(): LiveGrant[];
  riskOverrides(): { serverId: string; tool: string; tier: RiskTier }[];
  toolTiers(): ToolTier[];
  agentPolicies(): Map<string, AgentPolicySettings>;
  /** Rows of `policy.changed` and of the kill switch, newest first, before a sequence number. */
  policyHistory(before: number | null, limit: number): AuditRow[];
  limitBuckets(): Map<string, Bucket>;
  /** Newest first, from `since` on (milliseconds since the epoch). */
  keptCalls(since: number, limit: number): KeptCall[];
  keptCall(callId: string): KeptCall | null;
  keptCallCount(): number;
  /** Days arguments are kept; 0: not at all. */
  replayDays(): number;
}

export interface PolicyWriter {
  /** `value: null` removes. `confirmedAt`: milliseconds since the epoch. */
  putRule(id: string, value: StoredRule | null): void;
  putNever(id: string, value: NeverEntry | null): void;
  putLiveGrant(grant: LiveGrant): void;
  deleteLiveGrant(id: string): void;
  putRiskOverride(serverId: string, tool: string, tier: RiskTier | null): void;
  putToolTier(tier: ToolTier): void;
  putAgentPolicy(agentId: string, settings: AgentPolicySettings | null): void;
  /** Writes these and deletes those, in one transaction. */
  putBuckets(buckets: ReadonlyMap<string, Bucket>, gone: ReadonlySet<string>): void;
  putKeptCalls(calls: readonly KeptCall[]): void;
  /** Deletes what is older than `before`, and the oldest above `most`. */
  pruneKeptCalls(before: number, most: number): void;
  setReplayDays(days: number): void;
}
