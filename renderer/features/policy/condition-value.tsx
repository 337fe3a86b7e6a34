import { useState } from 'react';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { SelectMenu, type SelectOption } from '../../ui/menu.tsx';
import { Segment } from '../../ui/segment.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import type { Json } from '../servers/describe-schema.ts';
import { type ConditionForm, type ScalarKind, shapeOf } from './condition-form.ts';
import { choicesOf } from './schema-arguments.ts';

interface ConditionValueProps {
  condition: ConditionForm;
  schema: Json | undefined;
  /** The schema says what kind of value it is; otherwise the person does. */
  kindIsKnown: boolean;
  problemId: string | undefined;
  onChange: (condition: ConditionForm) => void;
}

const kinds: readonly SelectOption<ScalarKind>[] = [
  { value: 'text', label: 'as text' },
  { value: 'number', label: 'as a number' },
  { value: 'boolean', label: 'as yes or no' },
  { value: 'json', label: 'as JSON' },
];

const yesNo = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
] as const;

/** What an argument is compared with, by the operator and the argument's own type. */
export function ConditionValue(props: ConditionValueProps) {
  const { condition, schema, kindIsKnown, onChange } = props;
  const shape = shapeOf(condition.op);
  const isScalar = shape === 'scalar' || shape === 'list';
  const choices = choicesOf(schema).map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)));
  return (
    <div className="cond-value">
      {shape === 'list' ? (
        <ValueList {...props} choices={choices} />
      ) : isScalar && condition.kind === 'boolean' ? (
        <Segment
          label="Value"
          value={condition.value === 'false' ? 'false' : 'true'}
          options={yesNo}
          onChange={(value) => onChange({ ...condition, value })}
        />
      ) : (
        <SuggestField
          label="Value"
          mono
          placeholder={hintOf(condition)}
          value={condition.value}
          onChange={(value) => onChange({ ...condition, value })}
          invalid={props.problemId !== undefined}
          describedBy={props.problemId}
          suggestions={isScalar ? choices.map((value) => ({ value })) : []}
        />
      )}
      {isScalar && !kindIsKnown && (
        <SelectMenu
          label="Kind of value"
          value={condition.kind}
          options={kinds}
          onChange={(kind) => onChange({ ...condition, kind, value: kind === 'boolean' ? 'true' : condition.value })}
        />
      )}
    </div>
  );
}

function hintOf({ op, kind }: ConditionForm): string {
  switch (op) {
    case 'pathInside':
      return '~/Projects';
    case 'hostIs':
      return 'api.example.com';
    case 'hostUnder':
      return 'example.com';
    case 'matches':
      return 'RE2 pattern';
    case 'lengthAtMost':
      return 'characters or items';
    case 'numberAtLeast':
    case 'numberAtMost':
      return 'number';
    default:
      return kind === 'json' ? '"text", 1, true or null' : kind === 'number' ? 'number' : 'text';
  }
}

/** Values as chips; Enter or a comma adds one, Backspace in the empty field takes the last away. */
function ValueList({ condition, problemId, choices, onChange }: ConditionValueProps & { choices: string[] }) {
  const [text, setText] = useState('');
  const { values } = condition;
  const add = (typed: string): void => {
    const value = typed.trim();
    if (value !== '' && !values.includes(value)) onChange({ ...condition, values: [...values, value] });
    setText('');
  };
  const remove = (value: string): void => onChange({ ...condition, values: values.filter((one) => one !== value) });
  return (
    <div className="chips">
      {values.map((value) => (
        <span key={value} className="tok mono">
          <span className="cut">{makeVisibleLine(value)}</span>
          <button
            type="button"
            className="chip-x"
            aria-label={`Remove ${makeVisibleLine(value)}`}
            onClick={() => remove(value)}
          >
            ×
          </button>
        </span>
      ))}
      <SuggestField
        label="Add a value"
        mono
        placeholder={values.length === 0 ? 'value, Enter, next value' : 'another value'}
        value={text}
        onChange={(next) => (next.endsWith(',') && condition.kind !== 'json' ? add(next.slice(0, -1)) : setText(next))}
        onCommit={add}
        // A value that was typed counts even when the person goes on without Enter.
        onLeave={add}
        invalid={problemId !== undefined}
        describedBy={problemId}
        suggestions={choices.filter((choice) => !values.includes(choice)).map((value) => ({ value }))}
      />
    </div>
  );
}
