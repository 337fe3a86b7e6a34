import { Link } from 'wouter';
import type { ServerView } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { describeServer, type ServerState } from './server-words.ts';

interface ServerListProps {
  servers: readonly ServerView[];
  selectedId: string | null;
  onAdd: () => void;
  onCatalog: () => void;
}

/** The servers at the left, with how each stands. */
export function ServerList({ servers, selectedId, onAdd, onCatalog }: ServerListProps) {
  return (
    <section className="alist" aria-label="Servers">
      <header className="bar">
        <h1 className="grow">Servers</h1>
        <IconButton icon="plus" label="Add a server" ghost onClick={onAdd} />
      </header>
      <ul className="alist-rows">
        {servers.map((server) => (
          <li key={server.id}>
            <ServerRow server={server} selected={server.id === selectedId} />
          </li>
        ))}
      </ul>
      <div className="alist-foot">
        <Button onClick={onAdd}>Add a server…</Button>
        <Button onClick={onCatalog}>Catalog…</Button>
      </div>
    </section>
  );
}

function ServerRow({ server, selected }: { server: ServerView; selected: boolean }) {
  const state = describeServer(server);
  return (
    <Link
      href={`/servers/${server.id}`}
      className="r alist-row"
      title={state.hint}
      aria-current={selected ? 'true' : undefined}
    >
      <span className={`vis alist-glyph st ${state.tone}`}>
        <ServerGlyph state={state} />
      </span>
      <span className="alist-text">
        <span className="alist-name cut">{server.name}</span>
        <span className={`f12 cut ${state.icon === null ? 't3' : `server-word st ${state.tone}`}`}>{state.word}</span>
      </span>
      <span className="t3 f12">{server.toolCount > 0 ? countOf(server.toolCount, 'tool') : ''}</span>
    </Link>
  );
}

/** A glyph where something wants attention, a dot otherwise; the word stands beside it. */
export function ServerGlyph({ state }: { state: ServerState }) {
  if (state.icon !== null) return <Icon name={state.icon} small />;
  return <span className={state.kind === 'running' ? 'dot on' : 'dot off'} />;
}
