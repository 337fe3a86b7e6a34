import { z } from 'zod';
import type { Bucket } from '../core/rate-limiter.ts';
import { auditColumns, auditRow } from './audit-rows.ts';
import type { Connection } from './connection.ts';
import { readMeta, writeMeta } from './meta.ts';
import type { KeptCall, PolicyReader, PolicyWriter } from './policy-contract.ts';
import { decodeRows } from './rows.ts';

/** What policy writes while calls run: buckets, kept arguments, and the history of its changes. */

const keptRow: z.ZodType<KeptCall> = z.object({
  callId: z.string(),
  at: z.number(),
  agentId: z.string(),
  agentName: z.string(),
  serverId: z.string(),
  tool: z.string(),
  subject: z.string(),
  argumentsDigest: z.string(),
  sealed: z.instanceof(Buffer).nullable(),
  day: z.number().int().nullable(),
});

type Reads = Pick<
  PolicyReader,
  'policyHistory' | 'limitBuckets' | 'keptCalls' | 'keptCall' | 'keptCallCount' | 'replayDays'
>;

export function readPolicyRun(db: Connection): Reads {
  const history = db.prepare<[number, number], { seq: number }>(
    `SELECT ${auditColumns} FROM audit WHERE event IN ('policy.changed', 'engine.paused', 'engine.resumed') AND seq < ? ORDER BY seq DESC LIMIT ?`,
  );
  const buckets = db.prepare<[], Bucket & { key: string }>('SELECT key, tokens, at FROM limit_buckets');
  const select = `
    SELECT call_id AS callId, at, agent_id AS agentId, agent_name AS agentName, server_id AS serverId, tool, subject,
      arguments_digest AS argumentsDigest, sealed, day
    FROM call_arguments`;
  const kept = db.prepare<[number, number], { callId: string }>(`${select} WHERE at >= ? ORDER BY at DESC LIMIT ?`);
  const one = db.prepare<[string], { callId: string }>(`${select} WHERE call_id = ?`);
  const count = db.prepare<[], number>('SELECT count(*) FROM call_arguments').pluck();
  const meta = readMeta(db);
  return {
    policyHistory: (before, limit) =>
      decodeRows(auditRow, history.all(before ?? Number.MAX_SAFE_INTEGER, limit), 'audit', (row) => row.seq),
    limitBuckets: () => new Map(buckets.all().map(({ key, tokens, at }) => [key, { tokens, at }])),
    keptCalls: (since, limit) => decodeRows(keptRow, kept.all(since, limit), 'call_arguments', (row) => row.callId),
    keptCall: (callId) => decodeRows(keptRow, one.all(callId), 'call_arguments', (row) => row.callId)[0] ?? null,
    keptCallCount: () => count.get() ?? 0,
    replayDays: () => meta('replay_days'),
  };
}

type Writes = Pick<PolicyWriter, 'putBuckets' | 'putKeptCalls' | 'pruneKeptCalls' | 'setReplayDays'>;

export function writePolicyRun(db: Connection): Writes {
  const put = db.prepare(`
    INSERT INTO limit_buckets (key, tokens, at) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens, at = excluded.at`);
  const remove = db.prepare('DELETE FROM limit_buckets WHERE key = ?');
  const keep = db.prepare(`
    INSERT INTO call_arguments (call_id, at, agent_id, agent_name, server_id, tool, subject, arguments_digest, sealed,
      day)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (call_id) DO NOTHING`);
  const prune = db.prepare('DELETE FROM call_arguments WHERE at < ?');
  const pruneMost = db.prepare(
    'DELETE FROM call_arguments WHERE call_id IN (SELECT call_id FROM call_arguments ORDER BY at DESC LIMIT -1 OFFSET ?)',
  );
  const setMeta = writeMeta(db);
  return {
    putBuckets: db.transaction((buckets: ReadonlyMap<string, Bucket>, gone: ReadonlySet<string>) => {
      for (const key of gone) remove.run(key);
      for (const [key, { tokens, at }] of buckets) put.run(key, tokens, Math.round(at));
    }),
    putKeptCalls: db.transaction((calls: readonly KeptCall[]) => {
      for (const { callId, at, agentId, agentName, serverId, tool, subject, argumentsDigest, sealed, day } of calls)
        keep.run(callId, at, agentId, agentName, serverId, tool, subject, argumentsDigest, sealed, day);
    }),
    pruneKeptCalls: (before, most) => {
      prune.run(before);
      pruneMost.run(most);
    },
    setReplayDays: (days) => setMeta('replay_days', days),
  };
}
