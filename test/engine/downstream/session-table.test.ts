import { describe, expect, it } from 'vitest';
import { SessionTable } from '../../../electron/engine/downstream/session-table.ts';
import { one } from './support.ts';

const info = (id: string) => ({ id, protocolVersion: '2025-11-25', clientInfo: null, clientCapabilities: {} });
const stream = { send: () => true, end: () => undefined };

describe('SessionTable', () => {
  it('ends a session nobody used for the idle time, and none that still streams or runs', () => {
    let now = 0;
    const ended: string[] = [];
    const table = new SessionTable({
      clock: { now: () => now },
      limits: { sessionsPerAgent: 10, sessionIdleMs: 1000 },
      onOpened: () => undefined,
      onEnded: (session) => void ended.push(session.info.id),
    });
    table.open(one, info('idle'));
    table.open(one, info('used'));
    table.open(one, info('streaming'))?.streams.push(stream);
    table.open(one, info('running'))?.running.set(1, { cancel: () => undefined, abandon: () => undefined });
    now = 999;
    table.endIdle();
    expect(ended).toEqual([]);
    table.find(one.id, 'used');
    now = 1000;
    table.endIdle();
    expect(ended).toEqual(['idle']);
    now = 1999;
    table.endIdle();
    expect(ended).toEqual(['idle', 'used']);
    expect(table.count(one.id)).toBe(2);
    table.endAll();
    expect(ended).toHaveLength(4);
    expect(table.count(one.id)).toBe(0);
  });
});
