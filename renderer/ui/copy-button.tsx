import { useEffect, useState } from 'react';
import { Button } from './button.tsx';

interface CopyButtonProps {
  text: string;
  /** What is copied, e.g. `Copy token`. */
  label: string;
  small?: boolean;
  ghost?: boolean;
}

const shownMs = 1500;

/** Copies text and says so in the button itself; also says when the system refused. */
export function CopyButton({ text, label, small = true, ghost = false }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), shownMs);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('refused'),
    );
  };
  const words = { idle: label, copied: 'Copied', refused: 'Select it and copy by hand' }[state];
  return (
    <Button
      small={small}
      variant={ghost ? 'ghost' : 'outline'}
      icon={state === 'copied' ? 'check' : 'copy'}
      onClick={copy}
    >
      <span aria-live="polite">{words}</span>
    </Button>
  );
}
