import { Icon, type IconName } from './icon.tsx';

/** A hue is a decision, an activity or a fault; `off` is neutral. */
export type StateTone = 'allow' | 'ask' | 'block' | 'run' | 'fault' | 'off';

/** Glyph and word, always both. `loud` colours an allowed word too, where it is not the expected case. */
export function StateWord({
  tone,
  icon,
  word,
  loud = false,
}: {
  tone: StateTone;
  icon: IconName;
  word: string;
  loud?: boolean;
}) {
  return (
    <span className={`st ${tone}${loud ? ' loud' : ''}`}>
      <Icon name={icon} small />
      {word}
    </span>
  );
}
