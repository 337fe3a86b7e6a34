import { useState } from 'react';
import { explainError } from '../bridge/client.ts';
import { useToast } from './toast.tsx';

interface Command {
  busy: boolean;
  /** Runs one request; false when it failed, which has then been said. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  /** Why the last request failed, for a dialog that says it itself; always null with a toast. */
  failure: string | null;
}

/**
 * One request at a time behind a button: busy while it runs, a sentence when it fails. `says: 'here'` keeps the sentence
 * for a dialog to show, as a toast would stand behind it.
 */
export function useCommand({ says = 'toast' }: { says?: 'toast' | 'here' } = {}): Command {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const toast = useToast();
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      return true;
    } catch (error) {
      const { message, fix } = explainError(error);
      const text = `${message} ${fix}`.trim();
      if (says === 'toast') toast({ text });
      else setFailure(text);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, run, failure };
}
