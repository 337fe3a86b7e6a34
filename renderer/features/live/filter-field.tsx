import { type KeyboardEvent, type RefObject, useId, useMemo, useState } from 'react';
import { type FilterToken, writeFilter } from '../../lib/call-filter.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Suggestion } from './suggest-filter.ts';

interface FilterFieldProps<K extends string> {
  input: RefObject<HTMLInputElement | null>;
  /** What is filtered, for assistive technology. */
  label: string;
  placeholder: string;
  parse: (text: string) => FilterToken<K>[];
  /** What could complete the draft. */
  suggest: (draft: string) => readonly Suggestion<K>[];
  /** Finished tokens. */
  tokens: readonly FilterToken<K>[];
  onTokens: (tokens: FilterToken<K>[]) => void;
  /** What is being typed; it filters already. */
  draft: string;
  onDraft: (draft: string) => void;
}

/** A filter of typed tokens, `agent:claude outcome:denied`, with suggestions. */
export function FilterField<K extends string>(props: FilterFieldProps<K>) {
  const { input, label, placeholder, parse, suggest, tokens, onTokens, draft, onDraft } = props;
  const listId = useId();
  const { suggestions, open, setOpen, active, setActive } = useSuggestions(draft, suggest);

  const finish = (text: string) => {
    const added = parse(text);
    onDraft('');
    if (added.length > 0) onTokens([...tokens, ...added]);
  };
  const choose = (suggestion: Suggestion<K>) => {
    const before = draft.slice(0, draft.lastIndexOf(' ') + 1);
    setActive(-1);
    if (suggestion.kind === 'key') onDraft(`${before}${suggestion.key}:`);
    else finish(`${before}${writeFilter([suggestion.token])}`);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = open ? suggestions[active] : undefined;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setOpen(true);
      setActive(stepActive(active, event.key === 'ArrowDown' ? 1 : -1, suggestions.length));
    } else if (event.key === 'Enter' || (event.key === 'Tab' && chosen !== undefined)) {
      if (chosen === undefined) finish(draft);
      else choose(chosen);
    } else if (event.key === 'Backspace' && draft === '' && tokens.length > 0) {
      onDraft(writeFilter(tokens.slice(-1)));
      onTokens(tokens.slice(0, -1));
    } else if (event.key === 'Escape') {
      if (open) setOpen(false);
      else input.current?.blur();
    } else return;
    event.preventDefault();
  };

  return (
    <search className="field grow filter">
      <Icon name="search" small />
      {tokens.map((token, index) => (
        <button
          type="button"
          key={`${token.key}:${token.value}`}
          className="tok"
          title="Remove"
          aria-label={`Remove ${token.key} ${token.value}`}
          onClick={() => onTokens(tokens.filter((_, other) => other !== index))}
        >
          <i>{token.key}:</i>
          {token.value}
        </button>
      ))}
      <input
        ref={input}
        role="combobox"
        aria-label={label}
        aria-expanded={open && suggestions.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && active >= 0 ? `${listId}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={tokens.length === 0 ? placeholder : ''}
        value={draft}
        onChange={(event) => {
          onDraft(event.target.value);
          setActive(-1);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <kbd>/</kbd>
      {open && suggestions.length > 0 && (
        <SuggestionList id={listId} suggestions={suggestions} active={active} onChoose={choose} />
      )}
    </search>
  );
}

function useSuggestions<K extends string>(draft: string, suggest: FilterFieldProps<K>['suggest']) {
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const suggestions = useMemo(() => (open ? suggest(draft) : []), [open, draft, suggest]);
  return { suggestions, open, setOpen, active, setActive };
}

function stepActive(active: number, by: number, count: number): number {
  if (count === 0) return -1;
  return active === -1 && by < 0 ? count - 1 : (active + by + count) % count;
}

interface SuggestionListProps<K extends string> {
  id: string;
  suggestions: readonly Suggestion<K>[];
  active: number;
  onChoose: (suggestion: Suggestion<K>) => void;
}

function SuggestionList<K extends string>({ id, suggestions, active, onChoose }: SuggestionListProps<K>) {
  return (
    <div id={id} className="menu suggestions" role="listbox" aria-label="Suggestions">
      {suggestions.map((suggestion, index) => {
        const name = suggestion.kind === 'key' ? `${suggestion.key}:` : suggestion.token.value;
        return (
          <div
            key={name}
            id={`${id}-${index}`}
            className="menu-item"
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            data-highlighted={index === active || undefined}
            // Before the field loses the focus, which would close the list.
            onPointerDown={(event) => {
              event.preventDefault();
              onChoose(suggestion);
            }}
          >
            {name}
            {suggestion.kind === 'key' && <span className="t3 f12">{suggestion.hint}</span>}
          </div>
        );
      })}
    </div>
  );
}
