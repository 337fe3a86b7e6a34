import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { SavedSearch } from '../../../electron/shared/index.ts';
import { writeFilter } from '../../lib/call-filter.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { parseAuditQuery } from './audit-query.ts';
import type { AuditQuery } from './use-audit-query.ts';

/** Searches the engine keeps, and the present one to keep. */
export function SavedSearches({ saved, query }: { saved: readonly SavedSearch[]; query: AuditQuery }) {
  const [isOpen, setOpen] = useState(false);
  const [, navigate] = useLocation();
  const text = writeFilter([...query.tokens, ...parseAuditQuery(query.draft)]);
  const remove = useRemove();
  const current = saved.find((search) => search.query === text);
  return (
    <>
      <Menu
        trigger={
          <Button>
            <span className="cut saved-choice">{current?.name ?? 'Searches'}</span> <Icon name="down" />
          </Button>
        }
      >
        {saved.map((search) => (
          <MenuItem
            key={search.id}
            {...(search.id === current?.id && { icon: 'check' })}
            onSelect={() => {
              query.setDraft('');
              navigate(`/audit/${encodeURIComponent(search.query)}`, { replace: true });
            }}
          >
            {search.name}
          </MenuItem>
        ))}
        {saved.length > 0 && <MenuSeparator />}
        <MenuItem icon="plus" disabled={text === ''} onSelect={() => setOpen(true)}>
          Save this search…
        </MenuItem>
        {current !== undefined && (
          <MenuItem icon="x" onSelect={() => void remove(current)}>
            Remove “{current.name}”
          </MenuItem>
        )}
      </Menu>
      {isOpen && <SaveDialog text={text} onClose={() => setOpen(false)} />}
    </>
  );
}

function useRemove(): (search: SavedSearch) => Promise<boolean> {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const { run } = useCommand();
  const refresh = () => client.invalidateQueries({ queryKey: ['audit.overview'] });
  return ({ id, name, query }) =>
    run(async () => {
      await bridge.call('audit.removeSearch', { id });
      await refresh();
      const undo = () => void run(() => bridge.call('audit.saveSearch', { name, query }).then(refresh));
      toast({ text: `“${name}” is removed`, undo });
    });
}

function SaveDialog({ text, onClose }: { text: string; onClose: () => void }) {
  const bridge = useBridge();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const { busy, run, failure } = useCommand({ says: 'here' });
  const save = async () => {
    const isSaved = await run(async () => {
      await bridge.call('audit.saveSearch', { name, query: text });
      await client.invalidateQueries({ queryKey: ['audit.overview'] });
    });
    if (isSaved) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save this search"
      description={<code>{text}</code>}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={name.trim() === ''} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void save();
        }}
      >
        <TextField label="Name" value={name} onChange={setName} maxLength={80} />
      </form>
      {failure !== null && <FormFailure text={failure} />}
    </Dialog>
  );
}
