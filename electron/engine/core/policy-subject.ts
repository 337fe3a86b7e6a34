import type { ToolSubject } from './evaluate.ts';
import type { ResolvedTool } from './stages.ts';

/**
 * What the switches know a target by. A tool and the tasks it started go by the tool's name. Prompts, resources and the
 * rest have no switch of their own: their name holds a NUL, which no switch can, so the server's, the agent's or the
 * global position decides.
 */
export function policySubject(
  target: Pick<ResolvedTool, 'kind' | 'serverId' | 'name' | 'reviewed'> & Partial<ResolvedTool>,
): ToolSubject {
  const { kind, serverId, name, reviewed, definition, risk, tierRoseAt } = target;
  return {
    serverId,
    name: kind === 'tool' || kind === 'task' ? name : `${kind}\0${name}`,
    reviewed,
    ...(definition === undefined ? {} : { definition }),
    ...(risk === undefined ? {} : { risk }),
    ...(tierRoseAt === undefined ? {} : { tierRoseAt }),
  };
}

/** The server as a whole. */
export function serverSubject(serverId: string): ToolSubject {
  return { serverId, name: '\0', reviewed: true };
}
