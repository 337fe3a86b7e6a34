export interface ByteCollector {
  readonly length: number;
  append(piece: Buffer): void;
  /** Everything appended since the last take, and starts anew. One single piece comes back as it is, not copied. */
  take(): Buffer;
}

const smallPiece = 1024;
const blockBytes = 16 * 1024;
const empty = Buffer.alloc(0);

/**
 * Joins pieces with one copy. Small pieces are gathered in blocks, so that a peer that sends single bytes cannot make
 * one object per byte.
 */
export function createByteCollector(): ByteCollector {
  let parts: Buffer[] = [];
  let block = empty;
  let used = 0;
  let length = 0;

  function closeBlock(): void {
    if (used > 0) parts.push(block.subarray(0, used));
    block = empty;
    used = 0;
  }

  return {
    get length() {
      return length;
    },
    append(piece) {
      if (piece.length === 0) return;
      const isFirst = length === 0;
      length += piece.length;
      if (isFirst || piece.length >= smallPiece) {
        closeBlock();
        parts.push(piece);
        return;
      }
      if (used + piece.length > block.length) {
        closeBlock();
        block = Buffer.allocUnsafeSlow(blockBytes);
      }
      used += piece.copy(block, used);
    },
    take() {
      closeBlock();
      const only = parts[0];
      const whole = only === undefined ? empty : parts.length === 1 ? only : Buffer.concat(parts, length);
      parts = [];
      length = 0;
      return whole;
    },
  };
}
