import { EventEmitter } from 'node:events';
import type { IpcMain, WebContents } from 'electron';
import { describe, expect, test, vi } from 'vitest';
import type { Engine } from '../../electron/engine/contract.ts';
import type { BridgeEvent } from '../../electron/shared/index.ts';
import { channels } from '../../electron/shell/channels.ts';
import { isTrustedSender, openIpcBridge, type Sender } from '../../electron/shell/ipc.ts';
import { makeEvent, makeStatus } from './bridge-values.ts';
import { createRecordingLog } from './recording-log.ts';

const ours = 'app://scopegate/index.html#/live';
const sender = (id: number, url: string, parent: unknown = null): Sender => ({
  sender: { id },
  senderFrame: { url, parent },
});

describe('isTrustedSender', () => {
  const admitted = new Map([[1, {}]]);

  test('hears the top frame of a window of ours', () => {
    expect(isTrustedSender(sender(1, ours), admitted)).toBe(true);
  });

  test.each([
    ['a window that is not ours', sender(2, ours)],
    ['a frame inside a page', sender(1, ours, {})],
    ['a page from elsewhere', sender(1, 'https://example.com/')],
    ['an empty page', sender(1, 'about:blank')],
    ['a frame that is gone', { sender: { id: 1 }, senderFrame: null }],
  ])('does not hear %s (security)', (_name, event) => {
    expect(isTrustedSender(event, admitted)).toBe(false);
  });
});

/** As much of Electron as the bridge touches. */
function makeBench() {
  const handlers = new Map<string, (event: Sender, ...args: unknown[]) => unknown>();
  const ipcMain = Object.assign(new EventEmitter(), {
    handle: (channel: string, handler: (event: Sender, ...args: unknown[]) => unknown) =>
      handlers.set(channel, handler),
    removeHandler: (channel: string) => handlers.delete(channel),
  });
  const listeners = new Set<(event: BridgeEvent) => void>();
  const engine: Engine = {
    dispatch: vi.fn(async () => ({ id: 7, ok: true as const, value: {} })),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    status: makeStatus,
    scrape: async () => ({ kind: 'off' }),
    stop: async () => undefined,
  };
  const contents = Object.assign(new EventEmitter(), { id: 1, send: vi.fn() });
  const clipboard = { take: vi.fn(async () => 'a secret'), clear: vi.fn(async () => true) };
  const bridge = openIpcBridge(ipcMain as unknown as IpcMain, engine, createRecordingLog().log, clipboard);
  return {
    bridge,
    clipboard,
    engine,
    invoke: (channel: string, event: Sender) => handlers.get(channel)?.(event),
    contents,
    hide: vi.fn(),
    ipcMain,
    listeners,
    request: (event: Sender, request: unknown) => handlers.get(channels.request)?.(event, request),
    send: (event: BridgeEvent) => {
      for (const listener of listeners) listener(event);
    },
    admit(hide: () => void) {
      bridge.admit(contents as unknown as WebContents, hide);
    },
  };
}

describe('openIpcBridge', () => {
  test('gives the clipboard to a page of ours and to no other (security)', async () => {
    const bench = makeBench();
    const { takeClipboard, clearClipboard } = channels;
    for (const channel of [takeClipboard, clearClipboard]) {
      expect(() => bench.invoke(channel, sender(1, ours))).toThrow('Refused.');
    }
    bench.admit(bench.hide);
    expect(() => bench.invoke(takeClipboard, sender(1, 'https://example.com/'))).toThrow('Refused.');
    expect(bench.clipboard.take).not.toHaveBeenCalled();
    expect(await bench.invoke(takeClipboard, sender(1, ours))).toBe('a secret');
    expect(await bench.invoke(clearClipboard, sender(1, ours))).toBe(true);
    bench.bridge.close();
    expect(bench.invoke(takeClipboard, sender(1, ours))).toBeUndefined();
  });

  test('hands a request of ours to the engine', async () => {
    const bench = makeBench();
    bench.admit(bench.hide);
    const request = { id: 7, method: 'snapshot', params: {} };
    expect(await bench.request(sender(1, ours), request)).toEqual({ id: 7, ok: true, value: {} });
    expect(bench.engine.dispatch).toHaveBeenCalledExactlyOnceWith(request);
  });

  test('gives a foreign page no way to the engine (security)', () => {
    const bench = makeBench();
    bench.admit(bench.hide);
    expect(() => bench.request(sender(1, 'https://example.com/'), {})).toThrow('Refused');
    expect(() => bench.request(sender(2, ours), {})).toThrow('Refused');
    expect(bench.engine.dispatch).not.toHaveBeenCalled();
  });

  test('forgets a window that is destroyed (security)', () => {
    const bench = makeBench();
    bench.admit(bench.hide);
    bench.contents.emit('destroyed');
    expect(() => bench.request(sender(1, ours), {})).toThrow('Refused');
  });

  test('sends a burst of events as one message, in order', async () => {
    const bench = makeBench();
    bench.admit(bench.hide);
    const events = [1, 2, 3].map((n) => makeEvent(n, { type: 'agent.removed', id: String(n) }));
    for (const event of events) bench.send(event);
    await vi.waitFor(() => expect(bench.contents.send).toHaveBeenCalled());
    expect(bench.contents.send.mock.calls).toEqual([[channels.event, events]]);
  });

  test('hides only the window that asks, and only for a page of ours', () => {
    const bench = makeBench();
    bench.admit(bench.hide);
    bench.ipcMain.emit(channels.hideWindow, sender(1, 'about:blank'));
    expect(bench.hide).not.toHaveBeenCalled();
    bench.ipcMain.emit(channels.hideWindow, sender(1, ours));
    expect(bench.hide).toHaveBeenCalledOnce();
  });

  test('leaves nothing behind when closed', () => {
    const bench = makeBench();
    bench.admit(bench.hide);
    bench.bridge.close();
    expect(bench.listeners.size).toBe(0);
    expect(bench.ipcMain.listenerCount(channels.hideWindow)).toBe(0);
    expect(bench.request(sender(1, ours), {})).toBeUndefined();
  });
});
