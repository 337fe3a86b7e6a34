import { type ApprovalView, type GrantView, stormAt } from '../shared/index.ts';
import { menuLabel } from './plain-label.ts';
import type { TrayMenuItem } from './tray-model.ts';

/** What a click on an approval or a permission in the tray's menu asks for. */
export interface ApprovalMenuActions {
  review(): void;
  deny(approval: ApprovalView): void;
  /** Offered for reading only: a menu cannot show arguments. The engine refuses it for anything else. */
  approve(approval: ApprovalView): void;
  denyAll(agentId: string): void;
  pauseAgent(agentId: string): void;
  endGrant(id: string): void;
}

/** Items of the menu that name a single waiting approval. */
const listedApprovals = 3;
const listedGrants = 12;

/** The first that wait, by agent and tool; a storm of one agent is one item. */
export function waitingItems(waiting: readonly ApprovalView[], actions: ApprovalMenuActions): TrayMenuItem[] {
  const byAgent = new Map<string, ApprovalView[]>();
  for (const approval of waiting) byAgent.set(approval.agentId, [...(byAgent.get(approval.agentId) ?? []), approval]);
  const items: TrayMenuItem[] = [];
  for (const approvals of byAgent.values()) {
    if (approvals.length >= stormAt) items.push(...stormItem(approvals, actions));
    else items.push(...approvals.map((approval) => approvalItem(approval, actions)));
  }
  return items.slice(0, listedApprovals);
}

/** What is allowed without asking, with its end and the way to end it now. Nothing when there is none. */
export function grantItems(grants: readonly GrantView[], actions: ApprovalMenuActions): TrayMenuItem[] {
  if (grants.length === 0) return [];
  const submenu = grants.slice(0, listedGrants).map((grant) => ({
    id: grant.id,
    label: `${nameOf(grant)}, ${endOf(grant)}`,
    submenu: [{ label: 'End now', click: () => actions.endGrant(grant.id) }],
  }));
  return [{ label: grants.length === 1 ? '1 permission in force' : `${grants.length} permissions in force`, submenu }];
}

function approvalItem(approval: ApprovalView, actions: ApprovalMenuActions): TrayMenuItem {
  const submenu: TrayMenuItem[] = [
    { label: 'Review…', click: actions.review },
    { label: 'Deny', click: () => actions.deny(approval) },
  ];
  if (approval.risk.tier === 'read') submenu.push({ label: 'Approve once', click: () => actions.approve(approval) });
  return { id: approval.id, label: nameOf(approval), submenu };
}

function stormItem(approvals: readonly ApprovalView[], actions: ApprovalMenuActions): TrayMenuItem[] {
  const [first] = approvals;
  if (!first) return [];
  const { agentId, agentName } = first;
  return [
    {
      id: `storm ${agentId}`,
      label: `${menuLabel(agentName)}: ${approvals.length} waiting`,
      submenu: [
        { label: 'Review…', click: actions.review },
        { label: 'Deny all', click: () => actions.denyAll(agentId) },
        { label: 'Pause agent', click: () => actions.pauseAgent(agentId) },
      ],
    },
  ];
}

function nameOf({ agentName, tool }: { agentName: string; tool: string }): string {
  return `${menuLabel(agentName)} → ${menuLabel(tool)}`;
}

/** A time, not a countdown: a menu that is open does not change. */
function endOf({ expiresAt, untilQuit }: GrantView): string {
  if (expiresAt !== null)
    return `until ${new Date(expiresAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}`;
  return untilQuit ? 'until ScopeGate quits' : 'always';
}
