import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkChain, genesisHash, hashRow, verifyChain } from '../../../electron/engine/store/audit-chain.ts';
import type { ChainRow } from '../../../electron/engine/store/contract.ts';
import { fc } from '../../helpers/property.ts';
import { appendCall, makeStore, sampleEvent } from './samples.ts';

/** Rows as the log would write them: a number, then any texts, figures and nulls. */
function makeRows(contents: (string | number | null)[][]): ChainRow[] {
  let prevHash = genesisHash;
  return contents.map((content, index) => {
    const values = [index + 1, ...content];
    const row = { values, prevHash, hash: hashRow(values, prevHash) };
    prevHash = row.hash;
    return row;
  });
}

const content = fc.array(
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
  { minLength: 2, maxLength: 8 },
);
const chain = fc.array(content, { minLength: 2, maxLength: 12 }).map(makeRows);
const chainAndPlace = chain.chain((rows) => fc.tuple(fc.constant(rows), fc.nat(rows.length - 1)));
const flipBit = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  const at = (bit >> 3) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
  return copy;
};

describe('the hash chain', () => {
  it('is SHA-256 over a zero byte, the JSON array of the columns and the hash before', () => {
    const values = [1, 'é', null, 1.5];
    const expected = createHash('sha256')
      .update(Buffer.concat([Buffer.of(0), Buffer.from('[1,"é",null,1.5]', 'utf8'), Buffer.alloc(32)]))
      .digest('hex');
    expect(hashRow(values, genesisHash).toString('hex')).toBe(expected);
  });

  it('accepts every log as it was written, in one piece or continued', () => {
    fc.assert(
      fc.property(chainAndPlace, ([rows, place]) => {
        const whole = checkChain(rows);
        const half = checkChain(rows.slice(0, place));
        expect(whole.ok && whole.head.seq).toBe(rows.length);
        expect(half.ok && checkChain(rows.slice(place), half.head)).toEqual(whole);
      }),
    );
  });

  it('names the row whose stored hashes had a bit flipped (security)', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.nat(255), fc.boolean(), ([rows, place], bit, inPrevious) => {
        const bad = rows.map((row, index) => {
          if (index !== place) return row;
          return inPrevious
            ? { ...row, prevHash: flipBit(row.prevHash, bit) }
            : { ...row, hash: flipBit(row.hash, bit) };
        });
        expect(checkChain(bad)).toMatchObject({ ok: false, seq: place + 1 });
      }),
    );
  });

  it('names the row whose content had a bit flipped (security)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1 }),
        fc.nat(),
        fc.nat(),
        (texts, n, bit) => {
          const asRow = (bytes: Uint8Array) => [Buffer.from(bytes).toString('latin1')];
          const place = n % texts.length;
          const rows = makeRows(texts.map(asRow));
          const bad = rows.map((row, index) => {
            const text = texts[index];
            if (index !== place || !text) return row;
            return { ...row, values: [row.values[0] ?? null, ...asRow(flipBit(Buffer.from(text), bit))] };
          });
          expect(checkChain(bad)).toEqual({ ok: false, seq: place + 1, reason: 'hash' });
        },
      ),
    );
  });

  it('sees rows taken out of the middle (security)', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.integer({ min: 1, max: 5 }), ([rows, place], count) => {
        fc.pre(place + count < rows.length);
        const cut = rows.filter((_, index) => index < place || index >= place + count);
        expect(checkChain(cut)).toEqual({ ok: false, seq: place + 1, reason: 'gap' });
      }),
    );
  });

  it('sees two rows that changed places, even when renumbered (security)', () => {
    fc.assert(
      fc.property(chain, fc.nat(), fc.nat(), (rows, one, two) => {
        const [first, second] = [one % rows.length, two % rows.length].sort((a, b) => a - b) as [number, number];
        fc.pre(first !== second && String(rows[first]?.values.slice(1)) !== String(rows[second]?.values.slice(1)));
        const swapped = [...rows];
        swapped[first] = rows[second] as ChainRow;
        swapped[second] = rows[first] as ChainRow;
        expect(checkChain(swapped)).toMatchObject({ ok: false, seq: first + 1 });
        const renumbered = swapped.map((row, index) => ({ ...row, values: [index + 1, ...row.values.slice(1)] }));
        expect(checkChain(renumbered)).toMatchObject({ ok: false, seq: first + 1 });
      }),
    );
  });

  it('sees a row put in or written twice (security)', () => {
    fc.assert(
      fc.property(chainAndPlace, ([rows, place]) => {
        const doubled = [...rows.slice(0, place + 1), ...rows.slice(place)];
        expect(checkChain(doubled)).toEqual({ ok: false, seq: place + 2, reason: 'gap' });
      }),
    );
  });

  it('holds for whatever an agent makes the log hold', () => {
    const store = makeStore();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.double(), fc.jsonValue(), (text, figure, json) => {
        const half = `${text}\ud800\u0000\udc00`;
        store.appendAudit(
          sampleEvent({ subject: half, tool: half, durationMs: figure, details: { [half]: JSON.stringify(json) } }),
        );
      }),
      { numRuns: 40 },
    );
    expect(verifyChain(store)).toMatchObject({ ok: true, head: { seq: store.auditCount() } });
    expect(store.callRows('call-1')).toHaveLength(store.auditCount());
  });

  it('is checked over more rows than one reading takes', () => {
    const store = makeStore();
    store.transaction(() => {
      for (let call = 0; call < 1500; call++) appendCall(store, `call-${call}`);
    });
    expect(verifyChain(store)).toMatchObject({ ok: true, head: { seq: 3000 } });
  });
});
