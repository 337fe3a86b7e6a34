import { createSecretKey, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adoptSecrets } from '../../electron/engine/adopt-secrets.ts';
import { CredentialBook } from '../../electron/engine/credential-book.ts';
import { exportCredentials, importCredentials } from '../../electron/engine/credential-export.ts';
import { createReferenceReader } from '../../electron/engine/credential-references.ts';
import { CredentialUses } from '../../electron/engine/credential-uses.ts';
import { createProgramFinder } from '../../electron/engine/upstream/find-program.ts';
import { describeProgram, type Placement, type Transport } from '../../electron/shared/index.ts';
import { makeMachineKeys } from '../helpers/master-keys.ts';
import { makeFolder, openVault, type TestVault } from './vault/support.ts';

const passphrase = 'a passphrase for the export';
const authorization: Placement = { in: 'header', name: 'Authorization', prefix: 'Bearer ' };
const key = createSecretKey(randomBytes(32));

interface TestBook extends TestVault {
  book: CredentialBook;
  servers: Map<string, { name: string; transport: Transport }>;
  told: string[];
}

function openBook(base: TestVault = openVault(makeMachineKeys())): TestBook {
  const servers: TestBook['servers'] = new Map([
    ['remote', { name: 'Remote', transport: { kind: 'http', url: 'https://api.example/mcp', headers: {} } }],
    ['local', { name: 'Local', transport: { kind: 'stdio', command: '/bin/server', args: [], cwd: null, env: {} } }],
  ]);
  const told: string[] = [];
  const references = makeReferences({});
  const book = new CredentialBook({
    ...{ store: base.store, vault: base.vault, references, key, now: () => base.clock.ms },
    uses: new CredentialUses(base.store, base.clock.ms),
    serverOf: (id) => servers.get(id) ?? null,
    tokens: () => null,
    onChanged: () => {},
    onRemoved: () => {},
    onServer: (id) => void told.push(id),
  });
  return { ...base, book, servers, told };
}

function makeReferences(env: Record<string, string>, dataDir = makeFolder()) {
  return createReferenceReader({ env, finder: createProgramFinder(env), dataDir, now: Date.now });
}

const bearer = (name: string, value: string) => ({ kind: 'bearer', name, source: { from: 'vault', value } }) as const;

describe('credentials', () => {
  it('can be restored until the next start, which erases their value (security)', async () => {
    const first = openBook();
    const { id, secretId } = await first.book.add(bearer('key', 'value-one'));
    first.book.bind(id, 'remote', null, authorization);
    first.book.remove(id);
    expect(first.book.bound('remote', 'a')).toEqual([]);
    first.book.restore(id);
    expect(first.book.bound('remote', 'a')).toHaveLength(1);
    first.book.remove(id);
    const again = openBook({ ...first });
    expect(again.book.all()).toEqual([]);
    expect(first.store.secret(secretId ?? '')).toBeNull();
    expect(first.store.bindings()).toEqual([]);
  });

  it('whose binding was altered in the database are not used (security)', async () => {
    const first = openBook();
    const { id } = await first.book.add(bearer('key', 'value-one'));
    first.book.bind(id, 'remote', null, authorization);
    const [row] = first.store.bindings();
    if (!row) throw new Error('no row');
    first.servers.set('remote', { name: 'R', transport: { kind: 'http', url: 'https://evil.example', headers: {} } });
    first.store.putBinding({ ...row, boundTo: 'https://evil.example' });
    const again = openBook(first);
    again.servers.set('remote', { name: 'R', transport: { kind: 'http', url: 'https://evil.example', headers: {} } });
    expect(again.book.bound('remote', 'a')[0]?.inactive).toContain('altered');
    again.book.confirm(id, row.id, 'https://evil.example');
    expect(again.book.bound('remote', 'a')[0]?.inactive).toBeNull();
  });

  it.each([
    ['another package', { args: ['-y', 'evil-server'] }],
    ['one argument more', { args: ['-y', 'good-server', '--to=evil'] }],
    ['arguments that only read alike', { args: ['-y good-server'] }],
    ['another folder', { cwd: '/tmp/evil' }],
  ])(
    'of a program are not given to the same command with %s until that is confirmed (security)',
    async (_how, change) => {
      const { book, servers } = openBook();
      const { id } = await book.add({ ...bearer('key', 'value-one'), kind: 'env' });
      const npx = { kind: 'stdio', command: 'npx', args: ['-y', 'good-server'], cwd: null, env: {} } as const;
      servers.set('local', { name: 'Local', transport: { ...npx, args: [...npx.args] } });
      book.bind(id, 'local', null, { in: 'env', name: 'KEY' });
      servers.set('local', { name: 'Local', transport: { ...npx, args: [...npx.args] } });
      expect(book.bound('local', null)[0]?.inactive).toBeNull();
      const transport = { ...npx, args: [...npx.args], ...change };
      servers.set('local', { name: 'Local', transport });
      const [bound] = book.bound('local', null);
      expect(bound?.inactive).toContain('changed');
      book.confirm(id, bound?.binding.id ?? '', describeProgram(transport));
      expect(book.bound('local', null)[0]?.inactive).toBeNull();
    },
  );

  it('refuse a place the server cannot take, a name that is taken, and a place that is', async () => {
    const { book } = openBook();
    const { id } = await book.add(bearer('key', 'value-one'));
    const other = await book.add(bearer('other', 'value-two'));
    expect(() => book.bind(id, 'local', null, authorization)).toThrow('takes credentials as a variable');
    book.bind(id, 'remote', null, authorization);
    expect(() => book.bind(other.id, 'remote', null, { ...authorization, name: 'authorization' })).toThrow(
      'used in this place',
    );
    await expect(book.add(bearer('KEY', 'value'))).rejects.toThrow('already a credential');
    expect(() => book.confirm(id, book.all()[0]?.bindings[0]?.id ?? '', 'https://other.example')).toThrow(
      'changed while',
    );
  });
});

