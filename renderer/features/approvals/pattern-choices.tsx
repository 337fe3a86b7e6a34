import type { ArgumentChoice, RememberOffer } from '../../../electron/shared/index.ts';
import type { Json } from '../../lib/lay-out-tree.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { SelectMenu, type SelectOption } from '../../ui/menu.tsx';
import { RawText } from '../../ui/raw-text.tsx';

interface PatternChoicesProps {
  offer: RememberOffer;
  /** The arguments the pattern is made from. */
  value: Json;
  choices: Readonly<Record<string, ArgumentChoice>>;
  onChange: (choices: Readonly<Record<string, ArgumentChoice>>) => void;
}

const longestValue = 32;

/** For each argument: the same, in a folder, of a host, or anything. */
export function PatternChoices({ offer, value, choices, onChange }: PatternChoicesProps) {
  return (
    <ul className="pattern">
      {offer.arguments.map((argument) => {
        const { name } = argument;
        const choice = (Object.hasOwn(choices, name) ? choices[name] : undefined) ?? { kind: 'same' };
        const set = (next: ArgumentChoice) => onChange(withChoice(choices, name, next));
        return (
          <li key={name}>
            {argument.folders.length === 0 && argument.host === null ? (
              <label className="chk">
                <input
                  type="checkbox"
                  checked={choice.kind !== 'any'}
                  onChange={(event) => set({ kind: event.target.checked ? 'same' : 'any' })}
                />
                <span>
                  <code>
                    <RawText text={name} />
                  </code>{' '}
                  is <code>{shorten(readArgument(value, name))}</code>
                </span>
              </label>
            ) : (
              <span className="hs">
                <code>
                  <RawText text={name} />
                </code>
                <SelectMenu
                  label={makeVisibleLine(name)}
                  value={JSON.stringify(choice)}
                  options={optionsFor(argument)}
                  onChange={(next) => set(JSON.parse(next) as ArgumentChoice)}
                />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function optionsFor({ folders, host }: RememberOffer['arguments'][number]): SelectOption<string>[] {
  const choices: { choice: ArgumentChoice; label: string }[] = [
    { choice: { kind: 'same' }, label: 'is the same' },
    ...folders.map((folder) => ({
      choice: { kind: 'inside', folder } as const,
      label: `is inside ${visible(folder)}`,
    })),
    ...(host === null ? [] : [{ choice: { kind: 'host', host } as const, label: `has the host ${visible(host)}` }]),
    { choice: { kind: 'any' }, label: 'may be anything' },
  ];
  return choices.map(({ choice, label }) => ({ value: JSON.stringify(choice), label }));
}

function withChoice(
  choices: Readonly<Record<string, ArgumentChoice>>,
  name: string,
  next: ArgumentChoice,
): Readonly<Record<string, ArgumentChoice>> {
  return Object.fromEntries([...Object.entries(choices).filter(([key]) => key !== name), [name, next]]);
}

function readArgument(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
  return value[name] ?? null;
}

/** As JSON, so that no text can imitate ours; the whole of it stands among the arguments. */
function shorten(value: Json): string {
  const text = makeVisibleLine(JSON.stringify(value));
  return text.length <= longestValue ? text : `${text.slice(0, longestValue).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function visible(text: string): string {
  return makeVisibleLine(text);
}
