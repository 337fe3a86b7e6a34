import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(8 * 512);
let used = pool.length;
let lastMs = 0;
let count = 0;

/**
 * A UUID of version 7 (RFC 9562 §5.7): ids made one after the other sort that way, so the index over calls grows at one
 * end and its pages stay warm. Within a millisecond, and when the clock goes back, the twelve bits after the time count.
 * The other 62 bits are random.
 */
export function makeCallId(now: number): string {
  const ms = Math.max(Math.floor(now), lastMs);
  count = ms === lastMs ? count + 1 : 0;
  // a full counter borrows the next millisecond
  lastMs = count > 0xfff ? ms + 1 : ms;
  if (count > 0xfff) count = 0;
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString('hex', used, used + 8);
  const variant = ((Number.parseInt(random.charAt(0), 16) & 0x3) | 0x8).toString(16);
  used += 8;
  const time = lastMs.toString(16).padStart(12, '0');
  const counted = count.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counted}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
}
