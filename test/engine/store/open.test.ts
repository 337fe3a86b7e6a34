import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { EngineStartError } from '../../../electron/engine/contract.ts';
import { migrations, schemaVersion } from '../../../electron/engine/store/migrations/index.ts';
import { openStore } from '../../../electron/engine/store/open.ts';
import { appendCall, databaseIn, makeFolder, makeStore, sampleAgent, sampleServer } from './samples.ts';

const modeOf = (path: string) => lstatSync(path).mode & 0o777;

/** The error `openStore` gives; fails when it opens. */
function refusal(file: string): EngineStartError {
  try {
    openStore({ file }).close();
  } catch (error) {
    if (error instanceof EngineStartError) return error;
    throw error;
  }
  throw new Error('the database was opened');
}

/** A database with some content, closed properly. */
function makeDatabase(folder: string): string {
  const store = makeStore(folder);
  store.putAgent(sampleAgent());
  store.putServer(sampleServer());
  for (let call = 0; call < 400; call++) appendCall(store, `call-${call}`);
  store.close();
  return databaseIn(folder);
}

/** Changes the file behind the store's back, past its triggers. */
function tamper(file: string, ...statements: string[]): void {
  const db = new Database(file);
  for (const name of ['audit_no_update', 'audit_no_delete', 'audit_next_only']) db.exec(`DROP TRIGGER ${name}`);
  for (const statement of statements) db.exec(statement);
  db.close();
}

describe('opening the database', () => {
  it.skipIf(process.platform === 'win32')('makes every file readable by this user alone (security)', () => {
    const folder = makeFolder();
    const before = process.umask(0);
    try {
      const store = makeStore(folder);
      store.putAgent(sampleAgent());
      const file = databaseIn(folder);
      expect([file, `${file}-wal`, `${file}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
    } finally {
      process.umask(before);
    }
  });

  it.skipIf(process.platform === 'win32')('never follows a link in the place of the database (security)', () => {
    const folder = makeFolder();
    const target = makeDatabase(makeFolder());
    symlinkSync(target, databaseIn(folder));
    expect(refusal(databaseIn(folder))).toMatchObject({ code: 'data_dir_unusable' });
  });

  it('works in WAL with foreign keys, and leaves one file behind when closed', () => {
    const file = makeDatabase(makeFolder());
    expect(existsSync(`${file}-wal`)).toBe(false);
    const db = new Database(file, { readonly: true });
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });

  it('can be closed twice', () => {
    const store = makeStore();
    store.close();
    store.close();
  });

  it('refuses a database of a newer version and changes nothing in it', () => {
    const file = makeDatabase(makeFolder());
    const db = new Database(file);
    db.pragma(`user_version = ${schemaVersion + 1}`);
    db.close();
    const before = readFileSync(file);
    const error = refusal(file);
    expect(error.code).toBe('database_newer');
    expect(error.fix).not.toBe('');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('goes on with a first start that was cut short', () => {
    const file = databaseIn(makeFolder());
    writeFileSync(file, '');
    openStore({ file }).close();
    const db = new Database(file);
    expect(db.pragma('user_version', { simple: true })).toBe(schemaVersion);
    db.close();
  });
});

describe('a damaged database', () => {
  const damages: [string, (file: string) => void][] = [
    ['no database at all', (file) => writeFileSync(file, 'This is a text, not a database. '.repeat(200))],
    ['cut short', (file) => truncateSync(file, lstatSync(file).size - 8192)],
    ['with a broken schema page', (file) => overwrite(file, 100, 3000)],
    ['without a table', (file) => tamper(file, 'DROP TABLE tools')],
    [
      'with a changed last row of the log',
      (file) =>
        tamper(
          file,
          "UPDATE audit SET outcome = 'ok' WHERE seq = 799",
          "UPDATE audit SET subject = 'x' WHERE seq = 800",
        ),
    ],
    ['of another program', (file) => tamper(file, 'PRAGMA application_id = 7')],
  ];

  it.each(damages)('%s is refused, kept byte for byte, and the newest backup is named', (_, damage) => {
    const folder = makeFolder();
    const file = makeDatabase(folder);
    damage(file);
    const before = readFileSync(file);
    const first = refusal(file);
    expect(first.code).toBe('database_corrupt');
    expect(first.message).toContain('There is no backup yet');
    expect(readFileSync(file).equals(before)).toBe(true);

    const backup = join(folder, 'backups', 'scopegate-20261122T093000123Z-v6.db');
    makeBackupFile(backup);
    expect(refusal(file).message).toContain(`${backup}, made 2026-11-22T09:30:00.123Z`);
  });

  it('is found after a stop that was no proper end, even in a page the start does not need', () => {
    const file = makeDatabase(makeFolder());
    overwrite(file, lstatSync(file).size / 2, 3 * 4096);
    // What a killed engine leaves: a log beside the database that was never emptied.
    writeFileSync(`${file}-wal`, Buffer.alloc(64));
    expect(refusal(file).code).toBe('database_corrupt');
  });

  it('gives an error and never a wrong value when one of its rows is damaged (security)', () => {
    const file = makeDatabase(makeFolder());
    tamper(
      file,
      `UPDATE agents SET rate_limit = '{"count":-1,"per":"min"}'`,
      `UPDATE servers SET transport = '{"kind":"stdio"'`,
      `INSERT INTO tools VALUES ('files', 'read', '[]', 'h', NULL, NULL, 1, 0)`,
      "UPDATE audit SET effect = 'yes' WHERE seq = 3",
    );
    const store = openStore({ file });
    const damaged = expect.objectContaining({ code: 'database_corrupt' });
    expect(() => store.agents()).toThrow(damaged);
    expect(() => store.servers()).toThrow(damaged);
    expect(() => store.tools('files')).toThrow(damaged);
    expect(() => store.callRows('call-1')).toThrow(damaged);
    store.close();
  });
});

describe('the migrations', () => {
  it('have rising numbers, each its own', () => {
    const versions = migrations.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  it('bring up an older database after a backup of it, keeping its content', () => {
    const folder = makeFolder();
    const file = databaseIn(folder);
    const old = new Database(file);
    for (const step of migrations.slice(0, 3)) step.up(old);
    old.pragma('user_version = 3');
    old.exec(`INSERT INTO agents VALUES ('a', 'Old agent', zeroblob(32), 'hint', NULL, 0, NULL, NULL, 1, NULL, NULL)`);
    old.close();
    const store = openStore({ file, now: () => Date.UTC(2026, 10, 22) });
    expect(store.agents()).toMatchObject([{ name: 'Old agent' }]);
    store.close();

    const backup = join(folder, 'backups', 'scopegate-20261122T000000000Z-v3.db');
    const copy = new Database(backup, { readonly: true });
    expect(copy.prepare('SELECT name FROM agents').pluck().all()).toEqual(['Old agent']);
    copy.close();
  });
});

function overwrite(file: string, from: number, length: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, from, from + length);
  writeFileSync(file, bytes);
}

function makeBackupFile(path: string): void {
  const source = makeDatabase(makeFolder());
  mkdirSync(join(path, '..'), { recursive: true });
  copyFileSync(source, path);
}
