import type { TraceStep } from '../../../electron/shared/index.ts';

/** Where the thing a step speaks of can be seen and changed; null for a step with nothing to show. */
export function placeOf(step: TraceStep, agentId: string, serverId: string): { href: string; label: string } | null {
  switch (step.step) {
    case 'never-list':
    case 'block-rules':
    case 'ask-rules':
    case 'allow-rules':
    case 'limit':
      if (step.ruleId !== undefined) return { href: `/policy/rule/${step.ruleId}`, label: 'Show rule' };
      return null;
    case 'grant':
      return step.hit ? { href: `/agents/${agentId}`, label: 'Show grants' } : null;
    case 'switch':
    case 'own-switch':
    case 'agent-paused':
    case 'loop':
    case 'flow':
      return step.hit ? { href: `/agents/${agentId}`, label: 'Show agent' } : null;
    case 'review':
      return step.hit ? { href: `/servers/${serverId}`, label: 'Review' } : null;
    default:
      return null;
  }
}
