import type { ComponentPropsWithRef } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './controls.css';

/** `primary` is the one filled button of a view and never a decision; `ok` and `no` colour the glyph of a decision. */
export type ButtonVariant = 'outline' | 'primary' | 'ghost' | 'danger' | 'ok' | 'no';

const variantClass: Readonly<Record<ButtonVariant, string>> = {
  outline: 'btn',
  primary: 'btn pri',
  ghost: 'btn ghost',
  danger: 'btn danger',
  ok: 'btn ok',
  no: 'btn no',
};

export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  variant?: ButtonVariant;
  /** 24 px instead of 28, for rows. */
  small?: boolean;
  icon?: IconName;
  /** A request is under way: the label stays, the button is off and announced as busy. */
  busy?: boolean;
}

export function Button({ variant = 'outline', small = false, icon, busy = false, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${variantClass[variant]}${small ? ' sm' : ''}`}
      disabled={busy || rest.disabled === true}
      aria-busy={busy || undefined}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  icon: IconName;
  /** What the button does; its name and its tooltip. */
  label: string;
  small?: boolean;
  ghost?: boolean;
}

export function IconButton({ icon, label, small = false, ghost = false, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={`btn ico${ghost ? ' ghost' : ''}${small ? ' sm' : ''}`}
    >
      <Icon name={icon} />
    </button>
  );
}
