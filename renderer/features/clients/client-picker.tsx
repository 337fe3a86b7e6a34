import { useState } from 'react';
import type { ClientView } from '../../../electron/shared/index.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { OptionList } from '../../ui/option-list.tsx';
import './clients.css';

/** A client and, where the person wants that, one project folder. */
export interface ClientChoice {
  clientId: string;
  project: string | null;
}

interface ClientPickerProps {
  label: string;
  clients: readonly ClientView[];
  choice: ClientChoice | null;
  onChange: (choice: ClientChoice) => void;
}

/** The installed clients first; the others on demand. */
export function ClientPicker({ label, clients, choice, onChange }: ClientPickerProps) {
  const installed = clients.filter((client) => client.installed);
  const [showsAll, setShowsAll] = useState(installed.length === 0);
  const shown = showsAll ? [...installed, ...clients.filter((client) => !client.installed)] : installed;
  const chosen = clients.find(({ id }) => id === choice?.clientId);
  return (
    <div className="client-picker">
      <OptionList
        label={label}
        value={choice?.clientId ?? ''}
        onChange={(clientId) => onChange({ clientId, project: null })}
        options={shown.map((client) => ({
          value: client.id,
          label: client.name,
          ...(client.installed ? {} : { note: 'not found here' }),
          detail: <code className="client-file">{client.file}</code>,
        }))}
      />
      {!showsAll && (
        <div>
          <Button variant="ghost" small onClick={() => setShowsAll(true)}>
            Show all {clients.length} clients
          </Button>
        </div>
      )}
      {chosen?.hasProjects === true && choice !== null && (
        <ProjectField project={choice.project} onChange={(project) => onChange({ ...choice, project })} />
      )}
    </div>
  );
}

function ProjectField({ project, onChange }: { project: string | null; onChange: (project: string | null) => void }) {
  if (project === null)
    return (
      <div>
        <Button variant="ghost" small onClick={() => onChange('')}>
          Use a project’s own file…
        </Button>
      </div>
    );
  return (
    <div className="client-project">
      <TextField
        label="Project folder"
        mono
        value={project}
        placeholder="/home/you/project"
        hint="The whole path. Only this project’s file is used."
        onChange={onChange}
      />
      <Button onClick={() => onChange(null)}>Leave out</Button>
    </div>
  );
}

/** An empty folder is none chosen yet. */
export function isReady(choice: ClientChoice | null): choice is ClientChoice {
  return choice !== null && choice.project !== '';
}

/** The client that is taken unless the person says otherwise: the only one, or the first that is not connected. */
export function suggestClient(clients: readonly ClientView[]): ClientChoice | null {
  const installed = clients.filter((client) => client.installed);
  const first = installed.find(({ connections }) => connections.length === 0) ?? installed[0];
  return first ? { clientId: first.id, project: null } : null;
}
