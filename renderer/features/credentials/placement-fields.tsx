import {
  type CredentialKind,
  type Placement,
  placementSchema,
  type ServerView,
} from '../../../electron/shared/index.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { TextField } from '../../ui/field.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { Segment } from '../../ui/segment.tsx';
import { previewPlacement, targetOfServer, usualPlacement } from './credential-words.ts';

/** What is being chosen: the server, for whom, and where the value goes. */
export interface BindingDraft {
  serverId: string | null;
  agentId: string | null;
  /** Null while the usual place stands. */
  placement: Placement | null;
}

export const emptyBinding: BindingDraft = { serverId: null, agentId: null, placement: null };

/** The place that is meant, and what is wrong with it. */
export function readPlacement(
  draft: BindingDraft,
  kind: CredentialKind,
  server: ServerView | undefined,
): { placement: Placement; error: string | null } {
  const placement = draft.placement ?? usualPlacement(kind, server?.transport.kind ?? 'http');
  const parsed = placementSchema.safeParse(placement);
  return { placement, error: parsed.success ? null : (parsed.error.issues[0]?.message ?? 'Look at the name again.') };
}

interface PlacementFieldsProps {
  draft: BindingDraft;
  kind: CredentialKind;
  username: string | null;
  onChange: (draft: BindingDraft) => void;
  /** No server has to be chosen. */
  optional?: boolean;
  error: string | null;
}

const everyone = '*';

/** Server, agents, and place, with what is sent. */
export function PlacementFields({ draft, kind, username, onChange, optional = false, error }: PlacementFieldsProps) {
  const servers = useEngineStore((state) => state.servers);
  const agents = useEngineStore((state) => state.agents);
  const server = servers.find(({ id }) => id === draft.serverId);
  const choices = servers.map(({ id, name, transport }) => ({
    value: id,
    label: name,
    detail: transport.kind === 'http' ? new URL(transport.url).host : transport.command,
  }));
  return (
    <fieldset className="binding-form">
      <legend className="fld-label">{optional ? 'Use it for' : 'Server and agents'}</legend>
      <div className="hs">
        <SelectMenu
          label="Server"
          value={draft.serverId}
          placeholder={optional ? 'No server yet' : 'Choose a server'}
          options={choices}
          disabled={servers.length === 0}
          onChange={(serverId) => onChange({ ...draft, serverId, placement: null })}
        />
        {server !== undefined && (
          <SelectMenu
            label="Agents"
            value={draft.agentId ?? everyone}
            options={[
              { value: everyone, label: 'for every agent' },
              ...agents.map(({ id, name }) => ({ value: id, label: `for ${name} alone` })),
            ]}
            onChange={(agentId) => onChange({ ...draft, agentId: agentId === everyone ? null : agentId })}
          />
        )}
      </div>
      {servers.length === 0 && <p className="t3 f12">There is no server yet. You can choose one later.</p>}
      {server !== undefined && (
        <PlaceEditor
          draft={draft}
          kind={kind}
          username={username}
          server={server}
          error={error}
          onChange={(placement) => onChange({ ...draft, placement })}
        />
      )}
    </fieldset>
  );
}

interface PlaceEditorProps {
  draft: BindingDraft;
  kind: CredentialKind;
  username: string | null;
  server: ServerView;
  error: string | null;
  onChange: (placement: Placement) => void;
}

function PlaceEditor({ draft, kind, username, server, error, onChange }: PlaceEditorProps) {
  const { placement, error: wrong } = readPlacement(draft, kind, server);
  const isHttp = server.transport.kind === 'http';
  const hasChoice = isHttp && kind !== 'basic';
  return (
    <>
      {hasChoice && (
        <Segment
          label="Place"
          value={placement.in === 'query' ? 'query' : 'header'}
          options={[
            { value: 'header', label: 'Header' },
            { value: 'query', label: 'In the address', hint: 'Addresses end up in logs of others; a header is better' },
          ]}
          onChange={(where) =>
            onChange(where === 'query' ? { in: 'query', name: 'key' } : usualPlacement('bearer', 'http'))
          }
        />
      )}
      <div className="place-names">
        <TextField
          label={placement.in === 'env' ? 'Variable' : placement.in === 'query' ? 'Parameter' : 'Header name'}
          mono
          value={placement.name}
          error={error === null ? null : wrong}
          onChange={(name) => onChange({ ...placement, name: name.trim() })}
        />
        {placement.in === 'header' && kind !== 'basic' && (
          <TextField
            label="In front of the value"
            mono
            value={placement.prefix}
            onChange={(prefix) => onChange({ ...placement, prefix })}
          />
        )}
      </div>
      <div className="well sent">
        <div className="lab">{isHttp ? 'Sent with each request' : 'Given to the program when it starts'}</div>
        <code>{previewPlacement(placement, username)}</code>
        <p className="t3 f12">to {targetOfServer(server)} and nowhere else</p>
      </div>
    </>
  );
}
