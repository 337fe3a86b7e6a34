import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { CredentialUse, CredentialView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { formatMoment } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { LoadError } from '../../ui/placeholder.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { nameOf } from './credential-words.ts';

const pageSize = 20;

/** Which agent used it for which call, newest first; each line leads to its call. */
export function UsesLedger({ credential }: { credential: CredentialView }) {
  const bridge = useBridge();
  const { id, lastUsedAt } = credential;
  const first = useQuery({
    queryKey: ['credentials.uses', id, lastUsedAt],
    queryFn: () => bridge.call('credentials.uses', { id, before: null, limit: pageSize }),
    placeholderData: (before) => before,
  });
  const [older, setOlder] = useState<{ uses: CredentialUse[]; more: boolean } | null>(null);
  const { busy, run } = useCommand();
  if (first.data === undefined) {
    if (!first.isError) return <p className="t3">Reading…</p>;
    const { message, fix } = explainError(first.error);
    return (
      <LoadError
        title="Its uses could not be read"
        detail={`${message} ${fix}`.trim()}
        stillWorks="The credential works as before."
        onRetry={() => void first.refetch()}
      />
    );
  }
  const known = new Set(first.data.uses.map(keyOf));
  const uses = [...first.data.uses, ...(older?.uses.filter((use) => !known.has(keyOf(use))) ?? [])];
  const last = uses.at(-1);
  const more = () =>
    run(async () => {
      const before = last === undefined ? null : { at: last.at, callId: last.callId };
      const next = await bridge.call('credentials.uses', { id, before, limit: pageSize });
      setOlder({ uses: [...(older?.uses ?? []), ...next.uses], more: next.more });
    });
  if (uses.length === 0) return <p className="t3">No call has used it yet.</p>;
  return (
    <>
      <ul className="uses">
        {uses.map((use) => (
          <UseLine key={keyOf(use)} use={use} credentialId={id} />
        ))}
      </ul>
      {(older?.more ?? first.data.more) && (
        <Button small busy={busy} onClick={() => void more()}>
          Older uses
        </Button>
      )}
    </>
  );
}

function keyOf({ at, callId }: CredentialUse): string {
  return `${at} ${callId}`;
}

function UseLine({ use, credentialId }: { use: CredentialUse; credentialId: string }) {
  const agents = useEngineStore((state) => state.agents);
  const servers = useEngineStore((state) => state.servers);
  const now = useEngineStore((state) => state.lastHeardAt) ?? use.at;
  const call = `${nameOf(servers, use.serverId)} · ${makeVisibleLine(use.tool)}`;
  return (
    <li>
      <span className="t3 tm">{formatMoment(use.at, now)}</span>
      <span>
        {nameOf(agents, use.agentId)} used it for{' '}
        <Link href={`/credentials/${credentialId}/call/${encodeURIComponent(use.callId)}`}>{call}</Link>
      </span>
    </li>
  );
}
