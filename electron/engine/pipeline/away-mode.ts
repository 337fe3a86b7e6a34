import type { ApprovalSettings } from '../../shared/index.ts';
import type { Clock, ScreenPort } from '../ports.ts';

export interface Absence {
  since: number;
  cause: 'person' | 'lock';
}

interface Ports {
  /** Null: this host does not learn of the screen's lock. */
  screen: ScreenPort | null;
  clock: Clock;
  settings(): ApprovalSettings;
  /** The person went, came back, or the screen was locked or unlocked. */
  onChanged(): void;
}

/** Whether somebody is there to answer: said by the person, or known from the screen's lock. */
export class AwayMode {
  readonly #ports: Ports;
  readonly #unwatch: () => void;
  #away: Absence | null = null;
  #isLocked = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#isLocked = ports.screen?.isLocked() ?? false;
    this.#followLock();
    this.#unwatch = ports.screen?.onChange((isLocked) => this.#lockChanged(isLocked)) ?? (() => {});
  }

  get away(): Absence | null {
    return this.#away;
  }

  get isLocked(): boolean {
    return this.#isLocked;
  }

  /** Time stands still for what waits: nobody can be expected to look at it. */
  get isTimeStopped(): boolean {
    return this.#isLocked || this.#away !== null;
  }

  /** New questions are refused and left to review. */
  get isRefusing(): boolean {
    return this.#away !== null && this.#ports.settings().whenAway === 'deny';
  }

  /** A person says that they go, or are back. */
  set(isAway: boolean): void {
    if (isAway === (this.#away !== null)) return;
    this.#away = isAway ? { since: this.#ports.clock.now(), cause: 'person' } : null;
    this.#ports.onChanged();
  }

  close(): void {
    this.#unwatch();
  }

  #lockChanged(isLocked: boolean): void {
    if (isLocked === this.#isLocked) return;
    this.#isLocked = isLocked;
    this.#followLock();
    this.#ports.onChanged();
  }

  /** The lock starts and ends only an absence of its own: who said that they are away stays so until they say otherwise. */
  #followLock(): void {
    if (this.#isLocked) {
      if (this.#ports.settings().awayOnLock) this.#away ??= { since: this.#ports.clock.now(), cause: 'lock' };
    } else if (this.#away?.cause === 'lock') this.#away = null;
  }
}
