import type { EngineParts } from './api/context.ts';
import type { CredentialParts } from './credential-parts.ts';
import { assembleOAuth, type OAuthParts } from './oauth-parts.ts';
import type { AuditGate } from './pipeline/audit-gate.ts';
import type { EnginePorts } from './ports.ts';
import type { VaultReader } from './store/vault-contract.ts';

interface Ground {
  ports: EnginePorts;
  store: VaultReader;
}

/** Joins signing in with the parts of an engine; while those are being put together there is nobody to tell. */
export function joinOAuth(
  { ports, store }: Ground,
  audit: AuditGate,
  credentials: CredentialParts,
  getParts: () => EngineParts | null,
): OAuthParts {
  const announce = (serverId: string) => {
    const parts = getParts();
    parts?.announce.server(serverId);
    parts?.announce.engine();
    for (const { credential } of parts?.credentials.book.bound(serverId, null) ?? []) {
      if (credential.kind === 'oauth2') parts?.announce.credential(credential.id);
    }
  };
  const oauth = assembleOAuth({
    ...{ ports, store, vault: credentials.vault, book: credentials.book },
    serverOf(id) {
      const server = getParts()?.servers.get(id);
      return server && server.removedAt === null ? server : null;
    },
    servers: () => getParts()?.servers.all() ?? [],
    record: (event, serverId, details) => audit.append({ event, actor: 'person', serverId, details }),
    onChanged: announce,
    onGrant(serverId) {
      const parts = getParts();
      announce(serverId);
      if (parts && oauth.signInOf(serverId)?.state === 'signed_in') void readAgain(parts, serverId);
    },
  });
  credentials.setTokens(oauth.provider);
  return oauth;
}

/** What failed for want of a sign-in is tried at once; calls that run over a link that works are left alone. */
async function readAgain({ pool, keeper }: EngineParts, serverId: string): Promise<void> {
  if (pool.state(serverId).status !== 'running') await pool.restart(serverId);
  keeper.toolsChanged(serverId);
}
