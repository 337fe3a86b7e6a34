import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { EngineStatus } from '../../electron/shared/index.ts';
import type { PauseShortcut } from '../../electron/shell/pause-shortcut.ts';
import type { ShellState } from '../../electron/shell/shell-state.ts';
import {
  type TrayActions,
  type TrayMenuItem,
  trayIcon,
  trayMenu,
  trayTooltip,
} from '../../electron/shell/tray-model.ts';
import { makeApproval, makeApprovalState, makeStatus } from './bridge-values.ts';

function makeState(waiting = 0, sessions: number[] = [], engine: Partial<EngineStatus> = {}): ShellState {
  return {
    engine: makeStatus(engine),
    sessions: new Map(sessions.map((count, index) => [`agent-${index}`, count])),
    approvals: makeApprovalState(),
    vault: 'empty',
    signInsNeeded: new Map(),
    waiting: Array.from({ length: waiting }, (_, index) => makeApproval({ id: `p${index}`, digest: `d${index}` })),
  };
}

const actions = (): TrayActions => ({
  review: vi.fn(),
  deny: vi.fn(),
  approve: vi.fn(),
  denyAll: vi.fn(),
  pauseAgent: vi.fn(),
  endGrant: vi.fn(),
  setAway: vi.fn(),
  setPaused: vi.fn(),
  setPauseShortcut: vi.fn(),
  lockVault: vi.fn(),
  signIn: vi.fn(),
  openWindow: vi.fn(),
  quit: vi.fn(),
});

const shortcut: PauseShortcut = { keys: 'Ctrl+Alt+Shift+P', status: 'on' };

const labels = (menu: TrayMenuItem[]): string[] => menu.map((item) => item.label ?? '—');
const find = (menu: TrayMenuItem[], label: string): TrayMenuItem => {
  const item = menu.find((candidate) => candidate.label === label);
  if (!item) throw new Error(`no item "${label}" in ${labels(menu).join(', ')}`);
  return item;
};

describe('trayIcon', () => {
  test.each([
    ['idle', makeState()],
    ['idle', makeState(0, [0, 0])],
    ['active', makeState(0, [0, 1])],
    ['pending-1', makeState(1, [1])],
    ['pending-9', makeState(9)],
    ['pending-more', makeState(10)],
    ['paused', makeState(2, [1], { paused: true, state: 'paused' })],
    ['fault', makeState(0, [1], { state: 'degraded' })],
    ['fault', makeState(2, [], { state: 'no_listener', paused: true })],
  ])('is %s', (icon, state) => {
    expect(trayIcon(state)).toBe(icon);
  });

  test('has a picture in every size for every state', () => {
    const folder = join(import.meta.dirname, '..', '..', 'assets', 'tray');
    const states = [
      makeState(),
      makeState(0, [1]),
      makeState(0, [], { paused: true }),
      makeState(0, [], { state: 'degraded' }),
      ...Array.from({ length: 11 }, (_, count) => makeState(count)),
    ];
    for (const icon of new Set(states.map(trayIcon))) {
      for (const size of [16, 22, 32, 44]) expect(existsSync(join(folder, `${icon}-${size}.png`)), icon).toBe(true);
    }
  });
});

describe('trayTooltip', () => {
  test.each([
    ['ScopeGate — 2 waiting, 3 agents', makeState(2, [1, 4, 1, 0])],
    ['ScopeGate — 1 agent', makeState(0, [2])],
    ['ScopeGate — no agents', makeState()],
    ['ScopeGate — paused, 1 agent', makeState(0, [1], { paused: true })],
    ['ScopeGate — agents cannot connect, no agents', makeState(0, [], { state: 'no_listener' })],
  ])('says "%s"', (text, state) => {
    expect(trayTooltip(state)).toBe(text);
  });
});

