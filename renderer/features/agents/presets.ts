import type { AgentMatrix, Effect, GrantChange, RiskTier } from '../../../electron/shared/index.ts';
import { isListed, switchOf } from './matrix-model.ts';

export const presets = [
  {
    id: 'read-only',
    label: 'Read only',
    hint: 'Sets every listed tool: tools that read to Allow, all others to Block.',
  },
  {
    id: 'ask-before-writes',
    label: 'Ask before writes',
    hint: 'Sets every listed tool: tools that read to Allow, all others to Ask.',
  },
] as const;

export type PresetId = (typeof presets)[number]['id'];

/** The position a preset gives to a tool of this tier. */
export function presetEffect(preset: PresetId, tier: RiskTier): Effect {
  if (tier === 'read') return 'allow';
  return preset === 'read-only' ? 'deny' : 'ask';
}

/** One switch for each listed tool that the preset does not already find set on that tool. */
export function presetChanges(matrix: AgentMatrix, preset: PresetId): GrantChange[] {
  const changes: GrantChange[] = [];
  for (const server of matrix.servers) {
    if (!isListed(server)) continue;
    for (const tool of server.tools) {
      const effect = presetEffect(preset, tool.risk.tier);
      if (tool.own === effect) continue;
      changes.push({ agentId: matrix.agentId, serverId: server.serverId, toolName: tool.tool, effect });
    }
  }
  return changes;
}

/** The preset that describes every listed tool's switch; null (Custom) when none does or nothing is listed. */
export function matchPreset(matrix: AgentMatrix): PresetId | null {
  const listed = matrix.servers.filter(isListed);
  if (listed.every((server) => server.tools.length === 0)) return null;
  const match = presets.find((preset) =>
    listed.every((server) =>
      server.tools.every((tool) => switchOf(matrix, server, tool).effect === presetEffect(preset.id, tool.risk.tier)),
    ),
  );
  return match?.id ?? null;
}
