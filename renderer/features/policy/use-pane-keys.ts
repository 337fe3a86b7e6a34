import { type RefObject, useEffect, useRef } from 'react';
import { hasMod } from '../../lib/hotkeys.ts';

interface PaneCommands {
  save: () => void;
  close: () => void;
}

/**
 * Ctrl or Cmd and Enter saves, Esc closes, wherever in the pane the focus is. Listens on the element itself: fields with
 * suggestions keep their keys from the handlers around them.
 */
export function usePaneKeys(pane: RefObject<HTMLElement | null>, commands: PaneCommands): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const onKey = (event: KeyboardEvent): void => {
      // An open list of suggestions takes Esc first.
      const hasList = event.target instanceof HTMLElement && event.target.getAttribute('aria-expanded') === 'true';
      if (event.key === 'Enter' && hasMod(event)) latest.current.save();
      else if (event.key === 'Escape' && !hasList) latest.current.close();
      else return;
      event.preventDefault();
      // The question that may come up now must not take the same Esc for its answer.
      event.stopPropagation();
    };
    element.addEventListener('keydown', onKey);
    return () => element.removeEventListener('keydown', onKey);
  }, [pane]);
}
