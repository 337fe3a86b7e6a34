import { describe, expect, it } from 'vitest';
import { editConfig } from '../../../electron/engine/client-configs/edit-config.ts';
import { parseConfig, valueAt } from '../../../electron/engine/client-configs/parse-config.ts';
import { fc } from '../../helpers/property.ts';
import { writtenTexts } from './config-texts.ts';

const places = { jsonc: 'mcpServers', toml: 'mcp_servers', yaml: 'extensions' } as const;
const formats = ['jsonc', 'toml', 'yaml'] as const;
const value = { url: 'http://127.0.0.1:7420/mcp', headers: { Authorization: 'Bearer a-token' } };
const numRuns = process.env.SCOPEGATE_DEEP ? 3000 : 250;

const set = (format: keyof typeof places) => ({ at: [places[format], 'scopegate'], value });
const read = (format: keyof typeof places, text: string) => {
  const parsed = parseConfig(format, text);
  if (!parsed.ok) throw new Error(`${parsed.why}\n${text}`);
  return parsed.value;
};

/** True where `after` is `before` with characters put in and none taken out. */
function isOnlyAddedTo(before: string, after: string): boolean {
  let at = 0;
  for (const character of after) if (before[at] === character) at += 1;
  return at === before.length;
}

describe.each(formats)('an entry added to any %s file', { timeout: 120_000 }, (format) => {
  it('leaves every other character where it was, comments and order included', () => {
    fc.assert(
      fc.property(writtenTexts[format], ({ text }) => {
        const after = editConfig(format, text, { remove: [], set: set(format) });
        if (after === null) throw new Error(`not edited:\n${text}`);
        expect(isOnlyAddedTo(text, after), `${text}\n→\n${after}`).toBe(true);
        // the entry, the name of its place and one comma: nothing else came in
        expect(after.length - text.length).toBeLessThan(260);
        expect(valueAt(read(format, after), set(format).at)).toEqual(value);
      }),
      { numRuns },
    );
  });

  it('keeps line ends of one kind', () => {
    fc.assert(
      fc.property(writtenTexts[format], ({ text }) => {
        const after = editConfig(format, text, { remove: [], set: set(format) }) ?? '';
        const hasCrLf = text.includes('\r\n');
        if (text.includes('\n')) expect(/(?<!\r)\n/.test(after)).toBe(!hasCrLf);
      }),
      { numRuns },
    );
  });

  it('comes out again with all other members and comments as they were', () => {
    fc.assert(
      fc.property(writtenTexts[format], ({ text, comments }) => {
        const first = editConfig(format, text, { remove: [], set: set(format) });
        if (first === null) throw new Error('not edited');
        const again = editConfig(format, first, {
          remove: [],
          set: { ...set(format), value: { url: 'http://127.0.0.1:7421/mcp' } },
        });
        if (again === null) throw new Error(`not replaced:\n${first}`);
        for (const comment of comments) expect(again).toContain(comment.trim());
      }),
      { numRuns },
    );
  });

  it('can take the place of other entries, which alone go', () => {
    fc.assert(
      fc.property(writtenTexts[format], ({ text }) => {
        const servers = valueAt(read(format, text), [places[format]]) as Record<string, unknown> | undefined;
        const [name] = Object.keys(servers ?? {});
        if (name === undefined) return;
        const after = editConfig(format, text, { remove: [[places[format], name]], set: set(format) });
        if (after === null) throw new Error(`not edited:\n${text}`);
        const { [name]: _gone, ...rest } = servers ?? {};
        expect(valueAt(read(format, after), [places[format]])).toEqual({ ...rest, scopegate: value });
      }),
      { numRuns },
    );
  });
});

describe('what cannot be edited', () => {
  it.each([
    ['jsonc', '{ "mcpServers": [] }'],
    ['jsonc', '{ "mcpServers": { "a": 1, "a": 2 } }'],
    ['jsonc', '{ "mcpServers": {'],
    ['jsonc', '[]'],
    ['toml', 'mcp_servers = 3'],
    ['toml', '[mcp_servers\n'],
    ['yaml', 'extensions: [1]\n'],
    ['yaml', 'a: 1\na: 2\n'],
    ['yaml', 'extensions: {'],
  ] as const)('a %s file such as %s is left alone', (format, text) => {
    expect(editConfig(format, text, { remove: [], set: set(format) })).toBeNull();
  });
});
