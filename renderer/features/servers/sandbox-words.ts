import type { Sandbox } from '../../../electron/shared/index.ts';

/** The folders of a text with one a line. */
export function foldersOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

/** What a sandbox allows and prevents, each one sentence. `kind`: null where none can be made. */
export function describeHold(sandbox: Sandbox, kind: 'bubblewrap' | 'sandbox-exec' | null): string[] {
  const { read, write, network } = sandbox;
  const open = [...read, ...write];
  return [
    open.length === 0
      ? 'It sees none of your files: no documents, no keys, no browser data.'
      : `Of your files it sees ${open.join(', ')}, and nothing else.`,
    write.length === 0
      ? 'It changes nothing but a folder of its own.'
      : `It can change ${write.join(', ')} and a folder of its own.`,
    network
      ? 'It can reach any address, so what it reads can leave this computer.'
      : 'It has no network at all; npx and uvx cannot download, so install such a server first.',
    kind === 'sandbox-exec'
      ? 'It can still see names of files and other programs, and talk to services of macOS.'
      : 'It sees no other program of yours and cannot touch them.',
    'It can read its own program, the system’s programs and settings, and the variables you give it.',
  ];
}
