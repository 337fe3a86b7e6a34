import { createSecretKey } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { recordStart, recordStop } from '../../../electron/engine/audit-life.ts';
import { AuditTrail } from '../../../electron/engine/audit-trail.ts';
import { type VerifyOptions, verifyAudit } from '../../../electron/engine/audit-verify.ts';
import { AuditGate } from '../../../electron/engine/pipeline/audit-gate.ts';
import type { StoreWriter } from '../../../electron/engine/store/contract.ts';
import { openStore } from '../../../electron/engine/store/open.ts';
import type { FileWrites } from '../../../electron/engine/store/slot-file.ts';
import type { AuditDurability, AuditReport } from '../../../electron/shared/audit-proof.ts';
import { databaseIn, makeFolder } from '../store/samples.ts';

export interface TrailRoom {
  folder: string;
  store: StoreWriter;
  trail: AuditTrail;
  gate: AuditGate;
  /** What the gate said of its health, in order. */
  health: (string | null)[];
  /** Ends it like an engine that is told to. */
  close(): Promise<void>;
}

interface RoomOptions {
  folder?: string;
  key?: Buffer;
  writes?: FileWrites;
  durability?: AuditDurability;
  /** Before the room is closed at the end of the test. */
  onEnd?: () => void;
}

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** The writing end of the audit log as the engine has it, on real files. */
export function openTrailRoom(options: RoomOptions = {}): TrailRoom {
  const { folder = makeFolder(), key = Buffer.alloc(32, 3), writes, durability = 'normal' } = options;
  const clock = { now: () => Date.now() };
  const store = openStore({ file: databaseIn(folder) });
  const trail = new AuditTrail({ store, clock, log: quiet, key: createSecretKey(key), dataDir: folder, writes });
  const health: (string | null)[] = [];
  const gate = new AuditGate({
    ...{ store, trail, durability, log: quiet, now: clock.now },
    onHealth: (problem) => health.push(problem),
  });
  recordStart(gate, trail);
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    recordStop(gate);
    await trail.close();
    store.close();
  };
  onTestFinished(() => {
    options.onEnd?.();
    return close();
  });
  return { folder, store, trail, gate, health, close };
}

/** The whole verification at once. */
export function verifyFolder(folder: string, options: Partial<VerifyOptions> = {}): AuditReport {
  const run = verifyAudit({ dataDir: folder, rowsPerStep: 1000, withIndexes: true, ...options });
  for (;;) {
    const step = run.next();
    if (step.done) return step.value;
  }
}
