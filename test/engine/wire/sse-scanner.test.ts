import { expect, test } from 'vitest';
import { createSseScanner } from '../../../electron/engine/wire/sse-scanner.ts';
import { fc } from '../../helpers/property.ts';

interface Seen {
  events: { event: string; data: string; id: string | null }[];
  retries: number[];
  overflows: number;
}

function scan(chunks: Buffer[], maxEventBytes = 1000): Seen {
  const seen: Seen = { events: [], retries: [], overflows: 0 };
  const scanner = createSseScanner({
    maxEventBytes,
    onEvent: (event) => void seen.events.push({ ...event, data: event.data.toString() }),
    onRetry: (ms) => void seen.retries.push(ms),
    onOverflow: () => void seen.overflows++,
  });
  for (const chunk of chunks) scanner.push(chunk);
  return seen;
}

function cut(bytes: Buffer, places: number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

const stream = [
  '\uFEFF: a comment\n',
  'event: message\ndata: {"a":"ü😀"}\nid: 1\n\n',
  'data:first\r\ndata: second\r\ndata\r\n\r\n',
  'retry: 250\rdata: cr\r\r',
  'id: 2\ndata:\n\n',
  'event: endpoint\nunknown: x\ndata: y\n\n',
  'id: bad\0\ndata: last\n\n',
  'data: never finished\n',
].join('');

const expected: Seen = {
  events: [
    { event: 'message', data: '{"a":"ü😀"}', id: '1' },
    { event: 'message', data: 'first\nsecond\n', id: null },
    { event: 'message', data: 'cr', id: null },
    { event: 'message', data: '', id: '2' },
    { event: 'endpoint', data: 'y', id: null },
    { event: 'message', data: 'last', id: null },
  ],
  retries: [250],
  overflows: 0,
};

test('reads every line end, comments, many data lines, ids and retry', () => {
  expect(scan([Buffer.from(stream)])).toEqual(expected);
});

test('reads the same wherever the chunks are cut, also inside a character', () => {
  expect(scan([...Buffer.from(stream)].map((byte) => Buffer.from([byte])))).toEqual(expected);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 30 }), (places) => {
      expect(scan(cut(Buffer.from(stream), places))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('gives up at an event over the cap, in one line or many, and not at many small ones (security)', () => {
  const many = Buffer.from('data: x\n\n'.repeat(1000));
  expect(scan([many])).toMatchObject({ overflows: 0, events: { length: 1000 } });
  const long = Buffer.from(`data: ${'x'.repeat(2000)}`);
  expect(scan([long, long])).toMatchObject({ overflows: 1, events: [] });
  const lines = Buffer.from('data: 0123456789\n'.repeat(100));
  expect(scan([lines, Buffer.from('\n')])).toMatchObject({ overflows: 1, events: [] });
});
