import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type AgentMatrix,
  type AgentView,
  type Effect,
  type GrantChange,
  type Preset,
  type PresetId,
  presets,
} from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { useMatrix } from '../agents/use-matrix.ts';
import { settingsOf } from '../policy/agent-settings.ts';
import { StepFrame } from './step-frame.tsx';

interface StartStepProps {
  agent: AgentView | null;
  onNext: () => void;
  onBack: (() => void) | null;
  onSkip: () => void;
}

/** Where every switch of the new agent begins. */
export function StartStep({ agent, onNext, onBack, onSkip }: StartStepProps) {
  const bridge = useBridge();
  const queries = useQueryClient();
  const { busy, failure, run } = useCommand({ says: 'here' });
  const agents = useEngineStore((state) => state.agents);
  const chosen = agent ?? agents.find(({ managed }) => !managed) ?? null;
  const [preset, setPreset] = useState<PresetId>('ask-before-writes');
  const go = () =>
    run(async () => {
      if (chosen !== null) {
        const view = await bridge.call('policy.get', {});
        const value = { ...settingsOf(view, chosen.id), preset };
        await bridge.call('policy.change', { changes: [{ kind: 'agent', agentId: chosen.id, value }], version: null });
        // a start of the agent's own would come before the preset; it goes last, so that nothing opens in between
        const start: GrantChange = { agentId: chosen.id, serverId: '*', toolName: '*', effect: null };
        await bridge.call('grants.set', { changes: [start] });
        await queries.invalidateQueries({ queryKey: ['policy.get'] });
      }
      await bridge.call('setup.tryCall', {});
      onNext();
    });
  return (
    <StepFrame
      title="Choose a start"
      about={
        chosen === null
          ? 'No agent is connected yet, so there is nothing to set. You can still see how a call looks.'
          : `This sets where every switch of ${chosen.name} begins. You can change any of them later.`
      }
      skip={
        <Button variant="ghost" onClick={onSkip}>
          Skip
        </Button>
      }
      footer={
        <>
          {onBack !== null && <Button onClick={onBack}>Back</Button>}
          <Button variant="primary" busy={busy} onClick={() => void go()}>
            Send test call
          </Button>
        </>
      }
    >
      {chosen !== null && <Starts agent={chosen} value={preset} onChange={setPreset} />}
      <p className="t2 f12">Next, a test agent makes one call, so that you see a first row and a first question.</p>
      <FormFailure text={failure} />
    </StepFrame>
  );
}

interface StartsProps {
  agent: AgentView;
  value: PresetId;
  onChange: (preset: PresetId) => void;
}

function Starts({ agent, value, onChange }: StartsProps) {
  const { matrix } = useMatrix(agent);
  return (
    <fieldset className="starts">
      <legend className="sr">Start</legend>
      <div className="trihd f11 t3 starts-head" aria-hidden="true">
        <span>Allow</span>
        <span>Ask</span>
        <span>Block</span>
      </div>
      {presets.map((preset) => (
        <label key={preset.id} className="start" data-checked={preset.id === value || undefined}>
          <input
            type="radio"
            name="start"
            checked={preset.id === value}
            onChange={() => onChange(preset.id)}
            aria-label={preset.name}
          />
          <span className="grow">
            <b>{preset.name}</b> {preset.recommended && <span className="t3 f12">recommended</span>}
            <span className="start-about">{preset.about}</span>
          </span>
          <Counts preset={preset} matrix={matrix} />
        </label>
      ))}
    </fieldset>
  );
}

const icons = { allow: 'check', ask: 'hand', deny: 'block' } as const;
const words = { allow: 'allowed', ask: 'ask', deny: 'blocked' } as const;

/** How many tools a preset would allow, ask about and block, by their tier. */
function Counts({ preset, matrix }: { preset: Preset; matrix: AgentMatrix | undefined }) {
  const tools = matrix?.servers.flatMap((server) => server.tools) ?? [];
  const count = (effect: Effect) => tools.filter(({ risk }) => preset.byTier[risk.tier] === effect).length;
  return (
    <span className="tri">
      {(['allow', 'ask', 'deny'] as const).map((effect) =>
        count(effect) === 0 ? (
          <span key={effect} className="e" />
        ) : (
          <span key={effect} className="mix">
            <Icon name={icons[effect]} />
            {count(effect)}
            <span className="sr">{` ${countOf(count(effect), 'tool').replace(/^\S+ /, '')} ${words[effect]}`}</span>
          </span>
        ),
      )}
    </span>
  );
}
