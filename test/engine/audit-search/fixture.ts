import { onTestFinished } from 'vitest';
import { AuditIndexer } from '../../../electron/engine/audit-indexer.ts';
import { compileFilter, countEntries, findPage } from '../../../electron/engine/audit-search.ts';
import type { StoreWriter } from '../../../electron/engine/store/contract.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { type AuditFilter, everyEntry } from '../../../electron/shared/index.ts';
import { patient } from '../../helpers/gateway.ts';

export const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** An indexer over a store, without the arguments of any call unless given. */
export function makeIndexer(store: StoreWriter, kept: ReadonlyMap<string, JsonObject> = new Map()): AuditIndexer {
  const indexer = new AuditIndexer({
    store,
    log: quiet,
    flushKept: () => {},
    argumentsOf: (callId) => kept.get(callId) ?? null,
  });
  onTestFinished(() => indexer.close());
  return indexer;
}

export const catchUp = (indexer: AuditIndexer): Promise<void> => indexer.catchUp(patient.timeout);

/** The calls and events that fit, newest first, as `callId` or event. */
export async function search(store: StoreWriter, filter: Partial<AuditFilter>): Promise<string[]> {
  const query = compileFilter(store, { ...everyEntry, ...filter });
  if (query === null) return [];
  const { seqs } = await findPage(store, query, store.searchState().headSeq, 500);
  return store.auditRows(seqs).map((row) => row.callId ?? row.event);
}

export async function count(store: StoreWriter, filter: Partial<AuditFilter>, pageSize = 50) {
  const query = compileFilter(store, { ...everyEntry, ...filter });
  if (query === null) return { total: 0, marks: [] };
  return countEntries(store, query, store.searchState().headSeq, pageSize);
}
