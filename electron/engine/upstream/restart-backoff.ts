/** Keeps a crashing server from being started in a tight loop: the first retry at once, then 1 s doubling up to 60 s. */
export interface RestartBackoff {
  /** `uptimeMs`: how long it ran before; a server that ran for a minute starts from zero again. */
  failed(uptimeMs: number): void;
  /** Milliseconds until the next start is allowed; 0 = now. */
  waitMs(): number;
  reset(): void;
}

const stableMs = 60_000;
const firstDelayMs = 1000;
const maxDelayMs = 60_000;

export function createRestartBackoff(now: () => number): RestartBackoff {
  let failures = 0;
  let allowedAt = 0;
  return {
    failed(uptimeMs) {
      failures = uptimeMs >= stableMs ? 1 : failures + 1;
      const delay = failures === 1 ? 0 : Math.min(firstDelayMs * 2 ** (failures - 2), maxDelayMs);
      allowedAt = now() + delay;
    },
    waitMs: () => Math.max(0, allowedAt - now()),
    reset() {
      failures = 0;
      allowedAt = 0;
    },
  };
}
