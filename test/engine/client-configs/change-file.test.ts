import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { undoChange, writeChange } from '../../../electron/engine/client-configs/change-file.ts';
import { encodeConfig, readConfigFile } from '../../../electron/engine/client-configs/config-file.ts';
import { editConfig } from '../../../electron/engine/client-configs/edit-config.ts';
import { maskLine, previewLines } from '../../../electron/engine/client-configs/preview-lines.ts';
import { fc } from '../../helpers/property.ts';
import { writtenTexts } from './config-texts.ts';

const places = { jsonc: 'mcpServers', toml: 'mcp_servers', yaml: 'extensions' } as const;
const numRuns = process.env.SCOPEGATE_DEEP ? 400 : 40;
const modes = fc.constantFrom(0o600, 0o644, 0o640, 0o700);

let home = '';

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'scopegate-change-')));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.each(['jsonc', 'toml', 'yaml'] as const)(
  'a %s file that is written and taken back',
  { timeout: 120_000 },
  (format) => {
    it('has the very bytes and the mode it had, and nothing is left beside it', async () => {
      const folder = join(home, format);
      mkdirSync(folder);
      const file = join(folder, 'config');
      const place = { home, backups: join(home, `backups-${format}`), id: 'one' };
      await fc.assert(
        fc.asyncProperty(writtenTexts[format], fc.boolean(), modes, async ({ text }, hasBom, mode) => {
          const before = Buffer.from(`${hasBom ? '\uFEFF' : ''}${text}`);
          writeFileSync(file, before);
          chmodSync(file, mode);
          const shown = await readConfigFile(file, home);
          const set = { at: [places[format], 'scopegate'], value: { url: 'http://127.0.0.1:1/mcp' } };
          const after = encodeConfig(shown, editConfig(format, shown.text, { remove: [], set }) ?? '');
          const change = await writeChange(shown, after, place);
          expect(readFileSync(file).equals(after)).toBe(true);
          expect(statSync(file).mode & 0o777).toBe(mode);
          await undoChange(change, home);
          expect(readFileSync(file).equals(before)).toBe(true);
          expect(statSync(file).mode & 0o777).toBe(mode);
          expect(readdirSync(folder)).toEqual(['config']);
          expect(readdirSync(place.backups)).toEqual([]);
        }),
        { numRuns },
      );
    });
  },
);

describe('the preview of a change', () => {
  it.each([
    ['    "API_KEY": "hunter2-hunter2",', '    "API_KEY": "•••",'],
    ["token = 'abc def'", "token = '•••'"],
    ['  GITHUB_TOKEN: plain-text-secret', '  GITHUB_TOKEN: •••'],
    ['"args": ["--x", "ghp_0123456789abcdefghij"]', '"args": ["--x", "•••"]'],
    ['"Authorization": "Bearer abcdefgh12345"', '"Authorization": "•••"'],
    ['"command": "npx"', '"command": "npx"'],
    ['"url": "https://example.test/mcp"', '"url": "https://example.test/mcp"'],
  ])('shows %s without what is secret in it (security)', (line, shown) => {
    expect(maskLine(line)).toBe(shown);
  });

  it('shows the changed lines with a few around them', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const after = [...lines.slice(0, 20), 'new', ...lines.slice(21)];
    const shown = previewLines(lines.join('\n'), after.join('\n'));
    expect(shown.map(({ mark }) => mark)).toEqual([
      'gap',
      ...['same', 'same', 'same', 'removed', 'added', 'same', 'same', 'same'],
      'gap',
    ]);
  });
});
