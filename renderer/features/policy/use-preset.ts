import { useQueryClient } from '@tanstack/react-query';
import {
  type AgentView,
  type GrantChange,
  type PolicyView,
  type PresetId,
  presets,
} from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { settingsOf } from './agent-settings.ts';

/** Sets where an agent's switches start by tier, with one Undo for both things that takes. */
export function usePreset(
  agent: AgentView,
  view: PolicyView | undefined,
): { busy: boolean; choose: (preset: PresetId) => Promise<boolean> } {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const undoing = useCommand();
  const { busy, run } = useCommand();
  const refresh = () =>
    Promise.all(['policy.get', 'agents.matrix'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  const choose = (preset: PresetId): Promise<boolean> =>
    run(async () => {
      const value = { ...settingsOf(view, agent.id), preset };
      const policy = await bridge.call('policy.change', {
        changes: [{ kind: 'agent', agentId: agent.id, value }],
        version: null,
      });
      // A start of the agent's own would come before the preset; it goes last, so that nothing opens in between.
      const start: GrantChange = { agentId: agent.id, serverId: '*', toolName: '*', effect: null };
      const grants = await bridge.call('grants.set', { changes: [start] });
      await refresh();
      const undo = (): void =>
        void undoing.run(async () => {
          await bridge.call('grants.set', { changes: grants.previous });
          await bridge.call('policy.change', { changes: policy.previous, version: null });
          await refresh();
        });
      const name = presets.find(({ id }) => id === preset)?.name ?? preset;
      toast({ text: `${name} is set for ${makeVisibleLine(agent.name)}`, undo });
    });
  return { busy, choose };
}
