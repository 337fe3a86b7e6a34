import { expect, test } from 'vitest';
import { createLineScanner } from '../../../electron/engine/wire/line-scanner.ts';
import { fc } from '../../helpers/property.ts';

function scan(chunks: Buffer[], maxLineBytes: number) {
  const lines: string[] = [];
  const overflows: string[] = [];
  const scanner = createLineScanner({
    maxLineBytes,
    onLine: (line) => void lines.push(line.toString()),
    onOverflow: (head, tail) => void overflows.push(`${head.toString()}…${tail.toString()}`),
  });
  for (const chunk of chunks) scanner.push(chunk);
  scanner.end();
  return { lines, overflows };
}

test('cuts at LF and CRLF wherever the chunks end, and takes the last line without an end', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat()), (texts, sizes) => {
      const wanted = texts.map((text) => text.replace(/[\r\n]/g, '')).filter((text) => text !== '');
      const bytes = Buffer.from(
        wanted
          .map((text, i) => text + (i % 2 === 0 ? '\n' : '\r\n\n'))
          .join('')
          .replace(/\s+$/, ''),
      );
      const chunks: Buffer[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = ((sizes[i % sizes.length] ?? 7) % 9) + 1;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      const lines = scan(chunks, 1 << 20).lines.map((line) => line.trimEnd());
      expect(lines.filter((line) => line !== '')).toEqual(
        wanted.map((text) => text.trimEnd()).filter((text) => text !== ''),
      );
    }),
  );
});

test('drops a line over the cap, keeps its ends for a diagnosis, and goes on with the next', () => {
  const huge = `{"id":1,"x":"${'y'.repeat(5000)}","z":2}`;
  const chunks = [
    Buffer.from('before\n'),
    ...(huge.match(/.{1,100}/g) ?? []).map((part) => Buffer.from(part)),
    Buffer.from('\nafter\n'),
  ];
  const { lines, overflows } = scan(chunks, 1000);
  expect(lines).toEqual(['before', 'after']);
  expect(overflows).toHaveLength(1);
  expect(overflows[0]).toMatch(/^\{"id":1,"x":"y+…y+","z":2\}$/);
});
