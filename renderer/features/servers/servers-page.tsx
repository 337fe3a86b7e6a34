import { useState } from 'react';
import { useLocation, useRoute } from 'wouter';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, Skeleton } from '../../ui/placeholder.tsx';
import { BesideBanner } from '../clients/beside-banner.tsx';
import type { ClientChoice } from '../clients/client-picker.tsx';
import { ImportDialog } from '../clients/import-dialog.tsx';
import { AddServerDialog } from './add-server-dialog.tsx';
import { CatalogDialog } from './catalog.tsx';
import { ServerDetail } from './server-detail.tsx';
import { ServerList } from './server-list.tsx';
import '../../ui/side-list.css';
import './servers.css';

/** Servers: where tools come from, how each stands, what waits for review. Routes `/servers` and `/servers/:id`. */
export function ServersPage() {
  const [, params] = useRoute('/servers/:id');
  const [, navigate] = useLocation();
  const phase = useEngineStore((state) => state.phase);
  const servers = useEngineStore((state) => state.servers);
  const [isAdding, setIsAdding] = useState(false);
  const [importing, setImporting] = useState<{ from: ClientChoice | null } | null>(null);
  const [isBrowsing, setIsBrowsing] = useState(false);
  const add = (): void => setIsAdding(true);
  const selected = params ? servers.find((server) => server.id === params.id) : servers[0];

  return (
    <div className="body servers">
      <ServerList
        servers={servers}
        selectedId={selected?.id ?? null}
        onAdd={add}
        onCatalog={() => setIsBrowsing(true)}
      />
      <section className="pane servers-pane" aria-label={selected?.name ?? 'Server'}>
        <BesideBanner onRoute={(from) => setImporting({ from })} />
        {selected ? (
          <ServerDetail key={selected.id} server={selected} onRemoved={() => navigate('/servers')} />
        ) : (
          <NoServer isLoading={phase === 'loading'} isUnknown={params !== null} onAdd={add} />
        )}
      </section>
      {isBrowsing && (
        <CatalogDialog onAdded={(server) => navigate(`/servers/${server.id}`)} onClose={() => setIsBrowsing(false)} />
      )}
      {isAdding && (
        <AddServerDialog
          onAdded={(server) => navigate(`/servers/${server.id}`)}
          onImport={() => {
            setIsAdding(false);
            setImporting({ from: null });
          }}
          onClose={() => setIsAdding(false)}
        />
      )}
      {importing && (
        <ImportDialog
          start={importing.from}
          onReview={(server) => {
            setImporting(null);
            navigate(`/servers/${server.id}`);
          }}
          onClose={() => setImporting(null)}
        />
      )}
    </div>
  );
}

function NoServer({ isLoading, isUnknown, onAdd }: { isLoading: boolean; isUnknown: boolean; onAdd: () => void }) {
  if (isLoading) return <Skeleton label="Loading servers" />;
  if (isUnknown) {
    return (
      <EmptyState title="This server does not exist any more" action={<Button onClick={onAdd}>Add a server…</Button>}>
        It was removed, or the address is wrong. The other servers work as before.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No server is set up"
      action={
        <Button variant="primary" onClick={onAdd}>
          Add a server…
        </Button>
      }
    >
      A server gives tools to your agents: files, a database, an issue tracker. Agents see its tools only after you have
      reviewed them.
    </EmptyState>
  );
}
