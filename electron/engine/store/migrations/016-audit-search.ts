import type { Migration } from './index.ts';

/**
 * What is looked up in the log, made from it off the path of a call and made again from nothing when it is lost: none of
 * it is proof. `audit_facts`: one narrow row for each entry a list shows, names as numbers of `audit_terms`.
 * `audit_text`: their words, and the words of arguments while those are kept (`audit_argument_words`), in clear.
 * `audit_hours`, `audit_spread`: counts and histograms by the hour. `audit_read_through`, `audit_text_through`: the last
 * row that is in the figures, and in the words.
 */
export const createAuditSearch: Migration = {
  version: 16,
  name: 'audit search',
  up(db) {
    db.exec(`
      CREATE TABLE audit_terms (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        label TEXT NOT NULL,
        UNIQUE (kind, value)
      ) STRICT;

      CREATE TABLE audit_facts (
        seq INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        event INTEGER NOT NULL,
        agent INTEGER NOT NULL,
        server INTEGER NOT NULL,
        tool INTEGER NOT NULL,
        outcome INTEGER NOT NULL,
        rule INTEGER NOT NULL,
        tier INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE audit_hours (
        dimension INTEGER NOT NULL,
        hour INTEGER NOT NULL,
        term INTEGER NOT NULL,
        second INTEGER NOT NULL,
        outcome INTEGER NOT NULL,
        asked INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        PRIMARY KEY (dimension, hour, term, second, outcome, asked)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE audit_spread (
        hour INTEGER NOT NULL,
        measure INTEGER NOT NULL,
        server INTEGER NOT NULL,
        bucket INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        PRIMARY KEY (hour, measure, server, bucket)
      ) STRICT, WITHOUT ROWID;

      CREATE VIRTUAL TABLE audit_text USING fts5(words, arguments, tokenize = 'unicode61 remove_diacritics 2');
      -- A word that is erased is erased now, not when segments happen to be merged.
      INSERT INTO audit_text (audit_text, rank) VALUES ('secure-delete', 1);
      CREATE TABLE audit_argument_words (call_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE audit_saved_searches (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        query TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      INSERT INTO meta (name, value) VALUES ('audit_read_through', 0), ('audit_text_through', 0), ('audit_text_on', 1);
    `);
  },
};
