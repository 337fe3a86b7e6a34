import { useState } from 'react';
import { explainError } from '../bridge/client.ts';
import { useToast } from './toast.tsx';

interface Command {
  busy: boolean;
  /** Runs one request; false when it failed, which a toast has then said. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** One request at a time behind a button: busy while it runs, a sentence when it fails. */
export function useCommand(): Command {
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    try {
      await work();
      return true;
    } catch (error) {
      const { message, fix } = explainError(error);
      toast({ text: `${message} ${fix}`.trim() });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}
