import type { IconName } from '../ui/icon.tsx';

/** The pages there are, in the order of the sidebar and of Ctrl/Cmd and a digit. A page appears when it works. */
export const pages: readonly { path: string; icon: IconName; label: string }[] = [
  { path: '/live', icon: 'live', label: 'Live' },
  { path: '/approvals', icon: 'hand', label: 'Approvals' },
  { path: '/agents', icon: 'agents', label: 'Agents' },
  { path: '/servers', icon: 'servers', label: 'Servers' },
  { path: '/credentials', icon: 'key', label: 'Credentials' },
  { path: '/policy', icon: 'policy', label: 'Policy' },
  { path: '/audit', icon: 'audit', label: 'Audit' },
  { path: '/analytics', icon: 'analytics', label: 'Analytics' },
  { path: '/settings', icon: 'settings', label: 'Settings' },
];
