import {
  type ArgumentCondition,
  type ConditionOp,
  describeCondition,
  operatorsFor,
  operatorWords,
} from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import type { Json } from '../servers/describe-schema.ts';
import {
  type ConditionForm,
  emptyCondition,
  kindOf,
  shapeOf,
  toConditionForm,
  withArgument,
  withOperator,
} from './condition-form.ts';
import { ConditionValue } from './condition-value.tsx';
import { FieldLine } from './rule-fields.tsx';
import type { FormProblems } from './rule-form.ts';
import { listArguments, schemaAt } from './schema-arguments.ts';
import { Sentence } from './sentence.tsx';

interface ConditionRowsProps {
  conditions: readonly ConditionForm[];
  /** Of the chosen tool; undefined when it is not one known tool. */
  inputSchema: Json | undefined;
  suggestions: readonly ArgumentCondition[];
  problems: FormProblems;
  onChange: (conditions: readonly ConditionForm[]) => void;
}

const mostConditions = 20;

/** The conditions on arguments, one line each, all of which must hold. */
export function ConditionRows({ conditions, inputSchema, suggestions, problems, onChange }: ConditionRowsProps) {
  const nextKey = conditions.reduce((most, { key }) => Math.max(most, key), -1) + 1;
  const replace = (next: ConditionForm): void => onChange(conditions.map((one) => (one.key === next.key ? next : one)));
  const open = suggestions.filter((suggestion) => !conditions.some((one) => isAbout(one, suggestion)));
  const isFull = conditions.length >= mostConditions;
  return (
    <>
      {conditions.map((condition) => (
        <FieldLine key={condition.key} word="and" problem={problems[`condition.${condition.key}`]}>
          {(problemId) => (
            <ConditionRow
              condition={condition}
              inputSchema={inputSchema}
              problemId={problemId}
              onChange={replace}
              onRemove={() => onChange(conditions.filter(({ key }) => key !== condition.key))}
            />
          )}
        </FieldLine>
      ))}
      <FieldLine word={conditions.length === 0 ? 'and' : ''}>
        <div className="rule-add">
          {open.map((suggestion) => (
            <Button
              key={JSON.stringify(suggestion)}
              small
              variant="ghost"
              icon="plus"
              disabled={isFull}
              onClick={() => onChange([...conditions, toConditionForm(suggestion, nextKey)])}
            >
              <span className="cut">
                <Sentence parts={describeCondition(suggestion)} />
              </span>
            </Button>
          ))}
          <Button
            small
            variant="ghost"
            icon="plus"
            disabled={isFull}
            onClick={() => onChange([...conditions, emptyCondition(nextKey)])}
          >
            {conditions.length === 0 ? 'Only with certain arguments' : 'Another condition'}
          </Button>
        </div>
      </FieldLine>
    </>
  );
}

function isAbout(form: ConditionForm, condition: ArgumentCondition): boolean {
  return form.argument === condition.argument && form.op === condition.op;
}

interface ConditionRowProps {
  condition: ConditionForm;
  inputSchema: Json | undefined;
  problemId: string | undefined;
  onChange: (condition: ConditionForm) => void;
  onRemove: () => void;
}

function ConditionRow({ condition, inputSchema, problemId, onChange, onRemove }: ConditionRowProps) {
  const schema = schemaAt(inputSchema, condition.argument);
  const offered = operatorsFor(schema);
  const ops: ConditionOp[] = offered.includes(condition.op) ? offered : [condition.op, ...offered];
  const args = listArguments(inputSchema);
  return (
    <div className="cond">
      <div className="cond-head">
        <SuggestField
          label="Argument"
          mono
          placeholder="argument"
          value={condition.argument}
          onChange={(argument) => onChange(withArgument(condition, argument, inputSchema))}
          invalid={problemId !== undefined && condition.argument === ''}
          describedBy={problemId}
          suggestions={args.map(({ path, type, required, description }) => ({
            value: path,
            detail: [type, required ? 'always given' : 'optional', makeVisibleLine(description).slice(0, 80)]
              .filter(Boolean)
              .join(' · '),
          }))}
        />
        <SelectMenu
          label="Operator"
          value={condition.op}
          options={ops.map((op) => ({ value: op, label: operatorWords[op] }))}
          onChange={(op) => onChange(withOperator(condition, op))}
        />
        <IconButton icon="x" label="Remove this condition" ghost small onClick={onRemove} />
      </div>
      {shapeOf(condition.op) !== 'none' && (
        <ConditionValue
          condition={condition}
          schema={schema}
          kindIsKnown={kindOf(schema) !== null}
          problemId={problemId}
          onChange={onChange}
        />
      )}
    </div>
  );
}
