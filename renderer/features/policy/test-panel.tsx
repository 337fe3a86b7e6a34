import { useId, useState } from 'react';
import { anything, type PolicyChange, type TestedCall } from '../../../electron/shared/index.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { TextArea } from '../../ui/field.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { LoadError } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { Segment } from '../../ui/segment.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { SuggestField } from '../../ui/suggest-field.tsx';
import type { Json } from '../servers/describe-schema.ts';
import { DecisionLadder } from './decision-ladder.tsx';
import { effectLooks } from './policy-words.ts';
import { RiskFacts } from './risk-facts.tsx';
import { FieldLine } from './rule-fields.tsx';
import { listTestFields, readArguments, readTestFields, type TestField, writeTestFields } from './test-form.ts';
import { usePolicyQuery } from './use-policy.ts';
import { inputSchemaOf, useToolChoices } from './use-tool-choices.ts';

interface TestPanelProps {
  /** Not saved yet, but in force for the test. */
  changes: readonly PolicyChange[];
  /** Whom and what the test begins with; what names none of them, or a pattern, stands for the first there is. */
  start: { agent: string; server: string; tool: string };
}

interface TestCall {
  agentId: string;
  serverId: string;
  tool: string;
  arguments: Record<string, Json>;
}

/** A call that is not made: who, what, with what – and how it would be decided, as it is typed. */
export function TestPanel({ changes, start }: TestPanelProps) {
  const agents = useEngineStore((state) => state.agents);
  const servers = useEngineStore((state) => state.servers);
  const [agent, setAgent] = useState(start.agent);
  const [server, setServer] = useState(start.server);
  const [tool, setTool] = useState(start.tool.includes(anything) ? '' : start.tool);
  const agentId = agent === anything ? (agents[0]?.id ?? '') : agent;
  const serverId = servers.some(({ id }) => id === server) ? server : (servers[0]?.id ?? '');
  const tools = useToolChoices(serverId);
  const schema = inputSchemaOf(tools, tool);
  const isKnown = tools.some(({ name }) => name === tool);
  const [args, setArgs] = useState<Record<string, Json> | null>({});
  const call = { agentId, serverId, tool, arguments: args ?? {} };
  return (
    <div className="db">
      <div className="rule-fields">
        <FieldLine word="When">
          <SelectMenu
            label="Agent"
            value={agentId}
            placeholder="no agent"
            options={agents.map(({ id, name }) => ({ value: id, label: makeVisibleLine(name) }))}
            onChange={setAgent}
          />
        </FieldLine>
        <FieldLine word="calls">
          <div className="rule-target">
            <SelectMenu
              label="Server"
              value={serverId}
              placeholder="no server"
              options={servers.map(({ id, name }) => ({ value: id, label: makeVisibleLine(name) }))}
              onChange={(id) => {
                setServer(id);
                setTool('');
              }}
            />
            <SuggestField
              label="Tool"
              mono
              placeholder="tool"
              value={tool}
              onChange={setTool}
              suggestions={tools.map(({ name }) => ({ value: name }))}
            />
          </div>
        </FieldLine>
        <ArgumentFields key={`${serverId} ${tool}`} schema={schema} onChange={setArgs} />
      </div>
      {tool !== '' && !isKnown && <p className="t3">This server has no tool of that name.</p>}
      {args !== null && agentId !== '' && isKnown && <TestOutcome call={call} changes={changes} />}
    </div>
  );
}

interface ArgumentFieldsProps {
  schema: Json | undefined;
  /** Null: what is written is not an object of arguments. */
  onChange: (args: Record<string, Json> | null) => void;
}

/** One field for each input, or all arguments as JSON. */
function ArgumentFields({ schema, onChange }: ArgumentFieldsProps) {
  const fields = listTestFields(schema);
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [json, setJson] = useState('{}');
  const reading = readArguments(json);
  const isForm = mode === 'form' && fields !== null;
  const type = (name: string, text: string): void => {
    const next = { ...typed, [name]: text };
    setTyped(next);
    if (fields !== null) onChange(readTestFields(fields, next));
  };
  const write = (text: string): void => {
    setJson(text);
    const next = readArguments(text);
    onChange(next.ok ? next.value : null);
  };
  const swap = (next: 'form' | 'json'): void => {
    if (next === mode || fields === null) return;
    if (next === 'json') setJson(JSON.stringify(readTestFields(fields, typed), null, 2));
    else {
      const back = reading.ok ? writeTestFields(fields, reading.value) : null;
      if (back === null) return;
      setTyped(back);
    }
    setMode(next);
  };
  return (
    <>
      {isForm &&
        fields.map((field) => (
          <ArgumentField key={field.name} field={field} text={typed[field.name] ?? ''} onType={type} />
        ))}
      {!isForm && (
        <FieldLine word="with">
          <TextArea
            label="Arguments as JSON"
            hideLabel
            mono
            rows={6}
            value={json}
            error={reading.ok ? null : reading.message}
            onChange={write}
          />
        </FieldLine>
      )}
      {fields !== null && (
        <FieldLine word="">
          <Segment
            label="How arguments are written"
            value={mode}
            options={[
              { value: 'form', label: 'Fields' },
              { value: 'json', label: 'JSON' },
            ]}
            onChange={swap}
          />
        </FieldLine>
      )}
    </>
  );
}

interface ArgumentFieldProps {
  field: TestField;
  text: string;
  onType: (name: string, text: string) => void;
}

function ArgumentField({ field, text, onType }: ArgumentFieldProps) {
  const id = useId();
  const name = makeVisibleLine(field.name);
  const choices = field.kind === 'boolean' ? ['true', 'false'] : field.choices;
  return (
    <div className="test-arg">
      <span className="mono cut" title={makeVisibleLine(field.description)} id={id}>
        {name}
      </span>
      <SuggestField
        label={name}
        mono
        value={text}
        placeholder={field.required ? 'needed' : 'left out'}
        suggestions={choices.map((value) => ({ value }))}
        onChange={(next) => onType(field.name, next)}
      />
    </div>
  );
}

/** Milliseconds without a key before the engine is asked. */
const settleMs = 200;

function TestOutcome({ call, changes }: { call: TestCall; changes: readonly PolicyChange[] }) {
  const settled = useSettled({ ...call, changes: [...changes] }, settleMs);
  const tested = usePolicyQuery('policy.test', settled, (bridge) => bridge.call('policy.test', settled));
  if (tested.error !== null) {
    return (
      <LoadError
        title="The call could not be tried"
        detail={`${tested.error.message} ${tested.error.fix}`.trim()}
        stillWorks="No call was made."
        onRetry={tested.retry}
      />
    );
  }
  if (tested.data === undefined) return null;
  return <TestResult tested={tested.data} agentId={call.agentId} serverId={call.serverId} />;
}

function TestResult({ tested, agentId, serverId }: { tested: TestedCall; agentId: string; serverId: string }) {
  const { decision, argumentsProblem, listed, risk } = tested;
  return (
    <>
      <section aria-live="polite">
        <div className="lab">Comes to</div>
        <p className="test-effect">
          <StateWord {...effectLooks[decision.effect]} loud /> <span className="t2">{decision.reason}</span>
        </p>
        {argumentsProblem !== null && (
          <p className="t2">
            Refused before policy is asked: <RawText text={argumentsProblem} />
          </p>
        )}
        {!listed && <p className="t2">The agent does not see this tool, and is told that there is none.</p>}
      </section>
      <DecisionLadder decision={decision} agentId={agentId} serverId={serverId} />
      <RiskFacts risk={risk} />
    </>
  );
}
