import type { ScreenPort } from '../ports.ts';

interface Ports {
  screen: ScreenPort | null;
  now(): number;
}

/** A use is told to pages at most this often, so that their countdown is near the truth and calls stay cheap. */
const toldEveryMs = 15_000;

interface Settings {
  autoLockMinutes: number | null;
  lockWithScreen: boolean;
}

/** Locks after minutes without use and with the screen, as far as the person chose that. */
export function createAutoLock(ports: Ports, settings: () => Settings, lock: () => void, moved: () => void) {
  let timer: NodeJS.Timeout | null = null;
  let usedAt = ports.now();
  let toldAt = usedAt;
  const endWatch = ports.screen?.onChange((isLocked) => {
    if (isLocked && settings().lockWithScreen) lock();
  });

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  function arm(): void {
    stop();
    const { autoLockMinutes } = settings();
    if (autoLockMinutes === null) return;
    const leftMs = usedAt + autoLockMinutes * 60_000 - ports.now();
    if (leftMs <= 0) {
      lock();
      return;
    }
    timer = setTimeout(arm, leftMs);
    timer.unref();
  }

  return {
    /** It was used: the time counts from now. The running timer looks again by itself. */
    touch(): void {
      usedAt = ports.now();
      if (settings().autoLockMinutes === null || usedAt - toldAt < toldEveryMs) return;
      toldAt = usedAt;
      moved();
    },
    restart(): void {
      usedAt = ports.now();
      toldAt = usedAt;
      arm();
    },
    /** When it will lock if nothing uses it; null: by itself never. */
    locksAt(): number | null {
      const { autoLockMinutes } = settings();
      return autoLockMinutes === null ? null : usedAt + autoLockMinutes * 60_000;
    },
    stop,
    close(): void {
      stop();
      endWatch?.();
    },
  };
}
