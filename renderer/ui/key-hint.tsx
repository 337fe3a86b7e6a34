import { showKeys } from '../lib/hotkeys.ts';

/** The shortcut of a button at its right edge. Not part of the button's name: `aria-keyshortcuts` tells it. */
export function KeyHint({ keys }: { /** `mod+Enter` */ keys: string }) {
  return (
    <span className="kbd" aria-hidden="true">
      {showKeys(keys)}
    </span>
  );
}
