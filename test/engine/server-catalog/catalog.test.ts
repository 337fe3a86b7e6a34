import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CatalogBook } from '../../../electron/engine/server-catalog/catalog-book.ts';
import { planServer, viewEntry } from '../../../electron/engine/server-catalog/install-plan.ts';
import { readHttps } from '../../../electron/engine/server-catalog/registry-reader.ts';
import {
  readListed,
  type ServerJson,
  type ServerPackage,
  serverJsonSchema,
} from '../../../electron/engine/server-catalog/server-json.ts';
import { snapshot } from '../../../electron/engine/server-catalog/snapshot.ts';

function tempDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'scopegate-catalog-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function entryWith(change: Partial<ServerPackage>, more: Partial<ServerJson> = {}): ServerJson {
  const base = { registryType: 'npm', identifier: '@acme/notes', version: '1.2.3', transport: { type: 'stdio' } };
  return { name: 'com.acme/notes', description: 'Notes', version: '1', packages: [{ ...base, ...change }], ...more };
}

function refusalOf(server: ServerJson): string | null {
  return viewEntry(server).options[0]?.refusal ?? null;
}

describe('the snapshot', () => {
  test('every entry keeps to the format, names one exact version, and can be added', () => {
    for (const server of snapshot) {
      expect(serverJsonSchema.safeParse(server).success).toBe(true);
      expect([server.name, refusalOf(server)]).toEqual([server.name, null]);
    }
  });
});

describe('the command an entry becomes', () => {
  test.each<[string, Partial<ServerPackage>, string[]]>([
    ['npm', {}, ['npx', '-y', '@acme/notes@1.2.3']],
    ['pypi', { registryType: 'pypi', identifier: 'acme-notes' }, ['uvx', 'acme-notes@1.2.3']],
    [
      'oci',
      { registryType: 'oci', identifier: 'ghcr.io/acme/notes:1.2.3', version: undefined as never },
      ['docker', 'run', '-i', '--rm', 'ghcr.io/acme/notes:1.2.3'],
    ],
  ])('%s: the version is pinned', (_kind, change, words) => {
    const { transport } = planServer(entryWith(change), 'package:0', {}) ?? {};
    expect(transport?.kind === 'stdio' && [transport.command, ...transport.args]).toEqual(words);
  });

  test('arguments are words of their own, whatever stands in them (security)', () => {
    const server = entryWith({
      packageArguments: [
        { type: 'named', name: '--root', isRequired: true },
        { type: 'positional', valueHint: 'folder', isRepeated: true },
        { type: 'named', name: '--mode', value: 'm={mode}', variables: { mode: { isRequired: true } } },
      ],
    });
    const values = { 'arg:0': '/a b; rm -rf ~', 'arg:1': '/x\n/y', 'arg:2:mode': '{mode} $(id)' };
    const { transport } = planServer(server, 'package:0', values) ?? {};
    expect(transport).toMatchObject({
      args: ['-y', '@acme/notes@1.2.3', '--root', '/a b; rm -rf ~', '/x', '/y', '--mode', 'm={mode} $(id)'],
    });
  });

  test('what is required is asked for, and a secret is taken as a reference only (security)', () => {
    const environmentVariables = [{ name: 'ACME_KEY', isRequired: true, isSecret: true, default: 'sk-default' }];
    const server = entryWith({ environmentVariables });
    expect(planServer(server, 'package:0', {})?.problems).toEqual({ 'env:ACME_KEY': 'This is needed.' });
    expect(planServer(server, 'package:0', { 'env:ACME_KEY': 'sk-1' })?.transport).toBeNull();
    expect(planServer(server, 'package:0', { 'env:ACME_KEY': 'env:MY_KEY' })?.transport).toMatchObject({
      env: { ACME_KEY: 'env:MY_KEY' },
    });
  });

  test.each<[string, Partial<ServerPackage>, RegExp]>([
    ['a name that is an option', { identifier: '--yes' }, /not a valid one/],
    ['a name that is an address', { identifier: 'https://evil.example/x.tgz' }, /not a valid one/],
    ['the newest version', { version: 'latest' }, /no exact version/],
    ['a range', { version: '^1.0.0' }, /no exact version/],
    [
      'an image tag that moves',
      { registryType: 'oci', identifier: 'acme/notes:latest', version: 'latest' },
      /no exact version/,
    ],
    [
      'a secret on the command line',
      { packageArguments: [{ type: 'named', name: '--key', isSecret: true }] },
      /secret on its command line/,
    ],
    [
      'options of docker',
      {
        registryType: 'oci',
        identifier: 'acme/notes:1.0.0',
        runtimeArguments: [{ type: 'named', name: '--privileged', value: 'true' }],
      },
      /special options/,
    ],
    [
      'options of npx',
      { runtimeArguments: [{ type: 'named', name: '--node-options', value: 'x' }] },
      /special options/,
    ],
  ])('%s is refused with a reason (security)', (_name, change, words) => {
    const server = entryWith(change);
    expect(refusalOf(server)).toMatch(words);
    expect(planServer(server, 'package:0', {})?.transport).toBeNull();
  });

  test('a remote server is added only by https (security)', () => {
    const remotes = [
      {
        type: 'streamable-http',
        url: 'https://mcp.acme.example/mcp',
        headers: [{ name: 'Authorization', isSecret: true, isRequired: true }],
      },
      { type: 'streamable-http', url: 'http://mcp.acme.example/mcp' },
    ];
    const server: ServerJson = { name: 'com.acme/remote', description: 'x', version: '1', remotes };
    expect(planServer(server, 'remote:0', { 'header:Authorization': 'env:ACME' })?.transport).toEqual({
      kind: 'http',
      url: 'https://mcp.acme.example/mcp',
      headers: { Authorization: 'env:ACME' },
    });
    expect(planServer(server, 'remote:1', {})?.transport).toBeNull();
  });
});

