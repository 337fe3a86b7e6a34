import { adoptSecrets, type FoundSecret } from './adopt-secrets.ts';
import type { EngineParts } from './api/context.ts';
import type { SecretKeeper } from './client-configs/contract.ts';
import { BridgeFault } from './faults.ts';

type Kept = Parameters<SecretKeeper['keep']>[0];

const bearer = /^Bearer\s+(?=\S)/i;

/**
 * Moves secrets found while importing into the vault and binds each to its server. Null while the vault is not open:
 * whoever imports then names another place for them.
 */
export function findImportKeeper(parts: EngineParts | null): SecretKeeper | null {
  if (parts?.credentials.vault.status().state !== 'unlocked') return null;
  return {
    async keep(secret) {
      const found = describeSecret(secret);
      const details = { credential: secret.name, kind: found.kind, from: 'import', server: secret.serverId };
      if (!parts.audit.append({ event: 'credential.added', actor: 'person', details }))
        throw new BridgeFault(
          'unavailable',
          'The audit log cannot be written, so nothing was kept.',
          'Free disk space or mend the data folder.',
        );
      await adoptSecrets(parts.credentials.book, [found]);
      return null;
    },
  };
}

/** `Authorization: Bearer x` is a token with its usual prefix; any other header is kept whole. */
function describeSecret({ name, value, serverId, place, member }: Kept): FoundSecret {
  const use = { serverId, agentId: null };
  if (place === 'env') return { name, kind: 'env', value, use: { ...use, placement: { in: 'env', name: member } } };
  const isToken = member.toLowerCase() === 'authorization' && bearer.test(value);
  const placement = { in: 'header', name: member, prefix: isToken ? 'Bearer ' : '' } as const;
  return {
    name,
    kind: isToken ? 'bearer' : 'header',
    value: isToken ? value.replace(bearer, '') : value,
    use: { ...use, placement },
  };
}
