import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listenerLimits } from '../../../electron/engine/downstream/listener-limits.ts';
import { SessionTable } from '../../../electron/engine/downstream/session-table.ts';
import { one } from './support.ts';

const info = (id: string) => ({ id, protocolVersion: '2025-11-25', clientInfo: null, clientCapabilities: {} });
const heartbeat = { watch: () => undefined, stop: () => undefined };
/** As much of a response as an open stream needs. */
const openResponse = () =>
  Object.assign(new EventEmitter(), {
    destroyed: false,
    writableEnded: false,
    writableLength: 0,
    writeHead: () => undefined,
    flushHeaders: () => undefined,
    write: () => true,
    end: () => undefined,
  }) as unknown as ServerResponse;

describe('SessionTable', () => {
  it('ends a session nobody used for the idle time, and none that still streams or runs', () => {
    let now = 0;
    const ended: string[] = [];
    const table = new SessionTable({
      clock: { now: () => now },
      heartbeat,
      limits: { ...listenerLimits, sessionsPerAgent: 10, sessionIdleMs: 1000 },
      onOpened: () => undefined,
      onEnded: (session) => void ended.push(session.info.id),
    });
    table.open(one, info('idle'), null);
    table.open(one, info('used'), null);
    table.open(one, info('streaming'), null)?.streams.open(openResponse(), 'get');
    table.open(one, info('running'), null)?.running.set(1, { cancel: () => undefined, abandon: () => undefined });
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
