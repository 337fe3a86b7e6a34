import { type ReactNode, useId } from 'react';
import { type ArgumentCondition, anything, type Effect, type RateLimit } from '../../../electron/shared/index.ts';
import { formatMoment } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { TextField } from '../../ui/field.tsx';
import { SelectMenu, type SelectOption } from '../../ui/menu.tsx';
import { Segment, type SegmentOption } from '../../ui/segment.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import { ConditionRows } from './condition-rows.tsx';
import { type RuleForm, type RuleLife, suggestName } from './rule-form.ts';
import { useAgentNames } from './use-agent-names.ts';
import type { RuleDraft } from './use-rule-draft.ts';
import { inputSchemaOf, useToolChoices } from './use-tool-choices.ts';

interface RuleFieldsProps {
  draft: RuleDraft;
  /** Conditions made from a call, to be switched on. */
  suggestions: readonly ArgumentCondition[];
  /** The person has tried to save: what is missing is marked. */
  isChecked: boolean;
}

const effectOptions: readonly SegmentOption<Effect>[] = [
  { value: 'deny', label: 'Block', hint: 'The call is refused. Wins over every Ask and Allow.' },
  { value: 'ask', label: 'Ask', hint: 'You decide each call. Wins over Allow.' },
  { value: 'allow', label: 'Allow', hint: 'The call runs without asking.' },
];

const periods: readonly SegmentOption<RateLimit['per']>[] = [
  { value: 's', label: 'second' },
  { value: 'min', label: 'minute' },
  { value: 'h', label: 'hour' },
];

/** The rule as a sentence with gaps: when · calls · and · then · for · at most. */
export function RuleFields({ draft, suggestions, isChecked }: RuleFieldsProps) {
  const { form, setForm, reading } = draft;
  const nameOf = useAgentNames();
  const servers = useEngineStore((state) => state.servers);
  const tools = useToolChoices(form.server.trim());
  const problems = isChecked && !reading.ok ? reading.problems : {};
  const set = (part: Partial<RuleForm>): void => setForm({ ...form, ...part });
  const isNever = form.kind === 'never';
  return (
    <div className="rule-fields">
      {isNever ? (
        <FieldLine word="Never">
          <p className="t2 rule-text">whoever calls it, and whatever rules or grants say</p>
        </FieldLine>
      ) : (
        <FieldLine word="When">
          <AgentMenu value={form.agent} onChange={(agent) => set({ agent })} />
        </FieldLine>
      )}
      <FieldLine word="calls" problem={problems.server ?? problems.tool}>
        {(problemId) => (
          <div className="rule-target">
            <SuggestField
              label="Server"
              placeholder="any server"
              value={form.server}
              onChange={(server) => set({ server })}
              invalid={problems.server !== undefined}
              describedBy={problemId}
              suggestions={servers.map(({ id, name }) => ({
                value: id,
                detail: name === id ? undefined : shorten(name),
              }))}
            />
            <SuggestField
              label="Tool"
              mono
              placeholder="any tool"
              value={form.tool}
              onChange={(tool) => set({ tool })}
              invalid={problems.tool !== undefined}
              describedBy={problemId}
              suggestions={tools.map((tool) => ({ value: tool.name, detail: shorten(tool.description) }))}
            />
          </div>
        )}
      </FieldLine>
      <ConditionRows
        conditions={form.conditions}
        inputSchema={inputSchemaOf(tools, form.tool)}
        suggestions={suggestions}
        problems={problems}
        onChange={(conditions) => set({ conditions })}
      />
      {!isNever && <ThenFields form={form} set={set} limitProblem={problems.limit} />}
      <FieldLine word="called">
        <TextField
          label="Name"
          hideLabel
          value={form.name}
          placeholder={suggestName(form, nameOf)}
          error={problems.name ?? null}
          onChange={(name) => set({ name })}
        />
      </FieldLine>
      {problems.rule !== undefined && (
        <p className="fld-error" role="alert">
          {problems.rule}
        </p>
      )}
    </div>
  );
}

interface ThenFieldsProps {
  form: RuleForm;
  set: (part: Partial<RuleForm>) => void;
  limitProblem: string | undefined;
}

function ThenFields({ form, set, limitProblem }: ThenFieldsProps) {
  return (
    <>
      <FieldLine word="then">
        <Segment label="Effect" value={form.effect} options={effectOptions} onChange={(effect) => set({ effect })} />
      </FieldLine>
      <FieldLine word="for">
        <SelectMenu
          label="How long"
          value={form.life}
          options={lifeOptions(form.keptUntil)}
          onChange={(life) => set({ life })}
        />
      </FieldLine>
      {form.effect !== 'deny' && (
        <FieldLine word="at most" problem={limitProblem}>
          {(problemId) => (
            <div className="rule-limit">
              <span className="field">
                <input
                  aria-label="Calls at most"
                  aria-invalid={limitProblem !== undefined || undefined}
                  aria-describedby={problemId}
                  inputMode="numeric"
                  placeholder="no limit"
                  autoComplete="off"
                  value={form.limitCount}
                  onChange={(event) => set({ limitCount: event.target.value })}
                />
              </span>
              <span className="t2">per</span>
              <Segment
                label="Limit, period"
                value={form.limitPer}
                options={periods}
                onChange={(limitPer) => set({ limitPer })}
              />
            </div>
          )}
        </FieldLine>
      )}
    </>
  );
}

function lifeOptions(keptUntil: number | null): SelectOption<RuleLife>[] {
  const options: SelectOption<RuleLife>[] = [
    { value: 'always', label: 'until I remove it' },
    { value: '15m', label: '15 minutes' },
    { value: '1h', label: '1 hour' },
    { value: '8h', label: '8 hours' },
    { value: '1d', label: '1 day' },
    { value: '7d', label: '7 days' },
    { value: '30d', label: '30 days' },
  ];
  if (keptUntil === null) return options;
  return [{ value: 'kept', label: `until ${formatMoment(keptUntil, Date.now())}` }, ...options];
}

interface FieldLineProps {
  /** The word of the sentence in front of the field. */
  word: string;
  problem?: string | undefined;
  children: ReactNode | ((problemId: string | undefined) => ReactNode);
}

/** One gap of the sentence with the word before it and what is wrong below it. */
export function FieldLine({ word, problem, children }: FieldLineProps) {
  const id = useId();
  const problemId = problem === undefined ? undefined : id;
  return (
    <div className="rule-line">
      <span className="rule-word">{word}</span>
      <div className="rule-gap">
        {typeof children === 'function' ? children(problemId) : children}
        {problem !== undefined && (
          <p id={id} className="fld-error">
            {problem}
          </p>
        )}
      </div>
    </div>
  );
}

/** Any agent, or one of those there are; one that is gone stays chosen. */
function AgentMenu({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const agents = useEngineStore((state) => state.agents);
  const options = [
    { value: anything, label: 'any agent' },
    ...agents.map(({ id, name }) => ({ value: id, label: makeVisibleLine(name) })),
  ];
  return <SelectMenu label="Agent" value={value} options={withGone(options, value)} onChange={onChange} />;
}

function withGone(options: SelectOption<string>[], value: string): SelectOption<string>[] {
  return options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
}

function shorten(text: string | null): string | undefined {
  if (text === null || text === '') return undefined;
  const line = makeVisibleLine(text);
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
