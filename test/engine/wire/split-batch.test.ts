import { expect, test } from 'vitest';
import {
  findResultMember,
  locateEnvelope,
  splitBatch,
  toRawResponse,
} from '../../../electron/engine/wire/raw-response.ts';

const split = (text: string, max = 10) => splitBatch(Buffer.from(text), max)?.map((member) => member.toString());

test('cuts an array into the bytes of its members', () => {
  expect(split('[{"a":[1,"]"]},{"b":"\\"],["}]')).toEqual(['{"a":[1,"]"]}', '{"b":"\\"],["}']);
  expect(split(' [ {"a":1} ,\n2 ] ')).toEqual(['{"a":1}', '2']);
});

test.each(['{"a":1}', '', '[]', '[', '[1', '[1,', '[1,]', '[1] x', '[1]]', '[info] started', 'null'])(
  'finds no batch in %j',
  (text) => {
    expect(split(text)).toBeUndefined();
  },
);

test('refuses more members than the cap', () => {
  expect(split('[1,2,3]', 3)).toHaveLength(3);
  expect(split('[1,2,3]', 2)).toBeUndefined();
});

function find(result: string, name = 'resultType'): string | null {
  const bytes = Buffer.from(`{"id":1,"resultType":"outside","result":${result},"jsonrpc":"2.0"}`);
  const envelope = locateEnvelope(bytes);
  if (envelope.kind !== 'response') throw new Error('no response');
  return findResultMember(toRawResponse(bytes, envelope), name)?.toString() ?? null;
}

test('finds a member of the result itself, in any spelling, and nothing deeper or beside it', () => {
  expect(find('{"content":[{"resultType":"no"}],"resultType" : "yes" }')).toBe('"yes"');
  const escaped = [...'resultType'].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  expect(find(`{"${escaped.join('')}":7}`)).toBe('7');
  expect(find('{"structuredContent":{"resultType":"no"}}')).toBeNull();
  expect(find('[{"resultType":"no"}]')).toBeNull();
});

test('says when a member stands there twice, because two readers would take different ones (security)', () => {
  expect(find('{"resultType":"complete","result\\u0054ype":"input_required"}')).toBe('twice');
});
