import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { migrate, readSchemaVersion } from '../../../electron/engine/store/migrate.ts';
import { type Migration, migrations, schemaVersion } from '../../../electron/engine/store/migrations/index.ts';
import { makeFolder } from './samples.ts';

/** A database that has been through the first `version` steps. */
function makeSchema(version: number): Database.Database {
  const db = new Database(join(makeFolder(), 'schema.db'));
  onTestFinished(() => void db.close());
  migrate(db, migrations.slice(0, version));
  return db;
}

const tablesOf = (db: Database.Database) =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")
    .pluck()
    .all();
const run = (db: Database.Database, sql: string) => () => db.exec(sql);

describe('migrating', () => {
  it('goes from an empty database to the current schema, and no further', () => {
    const db = makeSchema(0);
    expect(migrate(db)).toEqual(migrations.map(({ version }) => version));
    expect(readSchemaVersion(db)).toBe(schemaVersion);
    expect(tablesOf(db)).toEqual(expect.arrayContaining(['agents', 'approvals', 'audit', 'grants', 'meta', 'servers']));
    expect(migrate(db)).toEqual([]);
  });

  it('leaves the version before when a step fails half-way', () => {
    const db = makeSchema(0);
    const broken: Migration = {
      version: 2,
      name: 'broken',
      up(target) {
        target.exec('CREATE TABLE half (a)');
        throw new Error('broken step');
      },
    };
    expect(() => migrate(db, [...migrations.slice(0, 1), broken])).toThrow('broken step');
    expect(readSchemaVersion(db)).toBe(1);
    expect(tablesOf(db)).toEqual(['meta']);
  });
});

describe('migration', () => {
  it('1 marks the file as ScopeGate’s and starts policy at 1, not paused', () => {
    const db = makeSchema(1);
    expect(db.pragma('application_id', { simple: true })).toBe(Buffer.from('SGTE').readUInt32BE());
    expect(db.prepare('SELECT name, value FROM meta ORDER BY name').raw().all()).toEqual([
      ['audit_settled_through', 0],
      ['paused', 0],
      ['policy_version', 1],
    ]);
  });

  it('2 takes agents whose token hash has 32 bytes, each its own', () => {
    const db = makeSchema(2);
    const insert = (id: string, hash: string) =>
      run(db, `INSERT INTO agents VALUES ('${id}', 'n', ${hash}, 'h', NULL, 0, NULL, NULL, 1, NULL, NULL)`);
    insert('a', 'zeroblob(32)')();
    expect(insert('b', 'zeroblob(32)')).toThrow(/UNIQUE/);
    expect(insert('b', 'zeroblob(31)')).toThrow(/CHECK/);
  });

  it('3 takes servers and tools, with a reviewed definition or none', () => {
    const db = makeSchema(3);
    run(db, "INSERT INTO servers VALUES ('files', 'Files', '{}', 1, 0, 1, NULL, NULL)")();
    run(
      db,
      "INSERT INTO tools VALUES ('files', 'a', '{}', 'h', NULL, NULL, 1, 0), ('files', 'b', '{}', 'h', 'h', '{}', 1, 0)",
    )();
    expect(run(db, "INSERT INTO tools VALUES ('files', 'c', '{}', 'h', 'h', NULL, 1, 0)")).toThrow(/CHECK/);
  });

  it('4 takes the three effects and no tool switch without its server', () => {
    const db = makeSchema(4);
    run(db, "INSERT INTO grants VALUES ('a', '*', '*', 'ask', 1), ('*', 'files', '*', 'deny', 1)")();
    expect(run(db, "INSERT INTO grants VALUES ('a', 'files', 'x', 'maybe', 1)")).toThrow(/CHECK/);
    expect(run(db, "INSERT INTO grants VALUES ('a', '*', 'x', 'allow', 1)")).toThrow(/CHECK/);
  });

  it('5 keeps arguments only with a pending approval (security)', () => {
    const db = makeSchema(5);
    const insert = (id: string, status: string, args: string) =>
      run(
        db,
        `INSERT INTO approvals VALUES ('${id}', 'c', 'a', 's', 't', 'd', '{}', ${args}, '${status}', 1, 2, NULL, NULL, NULL, NULL)`,
      );
    insert('1', 'pending', "'{}'")();
    insert('2', 'denied', 'NULL')();
    expect(insert('3', 'denied', "'{}'")).toThrow(/CHECK/);
    expect(insert('4', 'perhaps', 'NULL')).toThrow(/CHECK/);
  });

  it('6 makes a log that only takes the next row (security)', () => {
    const db = makeSchema(6);
    const insert = (seq: number) =>
      run(
        db,
        `INSERT INTO audit (seq, id, at, event, actor, prev_hash, hash) VALUES (${seq}, 'i', 1, 'e', 'engine', zeroblob(32), zeroblob(32))`,
      );
    expect(insert(2)).toThrow(/next row/);
    insert(1)();
    expect(insert(1)).toThrow(/next row/);
    insert(2)();
    expect(run(db, 'DELETE FROM audit')).toThrow(/append-only/);
    expect(run(db, 'UPDATE audit SET at = 2')).toThrow(/append-only/);
  });

  it('10 keeps what waits, and arguments only as long as somebody has yet to look at them (security)', () => {
    const before = migrations.filter(({ version }) => version < 10).length;
    const db = makeSchema(before);
    run(
      db,
      `INSERT INTO approvals VALUES ('old', 'c', 'a', 's', 't', 'd', '{}', '{"x":1}', 'pending', 1, 2, NULL, NULL, NULL, NULL)`,
    )();
    migrate(db);
    expect(db.prepare('SELECT id, arguments, to_review, edited FROM approvals').raw().all()).toEqual([
      ['old', '{"x":1}', 0, null],
    ]);
    const insert = (id: string, status: string, args: string, toReview: number, edited: string) =>
      run(
        db,
        `INSERT INTO approvals VALUES ('${id}', 'c', 'a', 's', 't', 'd', '{}', ${args}, '${status}', 1, 2, NULL, NULL, NULL, NULL, ${toReview}, ${edited})`,
      );
    insert('1', 'expired', "'{}'", 1, 'NULL')();
    insert('2', 'approved', 'NULL', 0, "'{}'")();
    expect(insert('3', 'expired', "'{}'", 0, 'NULL')).toThrow(/CHECK/);
    expect(insert('4', 'used', 'NULL', 0, "'{}'")).toThrow(/CHECK/);
    expect(insert('5', 'used', 'NULL', 1, 'NULL')).toThrow(/CHECK/);
  });
});
