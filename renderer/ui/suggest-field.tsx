import { Autocomplete } from '@base-ui/react/autocomplete';
import { useState } from 'react';
import { Icon } from './icon.tsx';
import './menu.css';

export interface Suggestion {
  value: string;
  /** One line under the value. */
  detail?: string | undefined;
}

interface SuggestFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  suggestions: readonly Suggestion[];
  placeholder?: string;
  mono?: boolean;
  invalid?: boolean;
  /** The id of the text that says what is wrong. */
  describedBy?: string | undefined;
  disabled?: boolean;
  /** Enter while no suggestion is highlighted, or a suggestion was taken. */
  onCommit?: (value: string) => void;
  /** The focus goes elsewhere with this text left in the field. */
  onLeave?: (value: string) => void;
}

/** A line of text with suggestions below it; whatever is typed is taken. */
export function SuggestField(props: SuggestFieldProps) {
  const { label, value, onChange, suggestions, placeholder, mono = false, invalid = false, disabled = false } = props;
  const [isOpen, setOpen] = useState(false);
  const details = new Map(suggestions.map((suggestion) => [suggestion.value, suggestion.detail]));
  const items = matching(suggestions, value);
  return (
    <Autocomplete.Root
      items={items}
      filter={null}
      // An empty list is no list: an open one would take the rest of the page from assistive technology.
      open={isOpen && items.length > 0}
      onOpenChange={setOpen}
      value={value}
      onValueChange={(next, change) => {
        onChange(next);
        if (change.reason === 'item-press') props.onCommit?.(next);
      }}
      openOnInputClick
      disabled={disabled}
    >
      <span className="field" data-mono={mono || undefined} data-disabled={disabled || undefined}>
        <Autocomplete.Input
          aria-label={label}
          aria-invalid={invalid || undefined}
          aria-describedby={props.describedBy}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          onBlur={(event) => props.onLeave?.(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              // Esc puts the list away; it never empties the field.
              event.preventBaseUIHandler();
              setOpen(false);
            }
            if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
            const isTaking = event.currentTarget.getAttribute('aria-activedescendant') !== null;
            // A form around it is not sent by an answer to this field.
            event.preventDefault();
            if (!isTaking) props.onCommit?.(event.currentTarget.value);
          }}
        />
        {suggestions.length > 0 && (
          <Autocomplete.Trigger className="suggest-more" aria-label="Show choices" tabIndex={-1}>
            <Icon name="down" small />
          </Autocomplete.Trigger>
        )}
      </span>
      <Autocomplete.Portal>
        <Autocomplete.Positioner className="menu-pos" sideOffset={4} align="start">
          <Autocomplete.Popup className="menu suggest">
            <Autocomplete.List>
              {(item: string) => (
                <Autocomplete.Item key={item} className="menu-item plain" value={item}>
                  <span className={mono ? 'mono' : undefined}>
                    {item}
                    {details.get(item) !== undefined && <span className="menu-detail">{details.get(item)}</span>}
                  </span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}

/** The suggestions that contain what is typed; all of them once one is taken, so that another can be chosen. */
function matching(suggestions: readonly Suggestion[], typed: string): string[] {
  const values = suggestions.map((suggestion) => suggestion.value);
  const wanted = typed.trim().toLowerCase();
  return values.includes(typed) ? values : values.filter((value) => value.toLowerCase().includes(wanted));
}
