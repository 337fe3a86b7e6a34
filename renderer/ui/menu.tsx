import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './menu.css';

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  align?: 'start' | 'end';
  children: ReactNode;
}

/** A list of commands behind a button. */
export function Menu({ trigger, align = 'end', children }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className="menu-pos" sideOffset={4} align={align}>
          <BaseMenu.Popup className="menu">{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

interface MenuItemProps {
  icon?: IconName;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, danger = false, disabled = false, onSelect, children }: MenuItemProps) {
  return (
    <BaseMenu.Item className="menu-item" data-danger={danger || undefined} disabled={disabled} onClick={onSelect}>
      <span className="menu-icon">{icon && <Icon name={icon} small />}</span>
      {children}
    </BaseMenu.Item>
  );
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="menu-line" />;
}

export interface SelectOption<T extends string> {
  value: T;
  label: string;
  /** One line under the label. */
  detail?: string;
  icon?: IconName;
}

interface SelectMenuProps<T extends string> {
  /** What is chosen, for assistive technology. */
  label: string;
  value: T | null;
  options: readonly SelectOption<T>[];
  onChange: (value: T) => void;
  disabled?: boolean;
  /** Shown while `value` is null. */
  placeholder?: string;
  title?: string;
}

/** One of a few values behind a small button that shows the present one. */
export function SelectMenu<T extends string>(props: SelectMenuProps<T>) {
  const { label, value, options, onChange, disabled = false, placeholder = 'Choose', title } = props;
  const current = options.find((option) => option.value === value);
  const name = `${label}: ${current?.label ?? placeholder}`;
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger
        render={<button type="button" className="btn sm" aria-label={name} title={title} disabled={disabled} />}
      >
        {current?.icon && <Icon name={current.icon} />}
        {current?.label ?? placeholder}
        <Icon name="down" />
      </BaseMenu.Trigger>
      <BaseMenu.Portal>
        <BaseMenu.Positioner className="menu-pos" sideOffset={4} align="start">
          <BaseMenu.Popup className="menu">
            <BaseMenu.RadioGroup value={value} onValueChange={(next: T) => onChange(next)}>
              {options.map((option) => (
                <BaseMenu.RadioItem key={option.value} className="menu-item" value={option.value} closeOnClick>
                  <span className="menu-icon">
                    <BaseMenu.RadioItemIndicator>
                      <Icon name="check" small />
                    </BaseMenu.RadioItemIndicator>
                  </span>
                  <span>
                    {option.label}
                    {option.detail !== undefined && <span className="menu-detail">{option.detail}</span>}
                  </span>
                </BaseMenu.RadioItem>
              ))}
            </BaseMenu.RadioGroup>
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}
