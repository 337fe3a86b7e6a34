/** Puts `with` in the place of the bytes from `start` to `end` (exclusive); `start === end` inserts. */
export interface ByteEdit {
  start: number;
  end: number;
  with: Buffer;
}

/** The pieces of `bytes` with every edit made, in order and without a copy. Edits must not overlap. */
export function applyEdits(bytes: Buffer, edits: readonly ByteEdit[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start > at) pieces.push(bytes.subarray(at, edit.start));
    pieces.push(edit.with);
    at = edit.end;
  }
  if (at < bytes.length) pieces.push(bytes.subarray(at));
  return pieces;
}
