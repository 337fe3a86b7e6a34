import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Connection } from './connection.ts';

/** A signed statement: row `seq` had this hash at that time. As stored, so nothing of it is trusted before it is checked. */
export interface AuditCheckpoint {
  n: number;
  line: number;
  epoch: number;
  seq: number;
  hash: Buffer;
  /** Milliseconds since the epoch. */
  at: number;
  /** Of the checkpoint before, as `hashCheckpoint` gives it; zero bytes for the first. */
  prevHash: Buffer;
  publicKey: Buffer;
  /** The key that signs the next one. */
  nextKey: Buffer;
  signature: Buffer;
}

/** What a checkpoint signs: the prefix, then the JSON array of its members in this order, bytes as lower-case hex. */
export function checkpointText(checkpoint: Omit<AuditCheckpoint, 'signature'>): Buffer {
  const { n, line, epoch, seq, hash, at, prevHash, publicKey, nextKey } = checkpoint;
  const members = [n, line, epoch, seq, hex(hash), at, hex(prevHash), hex(publicKey), hex(nextKey)];
  return Buffer.from(`scopegate checkpoint 1\n${JSON.stringify(members)}`, 'utf8');
}

/** SHA-256 of the signed text and the signature. */
export function hashCheckpoint(checkpoint: AuditCheckpoint): Buffer {
  return createHash('sha256').update(checkpointText(checkpoint)).update(checkpoint.signature).digest();
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 public key. */
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export function isSignedRight(checkpoint: AuditCheckpoint): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.concat([publicPrefix, checkpoint.publicKey]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, checkpointText(checkpoint), key, checkpoint.signature);
  } catch {
    return false;
  }
}

const columns =
  'n, line, epoch, seq, hash, at, prev_hash AS prevHash, public_key AS publicKey, next_key AS nextKey, signature';

export interface CheckpointReads {
  lastCheckpoint(): AuditCheckpoint | null;
  checkpoints(afterN: number, limit: number): AuditCheckpoint[];
  /** The newest one whose row is not after `seq` and that was not made after `at`. */
  checkpointBefore(seq: number, at: number): AuditCheckpoint | null;
  /** The public keys that began each line, oldest first. */
  lineKeys(): Buffer[];
}

export function readCheckpoints(db: Connection): CheckpointReads {
  const last = db.prepare<[], AuditCheckpoint>(`SELECT ${columns} FROM audit_checkpoints ORDER BY n DESC LIMIT 1`);
  const after = db.prepare<[number, number], AuditCheckpoint>(
    `SELECT ${columns} FROM audit_checkpoints WHERE n > ? ORDER BY n LIMIT ?`,
  );
  const before = db.prepare<[number, number], AuditCheckpoint>(
    `SELECT ${columns} FROM audit_checkpoints WHERE seq <= ? AND at <= ? ORDER BY n DESC LIMIT 1`,
  );
  const begins = db.prepare<[], Buffer>('SELECT public_key FROM audit_checkpoints WHERE epoch = 0 ORDER BY n').pluck();
  return {
    lastCheckpoint: () => last.get() ?? null,
    checkpoints: (afterN, limit) => after.all(afterN, limit),
    checkpointBefore: (seq, at) => before.get(seq, at) ?? null,
    lineKeys: () => begins.all(),
  };
}

export function writeCheckpoints(db: Connection): { putCheckpoint(checkpoint: AuditCheckpoint): void } {
  const put = db.prepare(`
    INSERT INTO audit_checkpoints (n, line, epoch, seq, hash, at, prev_hash, public_key, next_key, signature)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return {
    putCheckpoint({ n, line, epoch, seq, hash, at, prevHash, publicKey, nextKey, signature }) {
      put.run(n, line, epoch, seq, hash, at, prevHash, publicKey, nextKey, signature);
    },
  };
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
