/** A person's "no" to one exact call. */
export interface Denial {
  note: string | null;
  at: number;
}

const maxHeld = 1_000;

/**
 * What was denied a moment ago, by request digest: the very same call again is refused with the same reason and no new
 * question, so that asking until somebody says yes does not work.
 */
export class DenyCooldown {
  readonly #denials = new Map<string, Denial>();

  note(digest: string, denial: Denial): void {
    // the newest at the end, so that the oldest is let go first
    this.#denials.delete(digest);
    this.#denials.set(digest, denial);
    const [oldest] = this.#denials.keys();
    if (this.#denials.size > maxHeld && oldest !== undefined) this.#denials.delete(oldest);
  }

  /** The denial that still holds. `cooldownMs` 0: none does. A clock set back ends it. */
  find(digest: string, now: number, cooldownMs: number): Denial | null {
    const denial = this.#denials.get(digest);
    if (!denial) return null;
    const age = now - denial.at;
    if (age >= 0 && age < cooldownMs) return denial;
    this.#denials.delete(digest);
    return null;
  }

  forget(digest: string): void {
    this.#denials.delete(digest);
  }
}
