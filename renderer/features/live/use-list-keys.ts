import { useEffect, useRef } from 'react';
import { isBareKey } from '../../lib/hotkeys.ts';

export interface ListCommands {
  move: (by: number) => void;
  open: () => void;
  close: () => void;
  follow: () => void;
  filter: () => void;
}

/** Moving in the list from anywhere on the page that does not use the keys itself. */
export function useListKeys(commands: ListCommands): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isBareKey(event) || isInWidget(event.target)) return;
      const run = commandFor(event.key, latest.current, event.target);
      if (run === null) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function commandFor(key: string, commands: ListCommands, target: EventTarget | null): (() => void) | null {
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return () => commands.move(1);
    case 'k':
    case 'ArrowUp':
      return () => commands.move(-1);
    case 'PageDown':
      return () => commands.move(10);
    case 'PageUp':
      return () => commands.move(-10);
    case 'Enter':
      // On a button or a link Enter presses that.
      return target instanceof Element && target.closest('button, a') !== null ? null : commands.open;
    case 'Escape':
      return commands.close;
    case 'End':
      return commands.follow;
    case '/':
      return commands.filter;
    default:
      return null;
  }
}

function isInWidget(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('[role=menu], [role=dialog], [role=alertdialog], [role=tablist], [role=listbox]') !== null
  );
}
