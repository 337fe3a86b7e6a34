import { z } from 'zod';
import { effectSchema, outcomeSchema } from '../../shared/index.ts';
import type { ChainValue } from './audit-chain.ts';
import type { AuditEvent, AuditRow } from './contract.ts';
import { jsonColumn, jsonObject } from './rows.ts';

/** Columns in the order of the hashed fields; see audit-chain.ts. */
export const hashedColumns = `seq, id, at, event, actor, agent_id, agent_name, server_id, tool, call_id, effect, outcome,
  reason_code, risk_tier, policy_version, arguments_digest, result_digest, result_bytes, duration_ms, waited_ms,
  approval_id, subject, details, format, rule_id, credential, os_user, process, upstream_ms, findings`;

export const hashedColumnCount = hashedColumns.split(',').length;

/** How a row is written from now on; see `hashedValues` in audit-chain.ts. */
const currentFormat = 2;

/** For `SELECT`: one member of `AuditRow` each. */
export const auditColumns = `seq, id, at, event, actor, agent_id AS agentId, agent_name AS agentName,
  server_id AS serverId, tool, call_id AS callId, effect, outcome, reason_code AS reasonCode, risk_tier AS riskTier,
  policy_version AS policyVersion, arguments_digest AS argumentsDigest, result_digest AS resultDigest,
  result_bytes AS resultBytes, duration_ms AS durationMs, waited_ms AS waitedMs, approval_id AS approvalId, subject,
  details, format, rule_id AS ruleId, credential, os_user AS osUser, process, upstream_ms AS upstreamMs, findings,
  lower(hex(prev_hash)) AS prevHash, lower(hex(hash)) AS hash`;

const text = z.string().nullable();
const figure = z.number().nullable();

export const auditRow: z.ZodType<AuditRow> = z.object({
  seq: z.number().int().positive(),
  id: z.string(),
  at: z.number(),
  event: z.string(),
  actor: z.enum(['agent', 'person', 'engine', 'config']),
  agentId: text,
  agentName: text,
  serverId: text,
  tool: text,
  callId: text,
  effect: effectSchema.nullable(),
  outcome: outcomeSchema.nullable(),
  reasonCode: text,
  riskTier: text,
  policyVersion: figure,
  argumentsDigest: text,
  resultDigest: text,
  resultBytes: figure,
  durationMs: figure,
  waitedMs: figure,
  approvalId: text,
  subject: text,
  details: jsonColumn(jsonObject).nullable(),
  format: z.number().int(),
  ruleId: text,
  credential: text,
  osUser: text,
  process: jsonColumn(jsonObject).nullable(),
  upstreamMs: figure,
  findings: jsonColumn(z.array(jsonObject)).nullable(),
  prevHash: z.string().length(64),
  hash: z.string().length(64),
});

/** The row as it will be stored and hashed: both must see the very same values. */
export function toChainValues(seq: number, id: string, osUser: string | null, event: AuditEvent): ChainValue[] {
  return [
    seq,
    id,
    Math.round(event.at),
    wellFormed(event.event),
    event.actor,
    wellFormed(event.agentId),
    wellFormed(event.agentName),
    wellFormed(event.serverId),
    wellFormed(event.tool),
    wellFormed(event.callId),
    event.effect,
    event.outcome,
    wellFormed(event.reasonCode),
    event.riskTier,
    finite(event.policyVersion),
    event.argumentsDigest,
    event.resultDigest,
    finite(event.resultBytes),
    finite(event.durationMs),
    finite(event.waitedMs),
    wellFormed(event.approvalId),
    wellFormed(event.subject),
    jsonText(event.details),
    currentFormat,
    wellFormed(event.ruleId ?? null),
    wellFormed(event.credential ?? null),
    osUser,
    jsonText(event.process),
    finite(event.upstreamMs ?? null),
    jsonText(event.findings),
  ];
}

/** `JSON.stringify` writes lone surrogates as escapes, so its text is always well formed. */
function jsonText(value: object | null | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

const loneSurrogate = /\p{Surrogate}/u;
const loneSurrogates = /\p{Surrogate}/gu;

/** SQLite stores UTF-8, which has no lone surrogates; agents may send them. */
function wellFormed(value: string | null): string | null {
  return value !== null && loneSurrogate.test(value) ? value.replace(loneSurrogates, '\ufffd') : value;
}

/** SQLite has no NaN, JSON neither NaN nor infinity. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
