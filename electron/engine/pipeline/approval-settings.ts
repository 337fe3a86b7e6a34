import type { ApprovalSettings } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import type { StoreWriter } from '../store/contract.ts';
import type { AuditGate } from './audit-gate.ts';

/** Two minutes: longer than an agent's reflex to try again, shorter than a person's change of mind. */
const defaultCooldownMs = 2 * 60_000;

/** Only what changes. */
export type ApprovalSettingsChange = { [K in keyof ApprovalSettings]?: ApprovalSettings[K] | undefined };

/** What the person set about approvals, durable. */
export class ApprovalSettingsKeeper {
  readonly #store: Pick<StoreWriter, 'putApprovalSettings'>;
  readonly #audit: AuditGate;
  #current: ApprovalSettings;

  constructor(
    store: Pick<StoreWriter, 'approvalSettings' | 'putApprovalSettings'>,
    audit: AuditGate,
    timeoutMs: number,
  ) {
    this.#store = store;
    this.#audit = audit;
    this.#current = store.approvalSettings() ?? {
      timeoutMs,
      cooldownMs: defaultCooldownMs,
      whenAway: 'hold',
      awayOnLock: true,
    };
  }

  get current(): ApprovalSettings {
    return this.#current;
  }

  /** Throws `BridgeFault` when it cannot be recorded. */
  change(changes: ApprovalSettingsChange): void {
    const { timeoutMs, cooldownMs, whenAway, awayOnLock } = this.#current;
    const next: ApprovalSettings = {
      timeoutMs: changes.timeoutMs ?? timeoutMs,
      cooldownMs: changes.cooldownMs ?? cooldownMs,
      whenAway: changes.whenAway ?? whenAway,
      awayOnLock: changes.awayOnLock ?? awayOnLock,
    };
    const recorded = this.#audit.append({
      event: 'approvals.settings_changed',
      actor: 'person',
      details: { before: { ...this.#current }, after: { ...next } },
    });
    if (!recorded)
      throw new BridgeFault(
        'unavailable',
        'The audit log cannot be written, so nothing was changed.',
        'Free disk space or mend the data folder.',
      );
    this.#store.putApprovalSettings(next);
    this.#current = next;
  }
}
