import type { LogPort } from '../engine/ports.ts';

/** Milliseconds the engine may take to end calls, links and children; what is left then is reaped at the next start. */
export const stopTimeoutMs = 8000;

export interface ShutdownDeps {
  stopEngine(): Promise<void>;
  countSessions(): number;
  /** Asks the person; resolves to false when they would rather stay. */
  confirm(sessions: number): Promise<boolean>;
  exit(code: number): void;
  log: LogPort;
  timeoutMs?: number;
}

export interface Shutdown {
  /** True from the moment the end is decided. */
  isQuitting(): boolean;
  /** Asks when agents are connected, then ends everything. `now`: the system or a fault wants it, nobody is asked. */
  quit(how: 'ask' | 'now', code?: number): Promise<void>;
}

/** The one way out: stops the engine, waits for it within bounds, then ends the process. */
export function createShutdown(deps: ShutdownDeps): Shutdown {
  const { timeoutMs = stopTimeoutMs, log } = deps;
  let isAsking = false;
  let isQuitting = false;

  async function stop(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    try {
      return await Promise.race([deps.stopEngine().then(() => true), late]);
    } catch (error) {
      log.error('the engine did not stop cleanly', { reason: String(error) });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    isQuitting: () => isQuitting,
    async quit(how, code = 0) {
      if (isQuitting) return;
      if (how === 'ask') {
        if (isAsking) return;
        const sessions = deps.countSessions();
        isAsking = true;
        const mayGo = sessions === 0 || (await deps.confirm(sessions));
        isAsking = false;
        if (!mayGo || isQuitting) return;
      }
      isQuitting = true;
      const isClean = await stop();
      if (!isClean) log.error('the engine was still busy when the app ended');
      deps.exit(code === 0 && !isClean ? 1 : code);
    },
  };
}
