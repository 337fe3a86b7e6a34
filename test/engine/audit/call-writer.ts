/**
 * Run as a program of its own by audit-kill.test.ts: governs calls as the engine does (decision row, effect, outcome
 * row, reply) eight at a time until it is killed. An effect is a line in a file, an answered call a line on stdout; both
 * are written at once, so what was said survives the kill.
 */
import { createSecretKey } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { recordStart } from '../../../electron/engine/audit-life.ts';
import { AuditTrail } from '../../../electron/engine/audit-trail.ts';
import { makeCallId } from '../../../electron/engine/core/call-id.ts';
import { AuditGate } from '../../../electron/engine/pipeline/audit-gate.ts';
import { recoverCalls } from '../../../electron/engine/recover.ts';
import { openStore } from '../../../electron/engine/store/open.ts';

const [folder, durability = 'normal'] = process.argv.slice(2);
if (!folder) throw new Error('usage: call-writer FOLDER [DURABILITY]');
const log = { info: () => {}, warn: () => {}, error: () => {} };
const clock = { now: () => Date.now() };
const store = openStore({ file: join(folder, 'scopegate.db') });
const trail = new AuditTrail({ store, clock, log, key: createSecretKey(Buffer.alloc(32, 3)), dataDir: folder });
const gate = new AuditGate({
  ...{ store, trail, log, now: clock.now, onHealth: () => {} },
  durability: durability === 'full' ? 'full' : 'normal',
});
recordStart(gate, trail);
recoverCalls(store, gate);
if (trail.start.losses.length > 0) writeSync(1, `loss ${JSON.stringify(trail.start.losses)}\n`);

const effects = openSync(join(folder, 'effects'), 'a');
const common = { actor: 'agent', agentId: 'agent', serverId: 'files', tool: 'write_file', riskTier: 'write' } as const;

async function govern(): Promise<void> {
  for (;;) {
    const callId = makeCallId(Date.now());
    if (!(await gate.commit({ ...common, callId, event: 'call.decided', effect: 'allow' }))) continue;
    writeSync(effects, `${callId}\n`);
    if (await gate.commit({ ...common, callId, event: 'call.settled', effect: 'allow', outcome: 'ok' }))
      writeSync(1, `${callId}\n`);
  }
}
for (let worker = 0; worker < 8; worker += 1) void govern();
