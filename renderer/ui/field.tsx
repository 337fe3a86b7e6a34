import { Field } from '@base-ui/react/field';
import type { ReactNode, Ref } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './controls.css';

interface FieldShellProps {
  label: string;
  /** What to write, or what it means; stays visible. */
  hint?: ReactNode;
  /** What is wrong, in one sentence; null while nothing is. */
  error?: string | null;
  /** The label is for assistive technology only. */
  hideLabel?: boolean;
}

export interface TextFieldProps extends FieldShellProps {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  mono?: boolean;
  disabled?: boolean;
  icon?: IconName;
  /** `password` shows dots, and no browser offers to keep it. */
  type?: 'text' | 'search' | 'password';
  /** Stands at the right end of the field. */
  action?: ReactNode;
  inputMode?: 'text' | 'numeric' | 'url';
  maxLength?: number;
  name?: string;
  inputRef?: Ref<HTMLInputElement>;
}

/** One line of text with its label, a hint and what is wrong with it. */
export function TextField(props: TextFieldProps) {
  const { value, onChange, placeholder, mono = false, disabled = false, icon, type = 'text' } = props;
  return (
    <FieldShell {...props}>
      <span className="field" data-mono={mono || undefined} data-disabled={disabled || undefined}>
        {icon && <Icon name={icon} small />}
        <Field.Control
          ref={props.inputRef}
          type={type}
          value={value}
          onValueChange={(next) => onChange(next)}
          placeholder={placeholder}
          disabled={disabled}
          inputMode={props.inputMode}
          maxLength={props.maxLength}
          name={props.name}
          autoComplete={type === 'password' ? 'new-password' : 'off'}
          spellCheck={false}
        />
        {props.action}
      </span>
    </FieldShell>
  );
}

export interface TextAreaProps extends FieldShellProps {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  mono?: boolean;
  rows?: number;
  disabled?: boolean;
}

/** Several lines of text. */
export function TextArea(props: TextAreaProps) {
  const { value, onChange, placeholder, mono = false, rows = 3, disabled = false } = props;
  return (
    <FieldShell {...props}>
      <span className="field area" data-mono={mono || undefined} data-disabled={disabled || undefined}>
        <Field.Control
          render={<textarea rows={rows} />}
          value={value}
          onValueChange={(next) => onChange(next)}
          placeholder={placeholder}
          disabled={disabled}
          spellCheck={false}
        />
      </span>
    </FieldShell>
  );
}

function FieldShell({ label, hint, error, hideLabel = false, children }: FieldShellProps & { children: ReactNode }) {
  const isInvalid = error !== undefined && error !== null;
  return (
    <Field.Root className="fld" invalid={isInvalid}>
      <Field.Label className={hideLabel ? 'sr' : 'fld-label'}>{label}</Field.Label>
      {children}
      {isInvalid && (
        <Field.Error match className="fld-error">
          {error}
        </Field.Error>
      )}
      {hint !== undefined && <Field.Description className="fld-hint">{hint}</Field.Description>}
    </Field.Root>
  );
}

/** Moves the focus to the first field that is marked wrong, once React has drawn the marks. */
export function focusFirstError(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    const field = form?.querySelector('[aria-invalid="true"]');
    if (field instanceof HTMLElement) field.focus();
  });
}
