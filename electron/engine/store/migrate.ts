import type { Connection } from './connection.ts';
import { type Migration, migrations } from './migrations/index.ts';

export function readSchemaVersion(db: Connection): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/**
 * Brings the schema up to `steps`' last version, each step in its own transaction with its version number, so that an
 * interruption leaves a schema some version of ScopeGate knows. Returns the versions it went through.
 */
export function migrate(db: Connection, steps: readonly Migration[] = migrations): number[] {
  const applied: number[] = [];
  for (const step of steps) {
    if (step.version <= readSchemaVersion(db)) continue;
    db.transaction(() => {
      step.up(db);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
    applied.push(step.version);
  }
  return applied;
}
