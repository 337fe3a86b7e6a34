import { type AgentView, type PolicyView, type PresetId, presets } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Segment } from '../../ui/segment.tsx';
import { settingsOf } from './agent-settings.ts';
import { usePreset } from './use-preset.ts';

/** The agent's preset; Custom while its start is one position for every tier. */
export function PresetSegment({ agent, view }: { agent: AgentView; view: PolicyView | undefined }) {
  const { busy, choose } = usePreset(agent, view);
  const current = agent.defaultEffect === null ? settingsOf(view, agent.id).preset : null;
  const options = [
    ...presets.map((preset) => ({ value: preset.id, label: preset.name, hint: preset.about })),
    {
      value: 'custom' as const,
      label: 'Custom',
      hint: 'Shown when the start is the same for every tier.',
      disabled: current !== null,
    },
  ];
  const onChange = (next: PresetId | 'custom'): void => {
    if (next !== 'custom') void choose(next);
  };
  return (
    <Segment
      label={`Preset of ${makeVisibleLine(agent.name)}`}
      value={current ?? 'custom'}
      options={options}
      onChange={onChange}
      disabled={busy || agent.managed}
    />
  );
}
