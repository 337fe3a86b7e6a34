/** Keeps what somebody can cause again and again (an unknown name) from reading the same list each time. */
export class Rereads {
  readonly #running = new Map<string, Promise<void>>();
  readonly #endedAt = new Map<string, number>();

  /** Joins the reading under this key, skips it when one ended less than `pauseMs` ago, else runs it. */
  once(key: string, pauseMs: number, read: () => Promise<void>): Promise<void> {
    const running = this.#running.get(key);
    if (running) return running;
    const now = performance.now();
    if (now - (this.#endedAt.get(key) ?? Number.NEGATIVE_INFINITY) < pauseMs) return Promise.resolve();
    const reading = read().finally(() => {
      this.#running.delete(key);
      this.#forgetOld(pauseMs);
      this.#endedAt.set(key, performance.now());
    });
    this.#running.set(key, reading);
    return reading;
  }

  #forgetOld(pauseMs: number): void {
    const before = performance.now() - pauseMs;
    for (const [key, endedAt] of this.#endedAt) if (endedAt < before) this.#endedAt.delete(key);
  }
}
