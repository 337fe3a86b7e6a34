/** Pure parts of the arming: a decision counts only when the card has stood unchanged and undisturbed for a moment. */

/** Milliseconds a card must stand undisturbed before its buttons work. */
export const armingMs = 700;

/** What a key press needs to tell; a `KeyboardEvent` fits. */
export interface KeyPress {
  key: string;
  repeat: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export type CardCommand = 'approve' | 'deny' | 'later' | null;

const modifiers = new Set(['Shift', 'Control', 'Alt', 'Meta', 'CapsLock', 'NumLock', 'Fn', 'AltGraph']);

/** The chord a key press stands for. Either command key will do; a held key repeats and never decides. */
export function readCommand(press: KeyPress): CardCommand {
  if (press.repeat || press.altKey) return null;
  if (press.ctrlKey || press.metaKey) {
    if (press.key === 'Enter') return 'approve';
    return press.key === 'Backspace' ? 'deny' : null;
  }
  return press.key === 'Escape' ? 'later' : null;
}

/**
 * Whether a key press starts the arming over: it may have been meant for another window. Modifiers alone, the chords
 * themselves, and pressing the focused control do not.
 */
export function disturbsArming(press: KeyPress, isOnControl: boolean): boolean {
  if (modifiers.has(press.key)) return false;
  if (press.repeat) return true;
  if (readCommand(press) !== null) return false;
  return !(isOnControl && (press.key === 'Enter' || press.key === ' '));
}
