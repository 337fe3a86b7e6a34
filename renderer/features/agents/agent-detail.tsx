import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { AgentView } from '../../../electron/shared/index.ts';
import { auditLink } from '../../lib/audit-link.ts';
import { hasMod, isTyping } from '../../lib/hotkeys.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { AgentFacts } from './agent-facts.tsx';
import { AgentGrants } from './agent-grants.tsx';
import { AgentPressure } from './agent-pressure.tsx';
import { AgentProgramsBand } from './agent-programs.tsx';
import { describeAgent, describeAgentFully } from './agent-words.ts';
import { RenameDialog } from './rename-dialog.tsx';
import { TokenDialog } from './token-dialog.tsx';
import { ToolMatrix } from './tool-matrix.tsx';
import { type MatrixHandle, useMatrix } from './use-matrix.ts';

interface AgentDetailProps {
  agent: AgentView;
  onRemoved: () => void;
}

/** One agent: its state and commands, its facts, and the matrix of its switches. */
export function AgentDetail({ agent, onRemoved }: AgentDetailProps) {
  const handle = useMatrix(agent);
  useUndoKey(handle);
  return (
    <>
      <AgentBar agent={agent} onRemoved={onRemoved} />
      {agent.managed && <ManagedNote />}
      <AgentFacts agent={agent} matrix={handle.matrix} onChange={handle.change} />
      <AgentPressure matrix={handle.matrix} />
      <AgentProgramsBand agent={agent} />
      <AgentGrants agent={agent} />
      <ToolMatrix agent={agent} handle={handle} />
    </>
  );
}

function AgentBar({ agent, onRemoved }: AgentDetailProps) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run } = useCommand();
  const [open, setOpen] = useState<'rename' | 'rotate' | null>(null);
  const [issued, setIssued] = useState<{ token: string; at: number } | null>(null);
  const close = (): void => setOpen(null);

  const rotate = async (): Promise<void> => {
    close();
    await run(async () => {
      const { token } = await bridge.call('agents.rotate', { id: agent.id });
      setIssued({ token, at: Date.now() });
    });
  };
  const remove = async (): Promise<void> => {
    const isRemoved = await run(() => bridge.call('agents.remove', { id: agent.id }));
    if (!isRemoved) return;
    const undo = (): void => void run(() => bridge.call('agents.restore', { id: agent.id }));
    toast({ text: `${agent.name} is removed and its token no longer works`, undo });
    onRemoved();
  };

  return (
    <header className="bar">
      <h1 className="cut">{agent.name}</h1>
      <AgentStateWord agent={agent} />
      <span className="grow" />
      <Link className="btn" href={auditLink([{ key: 'agent', value: agent.id }])}>
        Calls
      </Link>
      <Button
        icon={agent.paused ? 'play' : 'pause'}
        disabled={busy}
        onClick={() => void run(() => bridge.call('agents.setPaused', { id: agent.id, paused: !agent.paused }))}
      >
        {agent.paused ? 'Resume' : 'Pause'}
      </Button>
      {!agent.managed && (
        <>
          <Button disabled={busy} onClick={() => setOpen('rotate')}>
            Rotate token
          </Button>
          <Menu trigger={<IconButton icon="more" label={`More for ${agent.name}`} />}>
            <MenuItem onSelect={() => setOpen('rename')}>Rename…</MenuItem>
            <MenuSeparator />
            <MenuItem danger onSelect={() => void remove()}>
              Remove
            </MenuItem>
          </Menu>
        </>
      )}
      <ConfirmDialog
        open={open === 'rotate'}
        title={`Rotate the token of ${agent.name}?`}
        confirmLabel="Rotate token"
        onConfirm={() => void rotate()}
        onCancel={close}
      >
        The present token stops working at once and open sessions end. {agent.name} works again when it has the new
        token. Its switches stay as they are.
      </ConfirmDialog>
      {open === 'rename' && <RenameDialog agent={agent} onClose={close} />}
      {issued && (
        <TokenDialog
          title={`New token for ${agent.name}`}
          agentId={agent.id}
          token={issued.token}
          issuedAt={issued.at}
          onClose={() => setIssued(null)}
        />
      )}
    </header>
  );
}

function AgentStateWord({ agent }: { agent: AgentView }) {
  const now = Date.now();
  const { kind } = describeAgent(agent, now);
  return (
    <span className="st off cut agent-state">
      {kind === 'paused' ? (
        <Icon name="pause" small />
      ) : (
        <span className={kind === 'connected' ? 'dot on' : 'dot off'} />
      )}
      <span className="cut">{describeAgentFully(agent, now)}</span>
    </span>
  );
}

/** Shown for an agent that a configuration file declares. */
function ManagedNote() {
  const file = useEngineStore((state) => state.engine?.configFile ?? null);
  return (
    <p className="note">
      <Icon name="lock" small />
      <span>
        Declared in {file === null ? 'the configuration file' : <code>{file}</code>}. Its switches, limits and token are
        changed there.
      </span>
    </p>
  );
}

/** Ctrl or Cmd and Z takes the last change of a switch back. */
function useUndoKey({ undoLast }: MatrixHandle): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'z' || event.shiftKey || !hasMod(event) || isTyping(event)) return;
      if (undoLast()) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [undoLast]);
}
