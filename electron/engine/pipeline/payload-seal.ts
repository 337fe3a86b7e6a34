import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import type { StoreWriter } from '../store/contract.ts';

const dayMs = 24 * 3_600_000;
const nonceLength = 12;
const tagLength = 16;

interface Ports {
  store: Pick<StoreWriter, 'payloadKey' | 'putPayloadKey' | 'deletePayloadKeys'>;
  /** The engine's own key. */
  key: KeyObject;
}

/** What belongs to a sealed payload. `day`: days since the epoch; null: sealed by a version without keys of days. */
export interface SealedPayload {
  sealed: Buffer;
  day: number | null;
}

/**
 * Seals payloads with AES-256-GCM under a random key for each day, which is itself stored sealed under a key of the
 * engine. Deleting a day's key deletes everything it sealed and leaves the log whole (a backup of an
 * earlier day still has the keys of that day).
 */
export class PayloadSeal {
  readonly #ports: Ports;
  readonly #wrapKey: KeyObject;
  readonly #oldKey: KeyObject;
  readonly #keys = new Map<number, KeyObject>();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#wrapKey = deriveKey(ports.key, 'scopegate payload keys');
    this.#oldKey = deriveKey(ports.key, 'scopegate call arguments');
  }

  /** `name` is bound to it, so that one payload cannot stand for another. */
  seal(plain: Buffer, name: string, at: number): SealedPayload {
    const day = dayOf(at);
    return { sealed: encrypt(this.#keyOf(day) ?? this.#makeKey(day), plain, name), day };
  }

  /** Null: its key is gone or another one, or it is damaged. */
  open({ sealed, day }: SealedPayload, name: string): Buffer | null {
    const key = day === null ? this.#oldKey : this.#keyOf(day);
    return key && decrypt(key, sealed, name);
  }

  /** Deletes the keys of all days that had ended before then. */
  eraseBefore(at: number): void {
    const day = Math.min(dayOf(at), Number.MAX_SAFE_INTEGER);
    this.#ports.store.deletePayloadKeys(day);
    for (const known of this.#keys.keys()) if (known < day) this.#keys.delete(known);
  }

  #keyOf(day: number): KeyObject | null {
    const known = this.#keys.get(day);
    if (known) return known;
    const wrapped = this.#ports.store.payloadKey(day);
    const bytes = wrapped && decrypt(this.#wrapKey, wrapped, nameOf(day));
    if (!bytes) return null;
    const key = createSecretKey(bytes);
    this.#keys.set(day, key);
    return key;
  }

  /** In place of one that cannot be opened any more, too: what that one sealed is lost already. */
  #makeKey(day: number): KeyObject {
    const bytes = randomBytes(32);
    this.#ports.store.putPayloadKey(day, encrypt(this.#wrapKey, bytes, nameOf(day)));
    const key = createSecretKey(bytes);
    this.#keys.set(day, key);
    return key;
  }
}

function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

function nameOf(day: number): string {
  return `day ${day}`;
}

/** As a key object: a cipher takes one as it is, while bytes are examined and wrapped anew each time. */
function deriveKey(key: KeyObject, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32)));
}

/** nonce (12) | tag (16) | ciphertext */
function encrypt(key: KeyObject, plain: Buffer, name: string): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function decrypt(key: KeyObject, bytes: Buffer, name: string): Buffer | null {
  if (bytes.length <= nonceLength + tagLength) return null;
  try {
    const nonce = bytes.subarray(0, nonceLength);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
    return Buffer.concat([decipher.update(bytes.subarray(nonceLength + tagLength)), decipher.final()]);
  } catch {
    return null;
  }
}
