import { closeSync } from 'node:fs';
import type { ChainHead } from './audit-chain.ts';
import { openPrivateRead } from './private-file.ts';
import { type FileWrites, readSlots, SlotFile, type SlotForm } from './slot-file.ts';

/** Beside the database, not in it: who puts an older database back has not put this back. */
export const markFileName = 'audit-mark';

const form: SlotForm = { magic: 'SGMARK01', payloadLength: 40 };

/**
 * Number and hash of the newest row that was committed: seq (u64, big-endian) | hash (32 bytes). Written after every
 * commit, so after a crash the log may be ahead of it by the rows of one commit, never behind.
 */
export class AuditMark {
  readonly #file: SlotFile;

  constructor(path: string, writes: FileWrites) {
    this.#file = new SlotFile(path, form, writes);
  }

  /** Null: there is none, or none that is whole. */
  read(): ChainHead | null {
    const payload = this.#file.read();
    return payload && decode(payload);
  }

  /** Throws when it could not be written. */
  write(head: ChainHead): void {
    const payload = Buffer.alloc(form.payloadLength);
    payload.writeBigUInt64BE(BigInt(head.seq));
    head.hash.copy(payload, 8);
    this.#file.write(payload);
  }

  close(): void {
    this.#file.close();
  }
}

/** The mark as it stands, also while an engine runs; null when there is none that is whole. */
export function readMark(path: string): ChainHead | null {
  const descriptor = openPrivateRead(path);
  if (descriptor === null) return null;
  try {
    const found = readSlots(descriptor, form);
    return found && decode(found.payload);
  } finally {
    closeSync(descriptor);
  }
}

function decode(payload: Buffer): ChainHead {
  return { seq: Number(payload.readBigUInt64BE()), hash: Buffer.from(payload.subarray(8, 40)) };
}
