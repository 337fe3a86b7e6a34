import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { CatalogEntry, CatalogSource, ServerView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { countOf, formatDay } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { BundleForm } from './catalog-bundle.tsx';
import { EntryForm } from './catalog-entry.tsx';
import './catalog.css';

interface CatalogDialogProps {
  onAdded: (server: ServerView) => void;
  onClose: () => void;
}

type Step = { at: 'search' } | { at: 'entry'; entry: CatalogEntry } | { at: 'bundle' };

/** Servers others published: look one up, see what it would run, add it. */
export function CatalogDialog({ onAdded, onClose }: CatalogDialogProps) {
  const [step, setStep] = useState<Step>({ at: 'search' });
  const [query, setQuery] = useState('');
  const back = (): void => setStep({ at: 'search' });
  const added = (server: ServerView): void => {
    onAdded(server);
    onClose();
  };
  if (step.at === 'entry') return <EntryForm entry={step.entry} onAdded={added} onBack={back} onClose={onClose} />;
  if (step.at === 'bundle') return <BundleForm onAdded={added} onBack={back} onClose={onClose} />;
  return (
    <SearchStep
      query={query}
      onQuery={setQuery}
      onPick={(entry) => setStep({ at: 'entry', entry })}
      onBundle={() => setStep({ at: 'bundle' })}
      onClose={onClose}
    />
  );
}

interface SearchStepProps {
  query: string;
  onQuery: (query: string) => void;
  onPick: (entry: CatalogEntry) => void;
  onBundle: () => void;
  onClose: () => void;
}

function SearchStep({ query, onQuery, onPick, onBundle, onClose }: SearchStepProps) {
  const bridge = useBridge();
  const client = useQueryClient();
  const wanted = useDeferredValue(query.trim().slice(0, 200));
  const { busy, run, failure } = useCommand({ says: 'here' });
  const found = useSearch(wanted);
  const update = (): void => {
    void run(async () => {
      await bridge.call('catalog.update', {});
      await client.invalidateQueries({ queryKey: ['catalog.search'] });
    });
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Catalog"
      description="Who is listed here was not checked by anybody. What you add stays hidden from agents until you have reviewed its tools."
      footer={
        <>
          <Button onClick={onBundle}>From a bundle…</Button>
          <span className="grow" />
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      <TextField
        label="Search"
        hideLabel
        type="search"
        icon="search"
        placeholder="Search by name or purpose"
        value={query}
        onChange={onQuery}
      />
      <Results found={found} onPick={onPick} />
      <div className="catalog-foot">
        <span className="t3 f12 grow">{found.data && describeSource(found.data.source)}</span>
        <Button small icon="refresh" busy={busy} onClick={update}>
          {busy ? 'Updating…' : 'Update'}
        </Button>
      </div>
      <FormFailure text={failure} />
    </Dialog>
  );
}

function Results({ found, onPick }: { found: ReturnType<typeof useSearch>; onPick: (entry: CatalogEntry) => void }) {
  if (found.isError && !found.data) {
    const { message, fix } = explainError(found.error);
    return (
      <LoadError
        title="The catalog could not be read"
        detail={`${message} ${fix}`.trim()}
        stillWorks="A server can be added by its command."
        onRetry={() => void found.refetch()}
      />
    );
  }
  if (!found.data) return <Skeleton label="Loading catalog" />;
  const { entries, total } = found.data;
  if (entries.length === 0) {
    return (
      <EmptyState title="Nothing found">
        Try another word, update the list, or add the server by its command.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="catalog-list">
        {entries.map((entry) => (
          <li key={entry.name}>
            <button type="button" className="catalog-row" onClick={() => onPick(entry)}>
              <b className="cut">{makeVisibleLine(entry.title)}</b>
              <span className="t3 f12 cut">{makeVisibleLine(entry.name)}</span>
              <span className="t2 f12 catalog-about">{makeVisibleLine(entry.description)}</span>
            </button>
          </li>
        ))}
      </ul>
      {total > entries.length && <p className="t3 f12">{`${total - entries.length} more; search to narrow.`}</p>}
    </>
  );
}

/** What was found last stays on the screen while the next is looked up. */
function useSearch(query: string) {
  const bridge = useBridge();
  return useQuery({
    queryKey: ['catalog.search', query],
    queryFn: () => bridge.call('catalog.search', { query }),
    placeholderData: (previous) => previous,
  });
}

function describeSource({ kind, at, count, isCut }: CatalogSource): string {
  const day = formatDay(at, Date.now());
  const size = `${isCut ? 'the first ' : ''}${countOf(count, 'server')}`;
  return kind === 'snapshot'
    ? `Came with ScopeGate: ${size}, as of ${day}`
    : `Official registry: ${size}, fetched ${day}`;
}
