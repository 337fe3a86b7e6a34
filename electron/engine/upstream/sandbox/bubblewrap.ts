import type { Launch, SandboxPlan } from './sandbox-plan.ts';

/** Programs, libraries and settings of the system; what a system does not have is left out. */
const systemFolders = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc',
  '/opt',
  '/nix/store',
  '/run/current-system',
];
/** Where /etc/resolv.conf points on systems that resolve names by a service. */
const resolverFolders = ['/run/systemd/resolve', '/run/resolvconf', '/run/NetworkManager'];

/**
 * The command line that runs a program inside bubblewrap: an empty root with the system read-only, an empty home, and
 * what the plan names. Nothing of `/run`, `/var`, other homes or mounted disks is there; no capability, no other process
 * is seen, and everything ends with the first process.
 */
export function bubblewrapArgs(plan: SandboxPlan, launch: Launch): string[] {
  return [
    ...['--die-with-parent', '--cap-drop', 'ALL'],
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...(plan.network ? [] : ['--unshare-net']),
    ...systemFolders.flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...(plan.network ? resolverFolders.flatMap((folder) => ['--ro-bind-try', folder, folder]) : []),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...plan.hidden.flatMap((folder) => ['--tmpfs', folder]),
    ...mounts(plan).flatMap(({ flag, at }) => [flag, at, at]),
    ...['--chdir', launch.cwd, '--setenv', 'HOME', plan.ownDir, '--setenv', 'TMPDIR', '/tmp'],
    ...['--', launch.file, ...launch.args],
  ];
}

/** Outer folders first: a later mount covers what an earlier one put at the same place. */
function mounts(plan: SandboxPlan): { flag: string; at: string }[] {
  const read = plan.read.map((at) => ({ flag: '--ro-bind', at }));
  const write = [...plan.write, plan.ownDir].map((at) => ({ flag: '--bind', at }));
  const depth = (at: string) => at.split('/').filter((part) => part !== '').length;
  return [...read, ...write].sort((a, b) => depth(a.at) - depth(b.at) || (a.flag < b.flag ? 1 : -1));
}
