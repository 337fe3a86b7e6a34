import type { ServerFault } from '../../shared/index.ts';

/** Why a server's list could not be read the last time: it was left out of the agents' lists, so the person must see it. */
export class ListFaults {
  readonly #faults = new Map<string, Map<string, ServerFault>>();
  readonly #onChanged: (serverId: string) => void;

  constructor(onChanged: (serverId: string) => void) {
    this.#onChanged = onChanged;
  }

  set(serverId: string, method: string, fault: ServerFault): void {
    const faults = this.#faults.get(serverId) ?? new Map<string, ServerFault>();
    this.#faults.set(serverId, faults.set(method, fault));
    this.#onChanged(serverId);
  }

  clear(serverId: string, method: string): void {
    if (this.#faults.get(serverId)?.delete(method)) this.#onChanged(serverId);
  }

  of(serverId: string): ServerFault | null {
    return this.#faults.get(serverId)?.values().next().value ?? null;
  }
}
