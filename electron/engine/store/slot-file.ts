import { createHash } from 'node:crypto';
import { closeSync, fdatasync, openSync, readSync, writeSync } from 'node:fs';
import { ensurePrivateFile } from './private-file.ts';

/** The writes of the audit path that do not go through SQLite, so that a test can let each of them fail. */
export interface FileWrites {
  /** Returns how many bytes were written; throws like `fs.writeSync`. */
  write(descriptor: number, bytes: Uint8Array, position: number): number;
  /** Resolves when all that was written to the file before is on the disk itself. */
  sync(descriptor: number): Promise<void>;
}

/** `fdatasync` runs in libuv's thread pool; on macOS libuv asks for F_FULLFSYNC, which reaches the disk. */
export const realWrites: FileWrites = {
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  sync: (descriptor) =>
    new Promise((resolve, reject) => {
      fdatasync(descriptor, (error) => (error ? reject(error) : resolve()));
    }),
};

/** The slots lie in different pages of the file: a write torn by a crash damages one of them, never both. */
const slotDistance = 4096;
const magicLength = 8;
const counterLength = 8;
const checksumLength = 8;

/** The form of one slot: magic | counter (u64, big-endian) | payload | first 8 bytes of the SHA-256 of all before. */
export interface SlotForm {
  /** Eight ASCII characters. */
  magic: string;
  payloadLength: number;
}

/**
 * A small record that is replaced in place by one write, in two slots by turns. The newer whole one counts, so at every
 * moment the record or the one before it can be read.
 */
export class SlotFile {
  readonly #form: SlotForm;
  readonly #descriptor: number;
  readonly #writes: FileWrites;
  /** The slot that is written next, kept between writes: there is one for every commit. */
  readonly #bytes: Buffer;
  #counter = 0n;
  #isOpen = true;

  /** Creates the file (mode 0600) when there is none. Throws `EngineStartError` for a link or another user's file. */
  constructor(path: string, form: SlotForm, writes: FileWrites) {
    ensurePrivateFile(path);
    this.#form = form;
    this.#writes = writes;
    this.#descriptor = openSync(path, 'r+');
    this.#bytes = Buffer.alloc(lengthOf(form));
    this.#bytes.write(form.magic, 'latin1');
  }

  /** Null: nothing whole is in the file. */
  read(): Buffer | null {
    const found = readSlots(this.#descriptor, this.#form);
    this.#counter = found?.counter ?? 0n;
    return found?.payload ?? null;
  }

  /** Throws when not every byte could be written; the older slot is whole then. */
  write(payload: Uint8Array): void {
    const counter = this.#counter + 1n;
    const bytes = this.#bytes;
    const body = bytes.subarray(0, -checksumLength);
    body.writeBigUInt64BE(counter, magicLength);
    body.set(payload, magicLength + counterLength);
    checksum(body).copy(bytes, body.length);
    const written = this.#writes.write(this.#descriptor, bytes, Number(counter & 1n) * slotDistance);
    if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes could be written`);
    this.#counter = counter;
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

/** The newest whole record of a file that somebody else may be writing. */
export function readSlots(descriptor: number, form: SlotForm): { counter: bigint; payload: Buffer } | null {
  let newest: { counter: bigint; payload: Buffer } | null = null;
  for (const slot of [0, 1]) {
    const found = readSlot(descriptor, form, slot * slotDistance);
    if (found && (newest === null || found.counter > newest.counter)) newest = found;
  }
  return newest;
}

function readSlot(descriptor: number, form: SlotForm, position: number): { counter: bigint; payload: Buffer } | null {
  const bytes = Buffer.alloc(lengthOf(form));
  if (readSync(descriptor, bytes, 0, bytes.length, position) !== bytes.length) return null;
  const body = bytes.subarray(0, -checksumLength);
  if (body.toString('latin1', 0, magicLength) !== form.magic) return null;
  if (!checksum(body).equals(bytes.subarray(-checksumLength))) return null;
  return { counter: body.readBigUInt64BE(magicLength), payload: body.subarray(magicLength + counterLength) };
}

function lengthOf({ payloadLength }: SlotForm): number {
  return magicLength + counterLength + payloadLength + checksumLength;
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, checksumLength);
}
