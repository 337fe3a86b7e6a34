import type { Launch, SandboxPlan } from './sandbox-plan.ts';

/**
 * The command line that runs a program under macOS's sandbox-exec. Paths are parameters of the profile, never text in
 * it. Rules further down win over those above.
 */
export function seatbeltArgs(plan: SandboxPlan, launch: Launch): string[] {
  const paths: [name: string, value: string][] = [
    ...plan.hidden.map((path, index): [string, string] => [`HIDDEN_${index}`, path]),
    ...plan.read.map((path, index): [string, string] => [`READ_${index}`, path]),
    ...[...plan.write, plan.ownDir].map((path, index): [string, string] => [`WRITE_${index}`, path]),
  ];
  const named = (start: string) => paths.map(([name]) => name).filter((name) => name.startsWith(start));
  const profile = [
    '(version 1)',
    '(allow default)',
    '(deny appleevent-send)',
    '(deny file-write*)',
    '(allow file-write* (subpath "/dev"))',
    '(deny file-read* (subpath "/Users") (subpath "/Volumes"))',
    ...named('HIDDEN_').map((name) => `(deny file-read* (subpath (param "${name}")))`),
    // Programs look at each folder on the way to their own; names and sizes of others are seen by that, contents not.
    '(allow file-read-metadata)',
    ...named('READ_').map((name) => `(allow file-read* (subpath (param "${name}")))`),
    ...named('WRITE_').map((name) => `(allow file-read* file-write* (subpath (param "${name}")))`),
    ...(plan.network ? [] : ['(deny network*)']),
  ].join('\n');
  const defines = paths.flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  return ['-p', profile, ...defines, launch.file, ...launch.args];
}
