import { useState } from 'react';
import type { AgentMatrix, AgentView, Effect, GrantChange } from '../../../electron/shared/index.ts';
import { Button } from '../../ui/button.tsx';
import { SelectMenu, type SelectOption } from '../../ui/menu.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { LimitsDialog } from './limits-dialog.tsx';
import { effectWords } from './matrix-model.ts';
import { formatLimit, usedOfLimit } from './rate-limit.ts';

type Start = Effect | 'global';

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
  const used = usedOfLimit(agent.limit, matrix?.limitRemaining ?? null);
  const start = matrix ? matrix.defaultEffect : agent.defaultEffect;
  const setStart = (effect: Start): void => {
    if (effect === 'global') return;
    const change: GrantChange = { agentId: agent.id, serverId: '*', toolName: '*', effect };
    void onChange([change], `New tools start at ${effectWords[effect]} for ${agent.name}`);
  };
  return (
    <div className="agent-facts">
      <div>
        <div className="lab">New tools start at</div>
        <SelectMenu
          label="New tools start at"
          value={start ?? 'deny'}
          options={startOptions}
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
