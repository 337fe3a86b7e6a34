import { describe, expect, it } from 'vitest';
import type { AgentView } from '../../../../electron/shared/index.ts';
import { describeAgent, describeAgentFully } from '../../../../renderer/features/agents/agent-words.ts';

const now = new Date('2026-11-22T13:45:00').getTime();
const agent: AgentView = {
  id: 'a1',
  name: 'Claude Code',
  tokenHint: 'sgk_ab12_…9f2c',
  clientName: null,
  paused: false,
  defaultEffect: 'ask',
  limit: null,
  toolLimit: null,
  createdAt: 0,
  lastSeenAt: null,
  sessions: 0,
  managed: false,
};

describe('how an agent stands', () => {
  it('is connected while a session is open, and says how many', () => {
    const connected = { ...agent, sessions: 2, lastSeenAt: new Date('2026-11-22T13:41:09').getTime() };
    expect(describeAgent(connected, now)).toEqual({ kind: 'connected', word: 'Connected', sessions: '2 sessions' });
    expect(describeAgentFully(connected, now)).toBe('Connected, last seen 13:41');
  });

  it('says since when it was not seen: the time today, else the day', () => {
    expect(describeAgent({ ...agent, lastSeenAt: now - 60_000 }, now).word).toBe('Not seen since 13:44');
    expect(describeAgent({ ...agent, lastSeenAt: new Date('2026-11-09T12:00:00').getTime() }, now).word).toBe(
      'Not seen since 9 Nov',
    );
    expect(describeAgent(agent, now).word).toBe('Never connected');
  });

  it('is paused whatever sessions it has', () => {
    expect(describeAgent({ ...agent, paused: true, sessions: 1 }, now)).toMatchObject({
      kind: 'paused',
      word: 'Paused',
    });
    expect(describeAgentFully({ ...agent, paused: true }, now)).toBe('Paused, its calls are refused');
  });
});
