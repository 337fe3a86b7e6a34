/**
 * What a row of the audit log costs: CPU microseconds per row and rows per second, alone and with 32 calls at once, by
 * durability. Each call is two rows with a turn of the event loop between them, as a server's answer takes. Prints JSON.
 */
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditTrail } from '../electron/engine/audit-trail.ts';
import { makeCallId } from '../electron/engine/core/call-id.ts';
import { type AuditFacts, AuditGate } from '../electron/engine/pipeline/audit-gate.ts';
import { openStore } from '../electron/engine/store/open.ts';
import type { AuditDurability } from '../electron/shared/audit-proof.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const clock = { now: () => Date.now() };
const digest = 'a'.repeat(64);

async function measure(durability: AuditDurability, concurrency: number, calls: number) {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-bench-'));
  const store = openStore({ file: join(folder, 'scopegate.db') });
  const trail = new AuditTrail({ store, clock, log, key: createSecretKey(Buffer.alloc(32, 1)), dataDir: folder });
  const gate = new AuditGate({ store, trail, durability, log, now: clock.now, onHealth: () => {} });
  const common: Omit<AuditFacts, 'event'> = {
    ...{ actor: 'agent' as const, agentId: 'cc0f5a94-7b1c-4bd9-92a1-7a1a8e6d4d01', agentName: 'Claude Code' },
    ...{ serverId: 'files', tool: 'read_file', effect: 'allow' as const, riskTier: 'write', policyVersion: 7 },
    ...{ argumentsDigest: digest, subject: 'README.md', reasonCode: 'switch_tool' },
  };
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const callId = makeCallId(Date.now());
      await gate.commit({ ...common, callId, event: 'call.decided' });
      await new Promise((resolve) => setImmediate(resolve));
      const ended = {
        outcome: 'ok',
        resultDigest: digest,
        resultBytes: 812,
        durationMs: 1.25,
        upstreamMs: 0.75,
      } as const;
      await gate.commit({ ...common, ...ended, callId, event: 'call.settled' });
    }
  };
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const took = performance.now() - began;
  const used = process.cpuUsage(cpu);
  const rows = store.auditEnd();
  await trail.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    durability,
    concurrency,
    rows,
    cpuMicrosPerRow: Number(((used.user + used.system) / rows).toFixed(1)),
    rowsPerSecond: Math.round((rows / took) * 1000),
  };
}

const results = [];
for (const durability of ['normal', 'by-tier', 'full'] as const)
  for (const concurrency of [1, 8, 32]) {
    await measure(durability, concurrency, 500);
    results.push(await measure(durability, concurrency, durability === 'normal' ? 10_000 : 2_000));
  }
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
