import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BridgeResult, ConnectPreview, Effect } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { type ClientChoice, isReady } from './client-picker.tsx';

type Connected = BridgeResult<'clients.connect'>;

export interface ConnectHandle {
  preview: ConnectPreview | undefined;
  /** Why there is no preview, and what to do. */
  refusal: string | null;
  /** Servers to take out of the file. */
  takeOut: readonly string[];
  /** Null: as many as can be. */
  setTakeOut: (keys: readonly string[] | null) => void;
  connected: Connected | null;
  /** The new agent made its first request. */
  isSeen: boolean;
  busy: boolean;
  failure: string | null;
  connect: (agentName: string, defaultEffect: Effect | null) => Promise<Connected | null>;
  undo: () => Promise<void>;
  look: () => void;
}

/** One connection of a client: what would change, the write, the first request, and the way back. */
export function useConnect(choice: ClientChoice | null): ConnectHandle {
  const bridge = useBridge();
  const { busy, failure, run } = useCommand({ says: 'here' });
  const [picked, setTakeOut] = useState<readonly string[] | null>(null);
  const [connected, setConnected] = useState<Connected | null>(null);
  const plain = useQuery({
    queryKey: ['clients.preview', choice, []],
    queryFn: () => bridge.call('clients.preview', { clientId: '', project: null, ...choice, takeOut: [] }),
    enabled: isReady(choice) && connected === null,
    staleTime: 0,
    gcTime: 0,
  });
  // what goes through ScopeGate now should not be reached past it
  const takeOut = picked ?? plain.data?.routed.map(({ key }) => key) ?? [];
  const trimmed = useQuery({
    queryKey: ['clients.preview', choice, takeOut, plain.data?.hash],
    queryFn: () => bridge.call('clients.preview', { clientId: '', project: null, ...choice, takeOut: [...takeOut] }),
    enabled: plain.data !== undefined && takeOut.length > 0 && connected === null,
    staleTime: 0,
    gcTime: 0,
  });
  const preview = takeOut.length === 0 ? plain.data : trimmed.data;
  const broken = plain.error ?? (takeOut.length === 0 ? null : trimmed.error);
  const agentId = connected?.agent.id;
  const at = connected?.connection.at ?? 0;
  const lastSeenAt = useEngineStore((state) => state.agents.find(({ id }) => id === agentId)?.lastSeenAt ?? null);

  const connect = async (agentName: string, defaultEffect: Effect | null): Promise<Connected | null> => {
    if (choice === null || preview === undefined) return null;
    let made: Connected | null = null;
    await run(async () => {
      const { hash } = preview;
      made = await bridge.call('clients.connect', { ...choice, takeOut: [...takeOut], hash, agentName, defaultEffect });
      setConnected(made);
    });
    return made;
  };
  const undo = async (): Promise<void> => {
    if (connected === null) return;
    const { id } = connected.connection;
    await run(async () => {
      await bridge.call('clients.undo', { id });
      setConnected(null);
      await plain.refetch();
    });
  };
  const refusal = broken ? `${explainError(broken).message} ${explainError(broken).fix}`.trim() : null;
  const isSeen = connected !== null && lastSeenAt !== null && lastSeenAt >= at;
  const look = () => void plain.refetch();
  return { preview, refusal, takeOut, setTakeOut, connected, isSeen, busy, failure, connect, undo, look };
}

/** A name nobody has yet: `Cursor`, then `Cursor 2`. */
export function freeAgentName(name: string, taken: readonly string[]): string {
  const used = new Set(taken.map((other) => other.toLowerCase()));
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name} ${count}`;
    if (!used.has(candidate.toLowerCase())) return candidate;
  }
}