describe('trayMenu', () => {
  test('suffices by itself when nothing waits', () => {
    expect(labels(trayMenu(makeState(), shortcut, actions()))).toEqual([
      'Nothing waits for you',
      '—',
      'Pause all agents',
      'Pause with Ctrl+Alt+Shift+P anywhere',
      'I am away',
      '—',
      'Open ScopeGate',
      'Quit',
    ]);
  });

  test('names the first three that wait and counts them all', () => {
    const menu = trayMenu(makeState(5), shortcut, actions());
    expect(labels(menu).slice(0, 5)).toEqual([
      '5 approvals waiting…',
      'Claude Code → delete_repository',
      'Claude Code → delete_repository',
      'Claude Code → delete_repository',
      '—',
    ]);
  });

  test('offers Review and Deny, never an approval (security)', () => {
    const menu = trayMenu(makeState(3), shortcut, actions());
    for (const { submenu } of menu) if (submenu) expect(labels(submenu)).toEqual(['Review…', 'Deny']);
    expect(JSON.stringify(menu)).not.toMatch(/approve|allow/i);
  });

  test('shows no argument (security)', () => {
    const state = { ...makeState(), waiting: [makeApproval({ arguments: { a: 'hunter2' }, subject: 'hunter2' })] };
    expect(JSON.stringify(trayMenu(state, shortcut, actions()))).not.toContain('hunter2');
  });

  test('denies exactly the item that was chosen', () => {
    const done = actions();
    const item = trayMenu(makeState(3), shortcut, done)[2];
    item?.submenu?.find(({ label }) => label === 'Deny')?.click?.();
    expect(done.deny).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'p1', digest: 'd1' }));
  });

  test('differs when another approval takes the place of one that reads alike (security)', () => {
    const menuOf = (id: string) =>
      JSON.stringify(trayMenu({ ...makeState(), waiting: [makeApproval({ id })] }, shortcut, actions()));
    expect(menuOf('p1')).not.toBe(menuOf('p2'));
  });

  test('pauses when it runs and resumes when it is paused', () => {
    const done = actions();
    find(trayMenu(makeState(), shortcut, done), 'Pause all agents').click?.();
    const paused = find(trayMenu(makeState(0, [], { paused: true }), shortcut, done), 'Pause all agents');
    expect(paused.checked).toBe(true);
    paused.click?.();
    expect(vi.mocked(done.setPaused).mock.calls).toEqual([[true], [false]]);
  });

  test('says when the keys that pause belong to another program, and lets them be turned on and off', () => {
    const done = actions();
    const toggle = (status: PauseShortcut['status']) =>
      find(trayMenu(makeState(), { ...shortcut, status }, done), 'Pause with Ctrl+Alt+Shift+P anywhere');
    expect([toggle('on').checked, toggle('off').checked, toggle('taken').checked]).toEqual([true, false, false]);
    for (const status of ['on', 'off', 'taken'] as const) toggle(status).click?.();
    expect(vi.mocked(done.setPauseShortcut).mock.calls).toEqual([[false], [true], [true]]);
    const taken = labels(trayMenu(makeState(), { ...shortcut, status: 'taken' }, done));
    expect(taken).toContain('Ctrl+Alt+Shift+P is taken by another program');
  });

  test('says first what is broken', () => {
    const menu = trayMenu(makeState(0, [], { state: 'degraded' }), shortcut, actions());
    expect(menu[0]).toEqual({ label: 'Not working: all calls are refused', enabled: false });
  });
});

describe('credentials in the menu', () => {
  test('lock the vault with one click, and lead to the window to unlock it (security)', () => {
    const own = actions();
    expect(labels(trayMenu(makeState(), shortcut, own)).join()).not.toContain('ault');
    find(trayMenu({ ...makeState(), vault: 'unlocked' }, shortcut, own), 'Lock vault').click?.();
    expect(own.lockVault).toHaveBeenCalledOnce();
    const locked = trayMenu({ ...makeState(), vault: 'locked' }, shortcut, own);
    expect(labels(locked)).not.toContain('Lock vault');
    find(locked, 'Vault is locked. Unlock…').click?.();
    expect(own.openWindow).toHaveBeenCalledOnce();
  });

  test('name the servers that need a sign-in, three at most, and start it with one click', () => {
    const own = actions();
    const signInsNeeded = new Map(['a', 'b', 'c', 'd'].map((id) => [id, `Server ${id}`]));
    const menu = trayMenu({ ...makeState(), signInsNeeded }, shortcut, own);
    find(menu, 'Server b needs sign-in…').click?.();
    expect(own.signIn).toHaveBeenCalledWith('b');
    expect(labels(menu).filter((label) => label.includes('sign-in'))).toHaveLength(4);
    expect(labels(menu)).toContain('1 more needs sign-in…');
    expect(trayTooltip({ ...makeState(), signInsNeeded })).toContain('4 need sign-in');
  });
});
