import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { AuditEvent } from '../../electron/engine/store/contract.ts';
import { openStore } from '../../electron/engine/store/open.ts';
import { readAccount } from '../helpers/soak-account.ts';

const blank: AuditEvent = {
  ...{ at: 1, event: '', actor: 'agent', agentId: 'a', agentName: 'A', serverId: 's', tool: 't', callId: null },
  ...{ effect: null, outcome: null, reasonCode: null, riskTier: null, policyVersion: 1, argumentsDigest: null },
  ...{ resultDigest: null, resultBytes: null, durationMs: null, waitedMs: null, approvalId: null, subject: null },
  details: null,
};

function account(rows: (Partial<AuditEvent> & { event: string; callId: string })[]): ReturnType<typeof readAccount> {
  const dir = mkdtempSync(join(tmpdir(), 'scopegate-account-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'scopegate.db');
  const store = openStore({ file });
  for (const row of rows) store.appendAudit({ ...blank, ...row });
  store.close();
  return readAccount(file);
}

it('counts two rows for a forwarded call and one for a refused one', () => {
  const found = account([
    { event: 'call.decided', callId: '1', effect: 'allow' },
    { event: 'call.refused', callId: '2', outcome: 'denied' },
    { event: 'call.settled', callId: '1', outcome: 'ok' },
  ]);
  expect(found).toMatchObject({ calls: 2, forwarded: 1, refused: 1, rows: 3, wrong: [], isWhole: true });
  expect(found.outcomes).toEqual({ ok: 1, denied: 1 });
});

it('names a call without an end and one with two', () => {
  const found = account([
    { event: 'call.decided', callId: 'open', effect: 'allow' },
    { event: 'call.decided', callId: 'twice', effect: 'allow' },
    { event: 'call.settled', callId: 'twice', outcome: 'ok' },
    { event: 'call.settled', callId: 'twice', outcome: 'ok' },
  ]);
  expect(found.wrong).toEqual(['open', 'twice']);
});
