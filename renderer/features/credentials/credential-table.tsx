import { useLocation } from 'wouter';
import type { CredentialView } from '../../../electron/shared/index.ts';
import { formatMoment } from '../../lib/format.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { describeCredential, kindWords, listUses } from './credential-words.ts';

interface CredentialTableProps {
  credentials: readonly CredentialView[];
  selectedId: string | null;
}

/** Every credential on one line; a row opens it at the right. */
export function CredentialTable({ credentials, selectedId }: CredentialTableProps) {
  return (
    <table className="grid plain-table cred-grid" aria-label="Credentials">
      <thead>
        <tr className="hd">
          <th scope="col">Name</th>
          <th scope="col">Kind</th>
          <th scope="col">Used for</th>
          <th scope="col">Last used</th>
          <th scope="col">Replaced</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {credentials.map((credential) => (
          <CredentialRow key={credential.id} credential={credential} isSelected={credential.id === selectedId} />
        ))}
      </tbody>
    </table>
  );
}

function CredentialRow({ credential, isSelected }: { credential: CredentialView; isSelected: boolean }) {
  const [, navigate] = useLocation();
  const servers = useEngineStore((state) => state.servers);
  const agents = useEngineStore((state) => state.agents);
  const now = useEngineStore((state) => state.lastHeardAt) ?? Date.now();
  const { tone, icon, word } = describeCredential(credential);
  const uses = listUses(credential.bindings, servers, agents);
  const moment = (at: number | null, never: string) => (at === null ? never : formatMoment(at, now));
  return (
    <tr className="r" data-selected={isSelected || undefined}>
      <td className="vis cred-name">
        <button
          type="button"
          className="cred-open cut"
          aria-current={isSelected ? 'true' : undefined}
          onClick={() => navigate(isSelected ? '/credentials' : `/credentials/${credential.id}`)}
        >
          {credential.name}
        </button>
      </td>
      <td className="t2">{kindWords[credential.kind]}</td>
      <td className={uses === '' ? 't3' : undefined} title={uses}>
        {uses === '' ? 'nothing' : uses}
      </td>
      <td className="tm">{moment(credential.lastUsedAt, 'never')}</td>
      <td className="tm">{moment(credential.rotatedAt, '–')}</td>
      <td>
        <StateWord tone={tone} icon={icon} word={word} />
      </td>
    </tr>
  );
}
