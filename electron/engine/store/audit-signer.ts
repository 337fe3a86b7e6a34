import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { closeSync } from 'node:fs';
import type { ChainHead } from './audit-chain.ts';
import { openPrivateRead } from './private-file.ts';
import { type FileWrites, readSlots, SlotFile, type SlotForm } from './slot-file.ts';

export const signerFileName = 'audit-signer';

/** What stands in the clear: where the signer is, and the newest checkpoint it made. */
export interface SignerPlace {
  /** Rises when the keys had to begin anew. */
  line: number;
  /** Of the key that signs next; each signs once. */
  epoch: number;
  publicKey: Buffer;
  /** Number, row and hash of the newest checkpoint; 0 and zero bytes before the first. */
  n: number;
  head: ChainHead;
}

const clearLength = 4 + 8 + 32 + 8 + 8 + 32;
const nonceLength = 12;
const tagLength = 16;
const seedLength = 32;
const form: SlotForm = { magic: 'SGSIGN01', payloadLength: clearLength + nonceLength + tagLength + seedLength };

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key that signs checkpoints. Each signs one and is replaced by its hash, so who reads the file later cannot sign
 * anything earlier again. At rest it is sealed under a key of the engine; both slots are overwritten, so none but the
 * newest stays in the file.
 */
export class AuditSigner {
  readonly #file: SlotFile;
  readonly #sealKey: Buffer;
  #seed: Buffer = Buffer.alloc(0);
  #place: SignerPlace | null = null;

  constructor(path: string, sealKey: Buffer, writes: FileWrites) {
    this.#file = new SlotFile(path, form, writes);
    this.#sealKey = sealKey;
  }

  /** What the file says; null: there is none, it is damaged, or it was sealed under another key. */
  load(): SignerPlace | null {
    const payload = this.#file.read();
    const seed = payload && openSeed(payload, this.#sealKey);
    if (!payload || !seed) return null;
    this.#seed = seed;
    this.#place = decodePlace(payload);
    return this.#place;
  }

  /** Begins a line of keys after checkpoint `n` (0: the first); what signed before is forgotten. */
  begin(line: number, n: number, head: ChainHead): void {
    this.#seed = randomBytes(seedLength);
    this.#place = { line, epoch: 0, publicKey: publicKeyOf(this.#seed), n, head };
    this.#save();
  }

  get place(): SignerPlace {
    if (!this.#place) throw new Error('the audit signer has no key');
    return this.#place;
  }

  /** The public key after this one. */
  nextPublicKey(): Buffer {
    return publicKeyOf(evolve(this.#seed));
  }

  /** Ed25519, 64 bytes, by the key of this epoch. */
  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, privateKeyOf(this.#seed));
  }

  /** Goes on to the key after this one and erases this one: a checkpoint it signed is on the disk. */
  evolve(n: number, head: ChainHead): void {
    const { line, epoch } = this.place;
    this.#seed = evolve(this.#seed);
    this.#place = { line, epoch: epoch + 1, publicKey: publicKeyOf(this.#seed), n, head };
    this.#save();
  }

  close(): void {
    this.#file.close();
  }

  #save(): void {
    const clear = encodePlace(this.place);
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce, { authTagLength: tagLength });
    cipher.setAAD(clear);
    const sealed = Buffer.concat([cipher.update(this.#seed), cipher.final()]);
    const payload = Buffer.concat([clear, nonce, cipher.getAuthTag(), sealed]);
    this.#file.write(payload);
    this.#file.write(payload);
  }
}

/** What the file of a signer says in the clear, also while an engine runs. */
export function readSignerPlace(path: string): SignerPlace | null {
  const descriptor = openPrivateRead(path);
  if (descriptor === null) return null;
  try {
    const found = readSlots(descriptor, form);
    return found && decodePlace(found.payload);
  } finally {
    closeSync(descriptor);
  }
}

function openSeed(payload: Buffer, key: Buffer): Buffer | null {
  const nonce = payload.subarray(clearLength, clearLength + nonceLength);
  const tag = payload.subarray(clearLength + nonceLength, clearLength + nonceLength + tagLength);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
    decipher.setAAD(payload.subarray(0, clearLength));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(payload.subarray(-seedLength)), decipher.final()]);
  } catch {
    return null;
  }
}

function encodePlace({ line, epoch, publicKey, n, head }: SignerPlace): Buffer {
  const bytes = Buffer.alloc(clearLength);
  bytes.writeUInt32BE(line);
  bytes.writeBigUInt64BE(BigInt(epoch), 4);
  publicKey.copy(bytes, 12);
  bytes.writeBigUInt64BE(BigInt(n), 44);
  bytes.writeBigUInt64BE(BigInt(head.seq), 52);
  head.hash.copy(bytes, 60);
  return bytes;
}

function decodePlace(bytes: Buffer): SignerPlace {
  return {
    line: bytes.readUInt32BE(0),
    epoch: Number(bytes.readBigUInt64BE(4)),
    publicKey: Buffer.from(bytes.subarray(12, 44)),
    n: Number(bytes.readBigUInt64BE(44)),
    head: { seq: Number(bytes.readBigUInt64BE(52)), hash: Buffer.from(bytes.subarray(60, 92)) },
  };
}

/** The seed after this one; it does not lead back. */
function evolve(seed: Buffer): Buffer {
  return createHash('sha256').update('scopegate audit key').update(seed).digest();
}

function privateKeyOf(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' });
}

/** The 32 bytes of RFC 8032. */
function publicKeyOf(seed: Buffer): Buffer {
  return createPublicKey(privateKeyOf(seed)).export({ format: 'der', type: 'spki' }).subarray(-32);
}