describe('an export', () => {
  it('brings every credential to another machine, once (security)', async () => {
    const from = openBook();
    await from.book.add(bearer('key', 'value-one'));
    await from.book.add({
      kind: 'basic',
      name: 'login',
      username: 'sam',
      source: { from: 'vault', value: 'pass-word' },
    });
    await from.book.add({ kind: 'env', name: 'ref', source: { from: 'reference', reference: 'env:TOKEN' } });
    const exported = await exportCredentials({ ...from, now: 0 }, passphrase);
    if (!exported.ok) throw new Error(exported.message);
    expect(exported.text).not.toContain('value-one');
    expect(Buffer.from(exported.text, 'base64').toString('latin1')).not.toContain('value-one');

    const to = openBook();
    await to.book.add(bearer('login', 'something else'));
    expect(await importCredentials({ ...to, now: 0 }, passphrase, exported.text)).toMatchObject({ ok: true, added: 3 });
    expect(await importCredentials({ ...to, now: 0 }, passphrase, exported.text)).toMatchObject({
      skipped: 2,
      added: 1,
    });
    const named = to.book.records().find(({ name }) => name === 'key');
    expect(to.vault.use(named?.secretId ?? '')).toEqual({ ok: true, value: 'value-one' });
    expect(to.book.records().map(({ name }) => name)).toContain('login 2');
  });

  it('that is cut off, altered, or opened with another passphrase adds nothing and says why (security)', async () => {
    const from = openBook();
    await from.book.add(bearer('key', 'value-one'));
    const exported = await exportCredentials({ ...from, now: 0 }, passphrase);
    if (!exported.ok) throw new Error(exported.message);
    const { text } = exported;
    const turned = text.replace(/.(?="\})/, (letter) => (letter === 'A' ? 'B' : 'A'));
    const to = openBook();
    const read = async (given: string, word = passphrase) =>
      (await importCredentials({ ...to, now: 0 }, word, given)).message;
    expect(await read(text, 'not the passphrase')).toContain('not the passphrase of this export');
    expect(await read(text.slice(0, 60))).toContain('cut off');
    expect(await read('{}')).toContain('not an export');
    expect(await read(turned === text ? '' : turned)).toMatch(/damaged|not an export/);
    expect(to.book.all()).toEqual([]);
  });
});

describe('secrets that were found', () => {
  it('move into the vault, one credential for each value, bound where they are used (security)', async () => {
    const { book, vault } = openBook();
    const use = { serverId: 'local', agentId: null, placement: { in: 'env', name: 'API_KEY' } as const };
    const adopted = await adoptSecrets(book, [
      { name: 'API_KEY', kind: 'env', value: 'found-secret', use },
      { name: 'API_KEY', kind: 'env', value: 'other-secret', use: null },
      { name: 'TOKEN', kind: 'env', value: 'found-secret', use: null },
    ]);
    expect(adopted.map(({ name }) => name)).toEqual(['API_KEY', 'API_KEY 2', 'API_KEY']);
    expect(adopted[2]?.credentialId).toBe(adopted[0]?.credentialId);
    expect(book.bound('local', 'a')).toHaveLength(1);
    const secretId = book.get(adopted[1]?.credentialId ?? '')?.secretId ?? '';
    expect(vault.use(secretId)).toEqual({ ok: true, value: 'other-secret' });
  });
});

describe('references', () => {
  it('are read when they are used: a variable, a file, 1Password without a shell (security)', async () => {
    const folder = makeFolder();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const log = join(folder, 'log');
    writeFileSync(
      join(bin, 'op'),
      `#!/bin/sh\necho "$@" >> ${log}\n[ "$3" = "op://vault/item/field" ] && printf %s 'value $(from) op' || exit 1\n`,
    );
    chmodSync(join(bin, 'op'), 0o755);
    writeFileSync(join(folder, 'key'), 'from-file\n');
    const references = makeReferences({ TOKEN: 'from-env', PATH: `${bin}:/usr/bin:/bin`, SHLVL: '1' }, folder);
    expect(references.read('env:TOKEN')).toEqual({ ok: true, value: 'from-env' });
    expect(references.read('env:NONE')).toMatchObject({ ok: false, why: { state: 'broken' } });
    expect(await references.read(`file:${join(folder, 'key')}`)).toEqual({ ok: true, value: 'from-file' });
    expect(await references.read('file:key')).toMatchObject({ ok: false });
    expect(await references.read(`file:${folder}`)).toMatchObject({ ok: false });
    if (process.platform === 'win32') return;
    const both = await Promise.all([
      references.read('op://vault/item/field'),
      references.read('op://vault/item/field'),
    ]);
    expect(both).toEqual([
      { ok: true, value: 'value $(from) op' },
      { ok: true, value: 'value $(from) op' },
    ]);
    expect(await references.read('op://vault/item/none; touch x')).toMatchObject({ ok: false });
    expect(await references.hasOnePassword()).toBe(true);
    references.forget();
    const begun = references.read('op://vault/item/field');
    // the vault is locked while it is read
    references.forget();
    await begun;
    expect(references.read('op://vault/item/field')).toBeInstanceOf(Promise);
  });

  it('to 1Password say so where it is not installed', async () => {
    const references = makeReferences({ PATH: '/nowhere', SHLVL: '1' });
    expect(await references.read('op://vault/item/field')).toMatchObject({
      ok: false,
      why: { message: expect.stringContaining('1Password command line') },
    });
  });
});
