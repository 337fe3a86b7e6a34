/** Run as a program of its own by audit-kill.test.ts: appends rows until it is killed, and says which are written. */
import { writeSync } from 'node:fs';
import { openStore } from '../../../electron/engine/store/open.ts';

const [file] = process.argv.slice(2);
if (!file) throw new Error('usage: audit-writer FILE');
const store = openStore({ file });

for (let call = 0; ; call++) {
  const seq = store.appendAudit({
    at: Date.now(),
    event: call % 2 === 0 ? 'call.decided' : 'call.settled',
    actor: 'agent',
    agentId: 'agent-1',
    agentName: 'Agent',
    serverId: 'files',
    tool: 'read_file',
    callId: `${process.pid}-${call >> 1}`,
    effect: 'allow',
    outcome: call % 2 === 0 ? null : 'ok',
    reasonCode: null,
    riskTier: 'read',
    policyVersion: 1,
    argumentsDigest: null,
    resultDigest: null,
    resultBytes: null,
    durationMs: null,
    waitedMs: null,
    approvalId: null,
    subject: null,
    details: null,
  });
  writeSync(1, `${seq}\n`);
}
