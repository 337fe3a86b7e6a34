import { useRef } from 'react';
import { Icon } from '../../ui/icon.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import type { Input } from './use-decide.ts';

/** A longer label takes the place of the shortcut; characters. */
const longestBesideHint = 20;

interface DecisionButtonProps {
  kind: 'approve' | 'deny';
  label: string;
  /** Without: the chord is not told, as it does nothing here. */
  hasChord?: boolean;
  isOn: boolean;
  /** While arming, a value that changes with every new start; draws the bar. */
  armingRound: string | null;
  onPress: (input: Input) => void;
}

const looks = {
  approve: { className: 'big a', icon: 'check', keys: 'mod+Enter', chord: 'Control+Enter' },
  deny: { className: 'big d', icon: 'block', keys: 'mod+Backspace', chord: 'Control+Backspace' },
} as const;

/**
 * One of the two answers. It stays focusable while it is off, so that arming anew never moves the focus, and a click
 * counts only when the pointer went down on the button while it was already on.
 */
export function DecisionButton({ kind, label, hasChord = true, isOn, armingRound, onPress }: DecisionButtonProps) {
  const wasPressedWhileOn = useRef(false);
  const { className, icon, keys, chord } = looks[kind];
  return (
    <button
      type="button"
      className={className}
      aria-disabled={!isOn}
      aria-keyshortcuts={hasChord ? chord : undefined}
      onPointerDown={() => {
        wasPressedWhileOn.current = isOn;
      }}
      onKeyDown={(event) => {
        if (event.repeat) event.preventDefault();
      }}
      onClick={(event) => {
        const isPointer = event.detail > 0;
        const counts = isOn && (!isPointer || wasPressedWhileOn.current);
        wasPressedWhileOn.current = false;
        if (counts) onPress(isPointer ? 'pointer' : 'keyboard');
      }}
    >
      <Icon name={icon} small />
      <span className="cut">{label}</span>
      {hasChord && label.length <= longestBesideHint && <KeyHint keys={keys} />}
      {armingRound !== null && <span key={armingRound} className="arming-bar" aria-hidden="true" />}
    </button>
  );
}
