import type { UseRecord, UseSummary, VaultReader, VaultWriter } from './store/vault-contract.ts';

/** The audit log keeps its own rows; this list is for "who uses it". */
const keepMs = 90 * 24 * 3_600_000;

/** Which agent used which credential for which call. */
export class CredentialUses {
  readonly #store: VaultReader & VaultWriter;
  /** By credential, then agent and server. */
  readonly #summaries = new Map<string, Map<string, UseSummary>>();

  constructor(store: VaultReader & VaultWriter, now: number) {
    this.#store = store;
    store.pruneCredentialUses(now - keepMs);
    for (const summary of store.uses()) this.#of(summary.credentialId).set(keyOf(summary), summary);
  }

  add(use: UseRecord): void {
    this.#store.addCredentialUse(use);
    const users = this.#of(use.credentialId);
    const known = users.get(keyOf(use));
    const { credentialId, agentId, serverId, at } = use;
    users.set(keyOf(use), { credentialId, agentId, serverId, lastUsedAt: at, calls: (known?.calls ?? 0) + 1 });
  }

  of(credentialId: string): UseSummary[] {
    return [...(this.#summaries.get(credentialId)?.values() ?? [])];
  }

  drop(credentialId: string): void {
    this.#summaries.delete(credentialId);
  }

  #of(credentialId: string): Map<string, UseSummary> {
    const known = this.#summaries.get(credentialId);
    if (known !== undefined) return known;
    const made = new Map<string, UseSummary>();
    this.#summaries.set(credentialId, made);
    return made;
  }
}

function keyOf({ agentId, serverId }: { agentId: string; serverId: string }): string {
  return `${agentId}\0${serverId}`;
}
