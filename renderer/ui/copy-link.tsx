import { useEffect, useState } from 'react';

const shownMs = 1500;

/** A word that copies a text and says so in its own place. */
export function CopyLink({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [note, setNote] = useState<string | null>(null);
  useEffect(() => {
    if (note === null) return;
    const timer = setTimeout(() => setNote(null), shownMs);
    return () => clearTimeout(timer);
  }, [note]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setNote('Copied'),
      () => setNote('Could not copy'),
    );
  };
  return (
    <button type="button" className="lnk" onClick={copy} aria-live="polite">
      {note ?? label}
    </button>
  );
}
