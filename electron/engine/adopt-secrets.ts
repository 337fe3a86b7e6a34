import type { CredentialDraft, Placement } from '../shared/index.ts';
import type { CredentialBook } from './credential-book.ts';

/** A secret that was found somewhere in clear, for example in a client's configuration. */
export interface FoundSecret {
  /** As a person will know it; gets a number where it is taken. */
  name: string;
  kind: 'bearer' | 'header' | 'env' | 'query';
  value: string;
  /** Where it is used from now on; null: nowhere yet. The server must exist. */
  use: { serverId: string; agentId: string | null; placement: Placement } | null;
}

/** What stands in the place of the secret. */
export interface AdoptedSecret {
  credentialId: string;
  name: string;
}

/**
 * Moves found secrets into the vault, in order, and gives what stands in the place of each. Stops at the first that cannot
 * be stored (a locked vault, a full disk): what came before is kept, and the caller removes a secret from where it was
 * found only once it has its reference. Throws `BridgeFault`.
 */
export async function adoptSecrets(book: CredentialBook, found: readonly FoundSecret[]): Promise<AdoptedSecret[]> {
  const adopted: AdoptedSecret[] = [];
  const byValue = new Map<string, AdoptedSecret>();
  for (const { name, kind, value, use } of found) {
    // the same key in several files is one credential with several uses
    const same = byValue.get(`${kind} ${value}`);
    const made = same ?? (await adoptOne(book, { kind, name, source: { from: 'vault', value } }));
    byValue.set(`${kind} ${value}`, made);
    if (use !== null) book.bind(made.credentialId, use.serverId, use.agentId, use.placement);
    adopted.push(made);
  }
  return adopted;
}

async function adoptOne(book: CredentialBook, draft: CredentialDraft): Promise<AdoptedSecret> {
  const { id, name } = await book.add({ ...draft, name: book.freeName(draft.name) });
  return { credentialId: id, name };
}
