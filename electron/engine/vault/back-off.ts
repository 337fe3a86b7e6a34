const freeTries = 3;
const maxWaitMs = 5 * 60_000;

/** After three wrong passphrases each further one doubles the wait, up to five minutes. */
export function createBackOff(now: () => number) {
  let failures = 0;
  let retryAt = 0;
  return {
    /** Milliseconds since the epoch; null: try at once. */
    retryAt: (): number | null => (retryAt > now() ? retryAt : null),
    failed(): void {
      failures += 1;
      if (failures >= freeTries) retryAt = now() + Math.min(maxWaitMs, 1000 * 2 ** (failures - freeTries));
    },
    reset(): void {
      failures = 0;
      retryAt = 0;
    },
  };
}
