import { type KeyboardEvent, useId } from 'react';
import type { Effect } from '../../electron/shared/index.ts';
import { Icon, type IconName } from './icon.tsx';
import './controls.css';

interface Position {
  effect: Effect;
  word: string;
  icon: IconName;
  className: string;
}

const positions: readonly Position[] = [
  { effect: 'allow', word: 'Allow', icon: 'check', className: 'allow' },
  { effect: 'ask', word: 'Ask', icon: 'hand', className: 'ask' },
  { effect: 'deny', word: 'Block', icon: 'block', className: 'block' },
];

export interface TriStateProps {
  /** What is switched, e.g. `create_issue`. */
  label: string;
  /** The position in force; null when a group's members differ. */
  effect: Effect | null;
  /** The position set on this very thing; null when it inherits. */
  own: Effect | null;
  /** Where the position comes from, in words. */
  source: string;
  /** Members per position, shown instead of words while they differ. */
  counts?: Readonly<Record<Effect, number>>;
  onSet: (effect: Effect) => void;
  /** Back to what it inherits. */
  onReset: () => void;
  disabled?: boolean;
}

/**
 * Allow · Ask · Block. Left and right move, `1` `2` `3` set, Backspace or pressing the set cell again inherits; up and
 * down go to the next switch of the surrounding list.
 */
export function TriState(props: TriStateProps) {
  const { label, effect, own, source, counts, onSet, onReset, disabled = false } = props;
  const group = useId();
  const isMixed = effect === null && counts !== undefined;
  const described = isMixed ? `${label}, ${counts.allow} allowed, ${counts.ask} asking, ${counts.deny} blocked` : label;
  return (
    <span
      className="tri"
      role="radiogroup"
      aria-label={`${described}, ${source}`}
      data-disabled={disabled || undefined}
      data-tri=""
    >
      {positions.map((position, index) => (
        <label
          key={position.effect}
          className={cellClass(position, effect, own, isMixed ? counts[position.effect] : null)}
          title={cellHint(position, own, source, disabled)}
        >
          <input
            type="radio"
            name={group}
            aria-label={position.word}
            checked={position.effect === (effect ?? own)}
            disabled={disabled}
            onChange={() => onSet(position.effect)}
            onClick={() => position.effect === own && onReset()}
            onKeyDown={(event) => handleKey(event, index, onSet, own === null ? null : onReset)}
          />
          <Cell position={position} effect={effect} count={isMixed ? counts[position.effect] : null} />
        </label>
      ))}
    </span>
  );
}

function Cell({ position, effect, count }: { position: Position; effect: Effect | null; count: number | null }) {
  if (count !== null && count > 0) {
    return (
      <>
        <Icon name={position.icon} />
        {count}
      </>
    );
  }
  if (position.effect !== effect) return null;
  return (
    <>
      <Icon name={position.icon} />
      {position.word}
    </>
  );
}

function cellClass(position: Position, effect: Effect | null, own: Effect | null, count: number | null): string {
  const isOwn = position.effect === own;
  if (isOwn && (effect === null || effect === own)) return `set ${position.className}${count === 0 ? ' e' : ''}`;
  if (count !== null) return count > 0 ? 'mix' : 'e';
  return position.effect === effect ? `inh ${position.className}` : 'e';
}

function cellHint(position: Position, own: Effect | null, source: string, disabled: boolean): string {
  if (disabled) return source;
  if (position.effect === own) return `${position.word}, ${source}. Press again to inherit.`;
  return position.word;
}

function handleKey(
  event: KeyboardEvent<HTMLInputElement>,
  index: number,
  onSet: (effect: Effect) => void,
  onReset: (() => void) | null,
): void {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const position = positions[targetIndex(event.key, index) ?? -1];
  if (position) {
    focusCell(event.currentTarget, positions.indexOf(position));
    onSet(position.effect);
  } else if (event.key === 'Backspace' || event.key === 'Delete') onReset?.();
  else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    focusNeighbour(event.currentTarget, event.key === 'ArrowDown' ? 1 : -1);
  } else return;
  // The browser's own arrow keys would set a position while moving between rows.
  event.preventDefault();
}

function targetIndex(key: string, index: number): number | null {
  if (key === '1' || key === '2' || key === '3') return Number(key) - 1;
  if (key === 'ArrowLeft') return Math.max(0, index - 1);
  if (key === 'ArrowRight') return Math.min(positions.length - 1, index + 1);
  return null;
}

function focusCell(cell: HTMLElement, index: number): void {
  cell.closest('[data-tri]')?.querySelectorAll('input').item(index).focus();
}

function focusNeighbour(cell: HTMLElement, step: 1 | -1): void {
  const group = cell.closest('[data-tri]');
  const scope = cell.closest('[data-tri-scope]');
  if (!group || !scope) return;
  const groups = [...scope.querySelectorAll('[data-tri]:not([data-disabled])')];
  const next = groups[groups.indexOf(group) + step];
  const target = next?.querySelector<HTMLElement>('input:checked') ?? next?.querySelector<HTMLElement>('input');
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
}
