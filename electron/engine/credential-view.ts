import type { CredentialView } from '../shared/index.ts';
import type { Unusable } from './arming.ts';
import type { BoundCredential } from './credential-arming.ts';
import type { CredentialRecord, UseSummary } from './store/vault-contract.ts';
import type { SignInFacts } from './vault/contract.ts';

const maxUsers = 20;

/** A credential as a page may see it: everything but its value. */
export function describeCredential(
  credential: CredentialRecord,
  bound: readonly BoundCredential[],
  uses: readonly UseSummary[],
  sign: { why: Unusable | null; signIn: SignInFacts | null },
): CredentialView {
  const { id, name, kind, source, username, createdAt, rotatedAt } = credential;
  const usedBy = [...uses].sort((a, b) => b.lastUsedAt - a.lastUsedAt).slice(0, maxUsers);
  const { why, signIn } = sign;
  return {
    ...{ id, name, kind, source, username, createdAt, rotatedAt },
    state: signIn?.state ?? why?.state ?? 'ready',
    problem: signIn?.problem ?? (why === null ? null : { message: why.message, fix: why.fix }),
    bindings: bound.map(({ binding, inactive }) => {
      const { id: bindingId, serverId, agentId, placement, boundTo } = binding;
      return { id: bindingId, serverId, agentId, placement, boundTo, inactive };
    }),
    lastUsedAt: usedBy[0]?.lastUsedAt ?? null,
    usedBy: usedBy.map(({ agentId, serverId, lastUsedAt, calls }) => ({ agentId, serverId, lastUsedAt, calls })),
    oauth:
      signIn === null
        ? null
        : {
            issuer: signIn.issuer,
            scopes: signIn.scopes,
            expiresAt: signIn.expiresAt,
            canRenew: signIn.canRenew,
          },
  };
}
