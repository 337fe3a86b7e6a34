import { useState } from 'react';
import type { BridgeResult, ServerView } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { useCommand } from '../../ui/use-command.ts';
import type { ClientChoice } from './client-picker.tsx';
import { type ImportDraft, makePicks, startDraft } from './import-draft.ts';

/** One import from the look into a client's files to the servers that were added. */
export interface ImportHandle {
  found: BridgeResult<'clients.read'> | null;
  draft: ImportDraft;
  added: readonly ServerView[];
  failures: ReadonlyMap<string, string>;
  busy: boolean;
  failure: string | null;
  look: () => Promise<void>;
  change: (draft: ImportDraft) => void;
  /** True when all that was chosen was added. */
  take: () => Promise<boolean>;
  /** Back to the choice of a client. */
  leave: () => void;
}

export function useImport(choice: ClientChoice | null, hasVault: boolean): ImportHandle {
  const bridge = useBridge();
  const { busy, failure, run } = useCommand({ says: 'here' });
  const [found, setFound] = useState<BridgeResult<'clients.read'> | null>(null);
  const [draft, setDraft] = useState<ImportDraft>(startDraft([]));
  const [added, setAdded] = useState<readonly ServerView[]>([]);
  const [failures, setFailures] = useState<ReadonlyMap<string, string>>(new Map());

  const look = async (): Promise<void> => {
    if (choice === null) return;
    await run(async () => {
      const read = await bridge.call('clients.read', choice);
      setFound(read);
      setDraft(startDraft(read.servers));
      setFailures(new Map());
    });
  };
  const take = async (): Promise<boolean> => {
    if (choice === null || found === null) return false;
    let isWhole = false;
    await run(async () => {
      const result = await bridge.call('clients.import', makePicks(choice, found, draft, hasVault));
      setAdded((before) => [...before, ...result.added]);
      setFailures(new Map(result.failed.map(({ key, message }) => [key, message])));
      isWhole = result.failed.length === 0;
      if (!isWhole) {
        const rest = await bridge.call('clients.read', choice);
        setFound(rest);
        const kept = new Set(result.failed.map(({ key }) => key));
        setDraft((before) => ({ ...before, taken: kept }));
      }
    });
    return isWhole;
  };
  return { found, draft, added, failures, busy, failure, look, change: setDraft, take, leave: () => setFound(null) };
}
