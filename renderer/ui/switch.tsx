import { Switch as BaseSwitch } from '@base-ui/react/switch';
import './controls.css';

interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** The switch's name for assistive technology; a visible label beside it points here with `id`. */
  label: string;
  disabled?: boolean;
  title?: string;
}

/** On or off, applied at once. */
export function Switch({ checked, onChange, label, disabled = false, title }: SwitchProps) {
  return (
    <BaseSwitch.Root
      nativeButton
      render={<button type="button" />}
      className="sw"
      checked={checked}
      disabled={disabled}
      aria-label={label}
      title={title}
      onCheckedChange={(next) => onChange(next)}
    />
  );
}
