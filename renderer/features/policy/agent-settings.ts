import {
  type AgentPolicySettings,
  type Effect,
  type LoopLimit,
  loopLimitSchema,
  type PolicyView,
  type Preset,
  presets,
  type RiskTier,
} from '../../../electron/shared/index.ts';

/** What policy holds of an agent that was never changed. */
const noSettings: AgentPolicySettings = { preset: null, loop: null, flowGuard: false };

export function settingsOf(view: PolicyView | undefined, agentId: string): AgentPolicySettings {
  return view?.agents.find((agent) => agent.agentId === agentId)?.settings ?? noSettings;
}

export function presetOf(settings: AgentPolicySettings): Preset | null {
  return presets.find(({ id }) => id === settings.preset) ?? null;
}

/** Where switches start for each tier; null without a preset. */
export function startsOf(view: PolicyView | undefined, agentId: string): Readonly<Record<RiskTier, Effect>> | null {
  return presetOf(settingsOf(view, agentId))?.byTier ?? null;
}

/** `Ask after 5 in 10 s`, as a button shows it. */
export function formatLoop(loop: LoopLimit | null): string {
  return loop === null ? 'Off' : `Ask after ${loop.count} in ${loop.seconds} s`;
}

/** Reads both numbers; both empty means off. */
export function parseLoop(
  count: string,
  seconds: string,
): { ok: true; loop: LoopLimit | null } | { ok: false; message: string } {
  if (count.trim() === '' && seconds.trim() === '') return { ok: true, loop: null };
  const read = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text.trim()) : Number.NaN);
  const parsed = loopLimitSchema.safeParse({ count: read(count), seconds: read(seconds) });
  if (parsed.success) return { ok: true, loop: parsed.data };
  return { ok: false, message: 'Type 2 to 1 000 calls and 1 to 3 600 seconds, or leave both empty.' };
}
