import { useRef } from 'react';
import { useBridge } from '../../state/engine-context.tsx';

interface SecretPaste {
  /** The text on the clipboard; null with the reason why it could not be read. */
  paste: () => Promise<{ text: string } | { refusal: string }>;
  /** After the value was kept: empties the clipboard if it came from there. What happened, in words; null: nothing to do. */
  clear: () => Promise<string | null>;
}

const notCleared = 'The clipboard could not be emptied here; copy something else over the secret.';

/** Takes a secret from the clipboard and takes it away from there again, as far as this host can. */
export function useSecretPaste(): SecretPaste {
  const { clipboard } = useBridge();
  const taken = useRef<string | null>(null);
  return {
    async paste() {
      try {
        const text = clipboard === null ? await navigator.clipboard.readText() : await clipboard.take();
        if (text === '') return { refusal: 'There is no text on the clipboard.' };
        taken.current = text;
        return { text };
      } catch {
        return { refusal: 'The browser did not let the clipboard be read. Click into the field and paste.' };
      }
    },
    async clear() {
      const text = taken.current;
      taken.current = null;
      if (text === null) return null;
      try {
        if (clipboard !== null) {
          return (await clipboard.clear()) ? 'The clipboard was emptied.' : null;
        }
        if ((await navigator.clipboard.readText()) !== text) return null;
        await navigator.clipboard.writeText('');
        return 'The clipboard was emptied.';
      } catch {
        return notCleared;
      }
    },
  };
}
