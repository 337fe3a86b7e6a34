import type { Migration } from './index.ts';

/**
 * Where each exported signal is in the audit log, which is its queue: `sent_through` moves only after the collector
 * took a batch. The settings of the export, and the digest of the token figures are fetched with, never the token.
 */
export const createTelemetry: Migration = {
  version: 19,
  name: 'telemetry',
  up(db) {
    db.exec(`
      CREATE TABLE telemetry_settings (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        config TEXT,
        scrape_digest BLOB CHECK (length(scrape_digest) = 32),
        scrape_made_at INTEGER
      ) STRICT;
      INSERT INTO telemetry_settings (id) VALUES (1);
      CREATE TABLE telemetry_cursors (
        signal TEXT PRIMARY KEY CHECK (signal IN ('traces', 'metrics', 'logs')),
        sent_through INTEGER NOT NULL,
        last_sent_at INTEGER,
        missed INTEGER NOT NULL DEFAULT 0,
        rejected INTEGER NOT NULL DEFAULT 0
      ) STRICT;
    `);
  },
};