describe('the catalog', () => {
  test('it is the snapshot first, and finds by every word', async () => {
    const book = new CatalogBook(tempDir(), Date.now);
    const { found, source } = await book.search('FILES folders', 10);
    expect(source.kind).toBe('snapshot');
    expect(found.map(({ name }) => name)).toEqual(['io.github.modelcontextprotocol/server-filesystem']);
    expect((await book.search('no such thing', 10)).total).toBe(0);
  });

  test('an update follows the pages, leaves out what does not fit, and is there after a restart', async () => {
    const dir = tempDir();
    const asked: string[] = [];
    const listed = (name: string, official = {}) => ({
      server: entryWith({}, { name }),
      _meta: { 'io.modelcontextprotocol.registry/official': { status: 'active', isLatest: true, ...official } },
    });
    const pages = [
      { servers: [listed('a/one'), { server: { name: 'broken' } }], metadata: { nextCursor: 'next' } },
      {
        servers: [listed('a/two'), listed('a/old', { isLatest: false }), listed('a/gone', { status: 'deleted' })],
        metadata: {},
      },
    ];
    const readPage = async (url: URL) => {
      asked.push(url.searchParams.get('cursor') ?? '');
      return JSON.stringify(pages[asked.length - 1]);
    };
    const source = await new CatalogBook(dir, () => 5, readPage).update();
    expect(asked).toEqual(['', 'next']);
    expect(source).toEqual({ kind: 'registry', at: 5, count: 2, isCut: false });
    const again = await new CatalogBook(dir, Date.now).search('', 10);
    expect(again.found.map(({ name }) => name)).toEqual(['a/one', 'a/two']);
    expect(again.source.at).toBe(5);
  });

  test('an update that fails changes nothing and says why', async () => {
    const book = new CatalogBook(tempDir(), Date.now, async () => '<html>');
    await expect(book.update()).rejects.toThrow('not JSON');
    expect((await book.search('', 1)).source.kind).toBe('snapshot');
  });

  test('a damaged file is as if nothing had been fetched', async () => {
    const dir = tempDir();
    writeFileSync(path.join(dir, 'server-catalog.json'), '{"at":1,"serv');
    expect((await new CatalogBook(dir, Date.now).search('', 1)).source.kind).toBe('snapshot');
  });

  test('only https is read (security)', async () => {
    await expect(readHttps(new URL('http://127.0.0.1:9/'))).rejects.toThrow('Only https');
  });

  test('an entry that does not fit the format is left out', () => {
    expect(readListed({ server: { name: 'no slash', description: 'x', version: '1' } })).toBeNull();
    expect(readListed(null)).toBeNull();
  });
});
