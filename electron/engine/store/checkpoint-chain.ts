import type { AuditProblem } from '../../shared/audit-proof.ts';
import { type AuditCheckpoint, hashCheckpoint, isSignedRight } from './audit-checkpoints.ts';

/** Follows the signed checkpoints one by one; each is bound to the one before, and its key to that one's. */
export class CheckpointChain {
  readonly #firstKeys: ReadonlyMap<number, Buffer> | null;
  #last: AuditCheckpoint | null = null;
  /** Row numbers after which a line of keys began anew, with that of the first checkpoint of the line. */
  readonly breaks: { after: number; through: number }[] = [];

  /** `firstKeys`: by line, from outside the database; null: they are not there to compare with. */
  constructor(firstKeys: ReadonlyMap<number, Buffer> | null) {
    this.#firstKeys = firstKeys;
  }

  /** The newest that was right. */
  get last(): AuditCheckpoint | null {
    return this.#last;
  }

  /** Null: right. Otherwise nothing after it can be relied on. */
  take(checkpoint: AuditCheckpoint): AuditProblem | null {
    const problem = hasShape(checkpoint) ? this.#check(checkpoint) : 'is damaged';
    if (problem !== null) {
      const code = problem === foreignKey ? 'first_key' : 'checkpoint';
      return { seq: checkpoint.seq, code, message: `The signed checkpoint ${checkpoint.n} ${problem}.` };
    }
    if (this.#last && checkpoint.line !== this.#last.line)
      this.breaks.push({ after: this.#last.seq, through: checkpoint.seq });
    this.#last = checkpoint;
    return null;
  }

  #check(checkpoint: AuditCheckpoint): string | null {
    const last = this.#last;
    if (checkpoint.n !== (last?.n ?? 0) + 1) return 'does not follow the one before: one is missing';
    if (checkpoint.seq <= (last?.seq ?? 0)) return 'is about an older row than the one before';
    if (!checkpoint.prevHash.equals(last ? hashCheckpoint(last) : Buffer.alloc(32)))
      return 'does not follow the one before';
    if (last?.line === checkpoint.line) {
      const isNext = checkpoint.epoch === last.epoch + 1 && checkpoint.publicKey.equals(last.nextKey);
      if (!isNext) return 'was signed by a key that the one before did not name';
    } else {
      if (checkpoint.epoch !== 0 || checkpoint.line <= (last?.line ?? 0)) return 'begins with a key out of order';
      const first = this.#firstKeys?.get(checkpoint.line);
      if (this.#firstKeys !== null && !first?.equals(checkpoint.publicKey)) return foreignKey;
    }
    return isSignedRight(checkpoint) ? null : 'has a signature that does not fit';
  }
}

const foreignKey = 'begins with a key that is not the one noted outside the database';

/** A damaged file gives values of other types than were written. */
function hasShape(checkpoint: AuditCheckpoint): boolean {
  const { n, line, epoch, seq, at, hash, prevHash, publicKey, nextKey, signature } = checkpoint;
  return (
    [n, line, epoch, seq, at].every((figure) => Number.isSafeInteger(figure)) &&
    [hash, prevHash, publicKey, nextKey].every((bytes) => Buffer.isBuffer(bytes) && bytes.length === 32) &&
    Buffer.isBuffer(signature) &&
    signature.length === 64
  );
}
