import { describe, expect, it } from 'vitest';
import type { ServerView } from '../../../../electron/shared/index.ts';
import { describeServer, describeServerFully } from '../../../../renderer/features/servers/server-words.ts';

const now = new Date('2026-11-22T14:30:00').getTime();
const at = new Date('2026-11-22T14:03:03').getTime();
const server: ServerView = {
  id: 'github',
  name: 'github',
  transport: { kind: 'stdio', command: 'x', args: [], cwd: null, env: {} },
  enabled: true,
  trusted: false,
  asks: { elicitation: 'allow', sampling: 'ask', roots: 'ask' },
  status: 'running',
  lastError: null,
  serverInfo: null,
  protocolVersion: null,
  toolCount: 3,
  unreviewedCount: 0,
  reviewed: true,
  startedAt: at,
  pid: null,
  managed: false,
};
const lastError = { code: 'exited', message: 'It exits.', fix: '', detail: '', at } as const;

describe('how a server stands', () => {
  it('is running, idle, starting or off in one word', () => {
    expect(describeServer(server).word).toBe('Running');
    expect(describeServer({ ...server, status: 'starting' }).word).toBe('Starting');
    expect(describeServer({ ...server, status: 'idle' })).toMatchObject({ hint: 'Starts with the next call.' });
    expect(describeServer({ ...server, enabled: false }).kind).toBe('off');
  });

  it('puts what a person must act on before what the process does', () => {
    expect(describeServer({ ...server, unreviewedCount: 1 }).word).toBe('Held for review');
    expect(describeServer({ ...server, unreviewedCount: 1, status: 'failing', lastError }).word).toBe('Failing');
    expect(describeServer({ ...server, enabled: false, unreviewedCount: 1 }).word).toBe('Off');
  });

  it('says since when in the title bar', () => {
    expect(describeServerFully(server, now)).toBe('Running since 14:03');
    expect(describeServerFully({ ...server, status: 'failing', lastError }, now)).toBe('Failing since 14:03');
    expect(describeServerFully({ ...server, status: 'idle' }, now)).toBe('Idle, starts with the next call');
  });
});
