import { describe, expect, it } from 'vitest';
import { disturbsArming, type KeyPress, readCommand } from '../../../../renderer/features/approvals/arming.ts';

const press = (key: string, changes: Partial<KeyPress> = {}): KeyPress => ({
  key,
  repeat: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...changes,
});

describe('readCommand', () => {
  it('knows the chords of both kinds of keyboard', () => {
    expect(readCommand(press('Enter', { ctrlKey: true }))).toBe('approve');
    expect(readCommand(press('Enter', { metaKey: true }))).toBe('approve');
    expect(readCommand(press('Backspace', { ctrlKey: true }))).toBe('deny');
    expect(readCommand(press('Escape'))).toBe('later');
  });

  it('never takes Enter, a letter or a held key for an answer (security)', () => {
    for (const key of ['Enter', ' ', 'a', 'A', 'd', 'y', 'Backspace', 'Delete'])
      expect(readCommand(press(key))).toBeNull();
    expect(readCommand(press('Enter', { ctrlKey: true, repeat: true }))).toBeNull();
    expect(readCommand(press('Enter', { ctrlKey: true, altKey: true }))).toBeNull();
  });
});

describe('disturbsArming', () => {
  it('starts over for a key that may have been meant for another window (security)', () => {
    for (const key of ['a', 'Enter', ' ', 'Tab', 'ArrowDown', 'Backspace'])
      expect(disturbsArming(press(key), false)).toBe(true);
    expect(disturbsArming(press('Enter', { ctrlKey: true, repeat: true }), false)).toBe(true);
  });

  it('lets modifiers, chords and the press of the focused button pass', () => {
    expect(disturbsArming(press('Control', { ctrlKey: true }), false)).toBe(false);
    expect(disturbsArming(press('Enter', { ctrlKey: true }), false)).toBe(false);
    expect(disturbsArming(press('Escape'), false)).toBe(false);
    expect(disturbsArming(press('Enter'), true)).toBe(false);
    expect(disturbsArming(press(' '), true)).toBe(false);
    expect(disturbsArming(press('x'), true)).toBe(true);
  });
});
