import { type ApprovalMenuActions, grantItems, waitingItems } from './approval-menu.ts';
import type { PauseShortcut } from './pause-shortcut.ts';
import { menuLabel } from './plain-label.ts';
import { countConnectedAgents, type ShellState } from './shell-state.ts';

/** What stands between the two leaves of the mark. */
export type TrayIcon = 'idle' | 'active' | 'paused' | 'fault' | `pending-${string}`;

/** What a click in the tray's menu asks for. */
export interface TrayActions extends ApprovalMenuActions {
  setAway(away: boolean): void;
  setPaused(paused: boolean): void;
  setPauseShortcut(isWanted: boolean): void;
  lockVault(): void;
  /** Opens the browser at the server's sign-in service. */
  signIn(serverId: string): void;
  openWindow(): void;
  quit(): void;
}

/** The part of Electron's menu template that is used. */
export interface TrayMenuItem {
  /** Tells items apart that read alike. */
  id?: string;
  label?: string;
  type?: 'separator' | 'checkbox';
  checked?: boolean;
  enabled?: boolean;
  click?: () => void;
  submenu?: TrayMenuItem[];
}

export function trayIcon(state: ShellState): TrayIcon {
  if (faultOf(state) !== null) return 'fault';
  if (state.engine.paused) return 'paused';
  const { length } = state.waiting;
  if (length > 0) return `pending-${length > 9 ? 'more' : length}`;
  return countConnectedAgents(state) > 0 ? 'active' : 'idle';
}

/** "ScopeGate — 2 waiting, 3 agents". */
export function trayTooltip(state: ShellState): string {
  const facts: string[] = [];
  const fault = faultOf(state);
  if (fault !== null) facts.push(fault);
  else if (state.engine.paused) facts.push('paused');
  if (state.waiting.length > 0) facts.push(`${state.waiting.length} waiting`);
  const signIns = state.signInsNeeded.size;
  if (signIns > 0) facts.push(signIns === 1 ? '1 needs sign-in' : `${signIns} need sign-in`);
  const agents = countConnectedAgents(state);
  facts.push(agents === 1 ? '1 agent' : `${agents === 0 ? 'no' : agents} agents`);
  return `ScopeGate — ${facts.join(', ')}`;
}

/** The whole menu: many Linux desktops give no click on the icon, so it must suffice by itself. */
export function trayMenu(state: ShellState, shortcut: PauseShortcut, actions: TrayActions): TrayMenuItem[] {
  const { waiting } = state;
  const fault = faultOf(state);
  return [
    ...(fault === null ? [] : [{ label: menuLabel(`Not working: ${fault}`, 80), enabled: false }]),
    ...(waiting.length === 0
      ? [{ label: 'Nothing waits for you', enabled: false }]
      : [{ label: waitingLabel(waiting.length), click: actions.review }]),
    ...waitingItems(waiting, actions),
    ...grantItems(state.approvals.grants, actions),
    ...signInItems(state, actions),
    { type: 'separator' },
    {
      label: 'Pause all agents',
      type: 'checkbox',
      checked: state.engine.paused,
      click: () => actions.setPaused(!state.engine.paused),
    },
    ...shortcutItems(shortcut, actions),
    {
      label: 'I am away',
      type: 'checkbox',
      checked: state.approvals.away !== null,
      click: () => actions.setAway(state.approvals.away === null),
    },
    ...vaultItems(state, actions),
    { type: 'separator' },
    { label: 'Open ScopeGate', click: actions.openWindow },
    { label: 'Quit', click: actions.quit },
  ];
}

function shortcutItems({ keys, status }: PauseShortcut, actions: TrayActions): TrayMenuItem[] {
  const toggle: TrayMenuItem = {
    label: `Pause with ${keys} anywhere`,
    type: 'checkbox',
    checked: status === 'on',
    click: () => actions.setPauseShortcut(status !== 'on'),
  };
  return status === 'taken' ? [{ label: `${keys} is taken by another program`, enabled: false }, toggle] : [toggle];
}

const maxSignIns = 3;

/** Servers that wait for a person to sign in; the rest is on the Servers page. */
function signInItems({ signInsNeeded }: ShellState, actions: TrayActions): TrayMenuItem[] {
  if (signInsNeeded.size === 0) return [];
  const shown = [...signInsNeeded].slice(0, maxSignIns);
  const rest = signInsNeeded.size - shown.length;
  return [
    { type: 'separator' },
    ...shown.map(([id, name]) => ({
      id: `sign-in-${id}`,
      label: `${menuLabel(name, 40)} needs sign-in…`,
      click: () => actions.signIn(id),
    })),
    ...(rest === 0
      ? []
      : [{ label: rest === 1 ? '1 more needs sign-in…' : `${rest} more need sign-in…`, click: actions.openWindow }]),
  ];
}

/** Locking is one click; unlocking wants a passphrase or a look at the app, so it is done in the window. */
function vaultItems({ vault }: ShellState, actions: TrayActions): TrayMenuItem[] {
  if (vault === 'unlocked') return [{ label: 'Lock vault', click: actions.lockVault }];
  if (vault === 'locked') return [{ label: 'Vault is locked. Unlock…', click: actions.openWindow }];
  return [];
}

/** Why the engine guards nothing at the moment, in a few words; null when it does. */
function faultOf(state: ShellState): string | null {
  switch (state.engine.state) {
    case 'degraded':
      return 'all calls are refused';
    case 'no_listener':
      return 'agents cannot connect';
    case 'stopped':
      return 'stopped';
    default:
      return null;
  }
}

function waitingLabel(count: number): string {
  return count === 1 ? '1 approval waiting…' : `${count} approvals waiting…`;
}
