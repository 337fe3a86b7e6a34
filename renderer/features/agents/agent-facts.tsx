import { useState } from 'react';
import type {
  AgentMatrix,
  AgentView,
  Effect,
  GrantChange,
  PolicyView,
  Preset,
} from '../../../electron/shared/index.ts';
import { Button } from '../../ui/button.tsx';
import { SelectMenu, type SelectOption } from '../../ui/menu.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { formatLoop, presetOf, settingsOf } from '../policy/agent-settings.ts';
import { usePolicy, usePolicyWriter } from '../policy/use-policy.ts';
import { LimitsDialog } from './limits-dialog.tsx';
import { LoopDialog } from './loop-dialog.tsx';
import { effectWords } from './matrix-model.ts';
import { formatLimit, usedOfLimit } from './rate-limit.ts';

type Start = Effect | 'preset';

const startOptions: readonly SelectOption<Start>[] = [
  { value: 'ask', label: 'Ask', icon: 'hand', detail: 'You decide each call of a new tool.' },
  { value: 'allow', label: 'Allow', icon: 'check', detail: 'New tools work at once, without asking.' },
  { value: 'deny', label: 'Block', icon: 'block', detail: 'New tools stay invisible until you switch them on.' },
];

interface AgentFactsProps {
  agent: AgentView;
  matrix: AgentMatrix | undefined;
  onChange: (changes: GrantChange[], done: string) => Promise<void>;
}

/** The row of facts under the title: where new tools start, limits, token, client. */
export function AgentFacts({ agent, matrix, onChange }: AgentFactsProps) {
  const [isEditing, setIsEditing] = useState(false);
  const { data: view } = usePolicy();
  const preset = presetOf(settingsOf(view, agent.id));
  const used = usedOfLimit(agent.limit, matrix?.limitRemaining ?? null);
  const start = matrix ? matrix.defaultEffect : agent.defaultEffect;
  const setStart = (effect: Start): void => {
    if (effect === 'preset') return;
    const change: GrantChange = { agentId: agent.id, serverId: '*', toolName: '*', effect };
    void onChange([change], `New tools start at ${effectWords[effect]} for ${agent.name}`);
  };
  return (
    <div className="agent-facts">
      <div>
        <div className="lab">New tools start at</div>
        <SelectMenu
          label="New tools start at"
          value={start ?? (preset === null ? 'deny' : 'preset')}
          options={preset === null || start !== null ? startOptions : [presetOption(preset), ...startOptions]}
          onChange={setStart}
          disabled={agent.managed}
        />
      </div>
      <div>
        <div className="lab">Limit</div>
        <LimitButton agent={agent} text={formatLimit(agent.limit)} onEdit={() => setIsEditing(true)} name="Limit">
          {used !== null && <span className="t3">{used} used</span>}
        </LimitButton>
      </div>
      <div>
        <div className="lab">Limit per tool</div>
        <LimitButton
          agent={agent}
          text={formatLimit(agent.toolLimit)}
          onEdit={() => setIsEditing(true)}
          name="Limit per tool"
        />
      </div>
      <GuardFacts agent={agent} view={view} />
      <div>
        <div className="lab">Token</div>
        <code>{agent.tokenHint}</code>
      </div>
      <div>
        <div className="lab">Calls itself</div>
        {agent.clientName === null ? (
          <span className="t3">not connected yet</span>
        ) : (
          <code className="cut">
            <RawText text={agent.clientName} />
          </code>
        )}
      </div>
      {isEditing && <LimitsDialog agent={agent} onClose={() => setIsEditing(false)} />}
    </div>
  );
}

function presetOption(preset: Preset): SelectOption<Start> {
  return { value: 'preset', label: preset.name, detail: `By tier. ${preset.about}` };
}

const guardOptions: readonly SelectOption<'on' | 'off'>[] = [
  {
    value: 'on',
    label: 'Ask',
    icon: 'hand',
    detail: 'After private data and foreign text in one session, a call that sends something out asks.',
  },
  { value: 'off', label: 'Off', detail: 'What a session has seen before does not matter.' },
];

/** What watches the calls one after the other: loops, and sessions that mix private and foreign data. */
function GuardFacts({ agent, view }: { agent: AgentView; view: PolicyView | undefined }) {
  const [isEditing, setIsEditing] = useState(false);
  const { busy, change } = usePolicyWriter();
  const settings = settingsOf(view, agent.id);
  const setGuard = (value: 'on' | 'off'): void => {
    const next = { ...settings, flowGuard: value === 'on' };
    void change([{ kind: 'agent', agentId: agent.id, value: next }], `Mixed sessions of ${agent.name} are changed`);
  };
  return (
    <>
      <div>
        <div className="lab">Same call repeated</div>
        <LimitButton
          agent={agent}
          text={formatLoop(settings.loop)}
          onEdit={() => setIsEditing(true)}
          name="Same call repeated"
        />
      </div>
      <div>
        <div className="lab">Mixed session</div>
        <SelectMenu
          label="Mixed session"
          value={settings.flowGuard ? 'on' : 'off'}
          options={guardOptions}
          onChange={setGuard}
          disabled={busy || agent.managed || view === undefined}
        />
      </div>
      {isEditing && <LoopDialog agent={agent} view={view} onClose={() => setIsEditing(false)} />}
    </>
  );
}

interface LimitButtonProps {
  agent: AgentView;
  name: string;
  text: string;
  onEdit: () => void;
  children?: React.ReactNode;
}

function LimitButton({ agent, name, text, onEdit, children }: LimitButtonProps) {
  if (agent.managed) {
    return (
      <span>
        {text} {children}
      </span>
    );
  }
  return (
    <span className="hs">
      <Button small aria-label={`${name}: ${text}. Change`} onClick={onEdit}>
        {text}
      </Button>
      {children}
    </span>
  );
}
