import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Icon, type IconName } from './icon.tsx';
import './controls.css';

export interface SegmentOption<T extends string> {
  value: T;
  label: string;
  /** What choosing it does, as a tooltip. */
  hint?: string;
  disabled?: boolean;
  icon?: IconName;
}

interface SegmentProps<T extends string> {
  label: string;
  value: T;
  options: readonly SegmentOption<T>[];
  onChange: (value: T) => void;
  disabled?: boolean;
}

/** A few exclusive choices side by side; arrow keys move. */
export function Segment<T extends string>({ label, value, options, onChange, disabled = false }: SegmentProps<T>) {
  return (
    <RadioGroup
      className="seg"
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => onChange(next)}
    >
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          nativeButton
          render={<button type="button" />}
          value={option.value}
          title={option.hint}
          disabled={option.disabled === true}
        >
          {option.icon !== undefined && <Icon name={option.icon} small />}
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
