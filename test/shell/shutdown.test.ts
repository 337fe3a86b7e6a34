import { describe, expect, test, vi } from 'vitest';
import { createShutdown, type ShutdownDeps } from '../../electron/shell/shutdown.ts';
import { createRecordingLog } from './recording-log.ts';

function makeDeps(own: Partial<ShutdownDeps> = {}) {
  const { log, messages } = createRecordingLog();
  const deps = {
    stopEngine: vi.fn(async () => undefined),
    countSessions: () => 0,
    confirm: vi.fn(async () => true),
    exit: vi.fn(),
    log,
    timeoutMs: 10_000,
    ...own,
  };
  return { deps, messages };
}

describe('createShutdown', () => {
  test('stops the engine before the process ends', async () => {
    const order: string[] = [];
    const { deps } = makeDeps({
      stopEngine: async () => void order.push('engine'),
      exit: (code) => void order.push(`exit ${code}`),
    });
    await createShutdown(deps).quit('ask');
    expect(order).toEqual(['engine', 'exit 0']);
    expect(deps.confirm).not.toHaveBeenCalled();
  });

  test('asks when sessions are open, and stays when told to', async () => {
    const { deps } = makeDeps({ countSessions: () => 2, confirm: vi.fn(async () => false) });
    const shutdown = createShutdown(deps);
    await shutdown.quit('ask');
    expect(deps.confirm).toHaveBeenCalledExactlyOnceWith(2);
    expect(deps.stopEngine).not.toHaveBeenCalled();
    expect(shutdown.isQuitting()).toBe(false);
  });

  test('asks nobody when the system wants the end', async () => {
    const { deps } = makeDeps({ countSessions: () => 2 });
    await createShutdown(deps).quit('now');
    expect(deps.confirm).not.toHaveBeenCalled();
    expect(deps.exit).toHaveBeenCalledExactlyOnceWith(0);
  });

  test('ends while the question is open when the system wants it', async () => {
    const { deps } = makeDeps({ countSessions: () => 1, confirm: () => new Promise(() => undefined) });
    const shutdown = createShutdown(deps);
    void shutdown.quit('ask');
    await shutdown.quit('now');
    expect(deps.exit).toHaveBeenCalledExactlyOnceWith(0);
  });

  test('ends once, however often it is asked', async () => {
    const { deps } = makeDeps();
    const shutdown = createShutdown(deps);
    await Promise.all([shutdown.quit('ask'), shutdown.quit('now'), shutdown.quit('ask')]);
    expect(deps.stopEngine).toHaveBeenCalledOnce();
    expect(deps.exit).toHaveBeenCalledOnce();
  });

  test('does not wait for ever for an engine that hangs', async () => {
    const { deps, messages } = makeDeps({ stopEngine: () => new Promise(() => undefined), timeoutMs: 1 });
    await createShutdown(deps).quit('now');
    expect(deps.exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(messages).toContain('the engine was still busy when the app ended');
  });

  test('ends although the engine fails to stop', async () => {
    const { deps } = makeDeps({ stopEngine: () => Promise.reject(new Error('disk')) });
    await createShutdown(deps).quit('now');
    expect(deps.exit).toHaveBeenCalledExactlyOnceWith(1);
  });
});
