import { useEffect, useRef } from 'react';
import { hasMod, isBareKey } from '../lib/hotkeys.ts';
import { pages } from './pages.ts';

interface PageCommands {
  go: (path: string) => void;
  help: () => void;
  togglePause: () => void;
  toggleVault: () => void;
}

/** Ctrl/Cmd and the number of a page or a comma, Ctrl/Cmd+Shift+P, Ctrl/Cmd+L and `?`, wherever the focus is. */
export function usePageHotkeys(commands: PageCommands): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.repeat || isUnderDialog()) return;
      const page = hasMod(event) && !event.shiftKey ? pages[Number(event.key) - 1] : undefined;
      if (page !== undefined) latest.current.go(page.path);
      else if (hasMod(event) && event.key === ',') latest.current.go('/settings');
      else if (hasMod(event) && event.shiftKey && event.key.toLowerCase() === 'p') latest.current.togglePause();
      else if (hasMod(event) && !event.shiftKey && event.key.toLowerCase() === 'l') latest.current.toggleVault();
      else if (event.key === '?' && isBareKey(event)) latest.current.help();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function isUnderDialog(): boolean {
  return document.querySelector('[role=dialog], [role=alertdialog]') !== null;
}
