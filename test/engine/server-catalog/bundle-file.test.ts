import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readBundle, unpackBundle } from '../../../electron/engine/server-catalog/bundle-file.ts';
import { planBundle } from '../../../electron/engine/server-catalog/bundle-plan.ts';
import { makeZip, type ZipEntry } from './zip-file.ts';

const manifest = {
  manifest_version: '0.3',
  name: 'notes',
  version: '1.0.0',
  description: 'Notes',
  author: { name: 'Somebody' },
  server: {
    type: 'node',
    entry_point: 'server/index.js',
    mcp_config: {
      command: 'node',
      args: [
        '$' + '{__dirname}/server/index.js',
        '$' + '{user_config.folders}',
        '--limit',
        '$' + '{user_config.limit}',
      ],
      env: { API_KEY: '$' + '{user_config.key}' },
    },
  },
  user_config: {
    folders: { type: 'directory', title: 'Folders', multiple: true, required: true },
    limit: { type: 'number', default: 10 },
    key: { type: 'string', title: 'Key', sensitive: true, required: true },
  },
};
const plain: ZipEntry[] = [
  { name: 'manifest.json', text: JSON.stringify(manifest) },
  { name: 'server/', text: '', mode: 0o040755 },
  { name: 'server/index.js', text: 'run()' },
  { name: 'bin/tool', text: '#!/bin/sh\n', mode: 0o100755 },
];

function tempDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'scopegate-bundle-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function writeBundle(entries: ZipEntry[], change: (zip: Buffer) => Buffer = (zip) => zip): string {
  const file = path.join(tempDir(), 'server.mcpb');
  writeFileSync(file, change(makeZip(entries)));
  return file;
}

test('a bundle is unpacked into a folder of its own, and becomes exactly its command', async () => {
  const dataDir = tempDir();
  const bundle = await readBundle(writeBundle(plain));
  expect(bundle).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), manifest: { name: 'notes' } });
  const folder = await unpackBundle(bundle, dataDir);
  expect(path.dirname(folder)).toBe(path.join(dataDir, 'bundles'));
  expect(readFileSync(path.join(folder, 'server/index.js'), 'utf8')).toBe('run()');
  expect(statSync(path.join(folder, 'bin/tool')).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(folder, 'server/index.js')).mode & 0o777).toBe(0o600);
  const { transport } = planBundle(bundle.manifest, folder, { folders: '/a b\n/c', key: 'env:KEY' });
  expect(transport).toEqual({
    kind: 'stdio',
    command: 'node',
    args: [`${folder}/server/index.js`, '/a b', '/c', '--limit', '10'],
    cwd: folder,
    env: { API_KEY: 'env:KEY' },
  });
  // once more is the same, not an error
  expect(await unpackBundle(bundle, dataDir)).toBe(folder);
  expect(readdirSync(path.join(dataDir, 'bundles'))).toHaveLength(1);
});

test.each<[string, ZipEntry[], RegExp]>([
  ['climbs out of its folder', [...plain, { name: '../evil.js', text: 'x' }], /invalid relative path|not a plain one/],
  ['names an absolute path', [...plain, { name: '/etc/cron.d/evil', text: 'x' }], /absolute path/],
  ['uses a backslash', [...plain, { name: '..\\evil.js', text: 'x' }], /invalid characters|not a plain one/],
  ['names a drive', [...plain, { name: 'C:/evil.js', text: 'x' }], /absolute path|not a plain one/],
  ['holds a link', [...plain, { name: 'link', text: '/etc', mode: 0o120777 }], /link or a device/],
  ['holds a device', [...plain, { name: 'null', text: '', mode: 0o020666 }], /link or a device/],
  ['has a name twice', [...plain, { name: 'SERVER/index.js', text: 'x' }], /twice/],
  ['tells a wrong size', [...plain, { name: 'big', text: 'xxxx', told: 2 }], /no sound zip|larger than/],
  ['would be huge', [...plain, { name: 'big', text: 'xxxx', told: 0x7fffffff }], /larger than 400 MiB|no sound zip/],
  ['has no manifest', plain.slice(1), /no manifest/],
  ['has a manifest of another shape', [{ name: 'manifest.json', text: '{"name":1}' }], /does not keep to the format/],
])('a bundle that %s is refused, and nothing is written (security)', async (_name, entries, words) => {
  await expect(readBundle(writeBundle(entries))).rejects.toThrow(words);
});

test('a file that is no zip, a folder and a missing file are told apart', async () => {
  await expect(readBundle(writeBundle(plain, () => Buffer.from('hello')))).rejects.toThrow('no sound zip');
  await expect(readBundle(tempDir())).rejects.toThrow('not a file');
  await expect(readBundle('/nowhere/x.mcpb')).rejects.toThrow('no such file');
  await expect(readBundle('x.mcpb')).rejects.toThrow('not a whole one');
});

test('a secret is taken as a reference only, and never onto a command line (security)', async () => {
  const { manifest: read } = await readBundle(writeBundle(plain));
  const typed = planBundle(read, '/b', { folders: '/a', key: 'sk-live-1234' });
  expect(typed.transport).toBeNull();
  expect(Object.keys(typed.problems)).toEqual(['key']);
  const server = { ...manifest.server, mcp_config: { command: 'node', args: ['--key=$' + '{user_config.key}'] } };
  const leaky = { ...manifest, server };
  const bundle = await readBundle(writeBundle([{ name: 'manifest.json', text: JSON.stringify(leaky) }]));
  expect(planBundle(bundle.manifest, '/b', { folders: '/a', key: 'env:KEY' }).problems['']).toContain('command line');
});

test('a bundle cannot name a program outside of itself, nor be filled in twice (security)', async () => {
  const server = { ...manifest.server, mcp_config: { command: '../../bin/evil', args: [] } };
  const text = JSON.stringify({ ...manifest, server });
  const { manifest: read } = await readBundle(writeBundle([{ name: 'manifest.json', text }]));
  expect(planBundle(read, '/b/c', { folders: '/a', key: 'env:KEY' }).transport).toBeNull();
  const good = await readBundle(writeBundle(plain));
  const tricky = { folders: '$' + '{HOME}', key: 'env:KEY', limit: '$' + '{user_config.key}' };
  const { transport } = planBundle(good.manifest, '/b', tricky);
  expect(transport).toMatchObject({
    args: ['/b/server/index.js', '$' + '{HOME}', '--limit', '$' + '{user_config.key}'],
  });
  expect(existsSync('/b')).toBe(false);
});
