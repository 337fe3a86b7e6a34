import { useEffect, useRef } from 'react';
import { isTyping } from '../../lib/hotkeys.ts';
import { readCommand } from './arming.ts';

/** Esc puts the card away; it has no chords, as nothing on it answers a single question. */
export function useStormKeys(onLater: (() => void) | undefined): void {
  const latest = useRef(onLater);
  useEffect(() => {
    latest.current = onLater;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event) || readCommand(event) !== 'later') return;
      if (latest.current === undefined) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
