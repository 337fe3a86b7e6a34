import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PayloadSeal } from '../../../electron/engine/pipeline/payload-seal.ts';
import { makeStore } from '../store/samples.ts';

const dayMs = 24 * 3_600_000;
const day = 20_000;
const plain = Buffer.from('{"path":"notes.txt"}');
const keyOf = (byte: number) => createSecretKey(Buffer.alloc(32, byte));

describe('kept payloads', () => {
  it('are sealed under a key of their day, and open until it is deleted (security)', () => {
    const store = makeStore();
    const seals = new PayloadSeal({ store, key: keyOf(1) });
    const first = seals.seal(plain, 'call-1', day * dayMs + 5);
    const second = seals.seal(plain, 'call-2', (day + 1) * dayMs);
    expect(first.sealed.includes(plain)).toBe(false);
    expect(seals.open(first, 'call-1')).toEqual(plain);
    // another start reads the key from the store
    expect(new PayloadSeal({ store, key: keyOf(1) }).open(first, 'call-1')).toEqual(plain);

    seals.eraseBefore((day + 1) * dayMs - 1);
    expect(seals.open(first, 'call-1')).toEqual(plain);
    seals.eraseBefore((day + 1) * dayMs);
    expect(store.payloadKey(day)).toBeNull();
    for (const opener of [seals, new PayloadSeal({ store, key: keyOf(1) })]) {
      expect(opener.open(first, 'call-1')).toBeNull();
      expect(opener.open(second, 'call-2')).toEqual(plain);
    }
  });

  it('open for their own call and engine only, and not when a byte was changed (security)', () => {
    const store = makeStore();
    const seals = new PayloadSeal({ store, key: keyOf(1) });
    const payload = seals.seal(plain, 'call-1', day * dayMs);
    expect(seals.open(payload, 'call-2')).toBeNull();
    expect(new PayloadSeal({ store, key: keyOf(2) }).open(payload, 'call-1')).toBeNull();
    const bent = Buffer.from(payload.sealed);
    bent[20] = (bent[20] ?? 0) ^ 1;
    expect(seals.open({ ...payload, sealed: bent }, 'call-1')).toBeNull();
    expect(seals.open({ ...payload, sealed: payload.sealed.subarray(0, 20) }, 'call-1')).toBeNull();
  });
});
