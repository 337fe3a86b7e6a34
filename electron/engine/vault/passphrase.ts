import { createHash, scrypt } from 'node:crypto';
import { keyLength, type RandomBytes, SealBroken, seal, unseal } from './seal.ts';

/** 2^17 blocks of 1 KiB: about half a second and 128 MiB for each guess. */
const usualCost = 17;
const blockSize = 8;
const parallel = 1;
const saltLength = 16;
/** A file from elsewhere must not make us spend gigabytes. */
const maxCostLog2 = 20;

/** How a key was made from a passphrase. */
export interface Derivation {
  costLog2: number;
  blockSize: number;
  parallel: number;
  salt: Buffer;
}

export function newDerivation(random: RandomBytes, costLog2 = usualCost): Derivation {
  return { costLog2, blockSize, parallel, salt: random(saltLength) };
}

/** The passphrase in NFKC, so that the same letters typed on another system are the same passphrase. */
export function deriveKey(passphrase: string, from: Derivation): Promise<Buffer> {
  const cost = 2 ** from.costLog2;
  const options = { N: cost, r: from.blockSize, p: from.parallel, maxmem: 256 * cost * from.blockSize };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), from.salt, keyLength, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

const formVersion = 1;
const checkLength = 8;
const headLength = 4 + saltLength;

/** Thrown for bytes that were altered or cut off; a wrong passphrase is a `SealBroken`. */
export class SealDamaged extends Error {
  override readonly name = 'SealDamaged';
}

/**
 * A key or a text sealed under a passphrase: version, cost, block size, parallelism, salt, what `seal` gives, and eight
 * bytes of SHA-256 over all that. The check is no protection; it tells damage from a wrong passphrase.
 */
export function sealUnder(key: Buffer, from: Derivation, plain: Buffer, bound: string, random: RandomBytes): Buffer {
  const head = Buffer.from([formVersion, from.costLog2, from.blockSize, from.parallel, ...from.salt]);
  const bytes = Buffer.concat([head, seal(key, plain, placeOf(bound, head), random)]);
  return Buffer.concat([bytes, checkOf(bytes)]);
}

/** What is needed to derive the key of sealed bytes. Throws `SealDamaged`. */
export function readDerivation(sealed: Buffer): Derivation {
  const bytes = sealed.subarray(0, Math.max(0, sealed.length - checkLength));
  if (bytes.length < headLength || !checkOf(bytes).equals(sealed.subarray(bytes.length))) {
    throw new SealDamaged('cut off or altered');
  }
  const [version, cost = 0, size = 0, lanes = 0] = bytes;
  const isKnown =
    version === formVersion && cost >= 14 && cost <= maxCostLog2 && size === blockSize && lanes === parallel;
  if (!isKnown) throw new SealDamaged('unknown form');
  return { costLog2: cost, blockSize: size, parallel: lanes, salt: Buffer.from(bytes.subarray(4, headLength)) };
}

/** Throws `SealDamaged`, or `SealBroken` for another key or place. */
export function openUnder(key: Buffer, sealed: Buffer, bound: string): Buffer {
  readDerivation(sealed);
  const head = sealed.subarray(0, headLength);
  return unseal(key, sealed.subarray(headLength, sealed.length - checkLength), placeOf(bound, head));
}

/** Null: another passphrase. Throws `SealDamaged`. */
export async function openWithPassphrase(
  passphrase: string,
  sealed: Buffer,
  bound: string,
): Promise<{ plain: Buffer; key: Buffer; from: Derivation } | null> {
  const from = readDerivation(sealed);
  const key = await deriveKey(passphrase, from);
  try {
    return { plain: openUnder(key, sealed, bound), key, from };
  } catch (error) {
    key.fill(0);
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

function placeOf(bound: string, head: Buffer): string {
  return `${bound}|${head.toString('hex')}`;
}

function checkOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, checkLength);
}
