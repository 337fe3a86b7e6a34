import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type {
  AgentRecord,
  ApprovalRecord,
  AuditEvent,
  AuditRow,
  ServerRecord,
  StoreWriter,
} from '../../../electron/engine/store/contract.ts';
import { openStore } from '../../../electron/engine/store/open.ts';

/** A private folder that goes away with the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const databaseIn = (folder: string): string => join(folder, 'scopegate.db');

/** An open store on a real file; closed with the test. */
export function makeStore(folder: string = makeFolder()): StoreWriter {
  const store = openStore({ file: databaseIn(folder) });
  onTestFinished(() => store.close());
  return store;
}

export function sampleAgent(change: Partial<AgentRecord> = {}): AgentRecord {
  return {
    id: 'agent-1',
    name: 'Claude Code',
    tokenHash: Buffer.alloc(32, 7),
    tokenHint: 'sgk_ab12_…9f2c',
    clientName: null,
    paused: false,
    limit: { count: 600, per: 'min' },
    toolLimit: null,
    createdAt: 1000,
    lastSeenAt: null,
    removedAt: null,
    ...change,
  };
}

export function sampleServer(change: Partial<ServerRecord> = {}): ServerRecord {
  return {
    id: 'files',
    name: 'Files',
    transport: { kind: 'stdio', command: 'npx', args: ['server', './work'], cwd: null, env: { KEY: 'env:KEY' } },
    enabled: true,
    trusted: false,
    asks: { elicitation: 'allow', sampling: 'ask', roots: 'ask' },
    createdAt: 1000,
    reviewedAt: null,
    removedAt: null,
    ...change,
  };
}

export function sampleApproval(change: Partial<ApprovalRecord> = {}): ApprovalRecord {
  return {
    id: 'approval-1',
    callId: 'call-1',
    agentId: 'agent-1',
    serverId: 'files',
    tool: 'write_file',
    digest: 'd'.repeat(64),
    card: { subject: 'notes.txt' },
    argumentsJson: '{"path":"notes.txt"}',
    status: 'pending',
    createdAt: 1000,
    expiresAt: 61_000,
    decidedAt: null,
    decidedBy: null,
    denyReason: null,
    denyNote: null,
    toReview: false,
    editedJson: null,
    ...change,
  };
}

export function sampleEvent(change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    at: 1_700_000_000_000,
    event: 'call.decided',
    actor: 'agent',
    agentId: 'agent-1',
    agentName: 'Claude Code',
    serverId: 'files',
    tool: 'read_file',
    callId: 'call-1',
    effect: 'allow',
    outcome: null,
    reasonCode: 'switch_tool',
    riskTier: 'read',
    policyVersion: 1,
    argumentsDigest: 'a'.repeat(64),
    resultDigest: null,
    resultBytes: null,
    durationMs: null,
    waitedMs: null,
    approvalId: null,
    subject: 'README.md',
    details: null,
    ...change,
  };
}

/** The same as it would be read back. */
export function sampleRow(change: Partial<AuditRow> = {}): AuditRow {
  const added = { ruleId: null, credential: null, osUser: null, process: null, upstreamMs: null, findings: null };
  return { ...sampleEvent(), ...added, seq: 1, id: 'row-1', format: 2, prevHash: '', hash: '', ...change };
}

/** The two rows of a call that went through, or the one of a refused call. */
export function appendCall(store: StoreWriter, callId: string, change: Partial<AuditEvent> = {}): void {
  if (change.event !== 'call.refused') store.appendAudit(sampleEvent({ ...change, callId, event: 'call.decided' }));
  const event = change.event === 'call.refused' ? 'call.refused' : 'call.settled';
  store.appendAudit(sampleEvent({ outcome: 'ok', durationMs: 1.25, ...change, callId, event }));
}
