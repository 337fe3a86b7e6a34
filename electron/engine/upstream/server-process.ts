import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { StdioTransport } from '../../shared/index.ts';
import { createLineScanner } from '../wire/line-scanner.ts';
import { makeChildEnv } from './child-env.ts';
import type { FoundProgram } from './find-program.ts';
import { killTree, signalGroup } from './kill-tree.ts';
import type { LinkFault } from './link.ts';
import type { OpenContext } from './open-context.ts';
import { resolveReferences } from './references.ts';
import { confineLaunch } from './sandbox/confine-launch.ts';

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running server and the group of everything it started. */
export interface ServerProcess {
  readonly pid: number;
  /** Writes one line; false when the server has not read its input for so long that it must be given up. */
  writeLine(text: string): boolean;
  /** Resolves when the process is gone and its last output is read. */
  readonly ended: Promise<ProcessEnd>;
  /** stdin closed, then SIGTERM to the group, then SIGKILL; resolves when nothing of the group is left. Never rejects. */
  stop(): Promise<void>;
}

export interface StdoutReader {
  onLine(line: Buffer): void;
  onOverflow(head: Buffer, tail: Buffer): void;
}

const maxUnreadInput = 16 * 1024 * 1024;
const stdinGraceMs = 1500;
const outputGraceMs = 300;
const maxStderrLine = 64 * 1024;

/** Starts the server without a shell, in a group of its own. Throws a `LinkFault` that says what is missing. */
export async function startServerProcess(
  transport: StdioTransport,
  context: OpenContext,
  maxLineBytes: number,
  reader: StdoutReader,
): Promise<ServerProcess> {
  const configured = { ...(await resolveReferences(transport.env, context)), ...(await armProcess(context)) };
  const cwd = await chooseFolder(transport, context);
  const program = await locateProgram(transport, cwd, context);
  const env = makeChildEnv(context.env, program.searchPath, configured);
  const launch = await confineLaunch({ program, args: transport.args, cwd, env }, context);
  const child = spawn(launch.file, launch.args, {
    cwd,
    env: launch.env,
    shell: false,
    windowsHide: true,
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const pid = await waitForSpawn(child, program, context);
  const recorded = context.registry.record(pid, context.serverId, [
    program.file,
    ...program.prefixArgs,
    ...transport.args,
  ]);
  readOutput(child, context, maxLineBytes, reader);
  return controlProcess(child, pid, () => recorded.then(() => context.registry.forget(pid)));
}

/** Credentials go to the program they are bound to, by its environment and by nothing that others could read. */
async function armProcess(context: OpenContext): Promise<Record<string, string>> {
  const armed = await context.credentials.forProcess();
  if (armed.ok) return armed.value;
  const { message, fix } = armed.why;
  throw context.makeFault('credential', { message, fix });
}

async function chooseFolder(transport: StdioTransport, context: OpenContext): Promise<string> {
  if (transport.cwd === null) {
    await mkdir(context.ownDir, { recursive: true, mode: 0o700 });
    return context.ownDir;
  }
  const home = context.env.HOME ?? context.env.USERPROFILE ?? '';
  const cwd = transport.cwd.startsWith('~/') ? path.join(home, transport.cwd.slice(2)) : path.resolve(transport.cwd);
  const isFolder = await stat(cwd).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return cwd;
  throw context.makeFault('not_found', {
    message: `The working folder ${cwd} does not exist.`,
    fix: 'Create the folder, or choose another one for this server.',
  });
}

async function locateProgram(transport: StdioTransport, cwd: string, context: OpenContext): Promise<FoundProgram> {
  const search = await context.finder.find(transport.command, cwd);
  if (search.ok) return search.program;
  if (search.reason === 'batch_file') {
    throw context.makeFault('not_found', {
      message: `"${transport.command}" is a batch file that is no shim of a Node.js program.`,
      fix: 'Give the program itself: batch files run only through a shell, which ScopeGate never uses.',
      detail: search.searched.join('\n'),
    });
  }
  throw context.makeFault('not_found', {
    message: `The program "${transport.command}" was not found.`,
    fix: 'Install it, or give the full path of the program.',
    detail: `Looked in:\n${search.searched.join('\n')}`,
  });
}

function waitForSpawn(
  child: ChildProcessWithoutNullStreams,
  program: FoundProgram,
  context: OpenContext,
): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number));
    // Kept for the life of the child: an 'error' without a listener would end the engine.
    child.on('error', (error: NodeJS.ErrnoException) => reject(spawnFault(error, program, context)));
  });
}

function spawnFault(error: NodeJS.ErrnoException, program: FoundProgram, context: OpenContext): LinkFault {
  const isMissing = error.code === 'ENOENT';
  return context.makeFault(isMissing ? 'not_found' : 'other', {
    message: isMissing
      ? `${program.file} could not be started: it, or the interpreter its first line names, does not exist.`
      : `${program.file} could not be started (${error.code ?? 'unknown reason'}).`,
    fix: 'Run the same command in a terminal to see what is missing.',
    detail: error.message,
  });
}

function readOutput(
  child: ChildProcessWithoutNullStreams,
  context: OpenContext,
  maxLineBytes: number,
  reader: StdoutReader,
): void {
  const stdout = createLineScanner({ maxLineBytes, onLine: reader.onLine, onOverflow: reader.onOverflow });
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stdout.on('end', () => stdout.end());
  const stderr = createLineScanner({
    maxLineBytes: maxStderrLine,
    onLine: (line) => context.ring.add('stderr', line.toString('utf8')),
    onOverflow: () => context.ring.add('gateway', 'Dropped a line of more than 64 KiB from stderr.'),
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stderr.on('end', () => stderr.end());
  // A server that closed its end is seen as ended by 'exit'; the pipe's own error adds nothing.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
}

function controlProcess(
  child: ChildProcessWithoutNullStreams,
  pid: number,
  onGone: () => Promise<void>,
): ServerProcess {
  const ended = waitForEnd(child);
  const gone = ended.then(async () => {
    // What the server started and left behind is still in its group.
    if (process.platform !== 'win32' && signalGroup(pid, 0)) await killTree(pid);
    await onGone();
  });
  let stopping: Promise<void> | null = null;

  async function stop(): Promise<void> {
    child.stdin.end();
    const graceOver = await Promise.race([ended.then(() => false), delay(stdinGraceMs).then(() => true)]);
    if (graceOver) await killTree(pid);
    await gone;
  }

  return {
    pid,
    ended,
    writeLine(text) {
      if (child.stdin.writable) child.stdin.write(`${text}\n`);
      return child.stdin.writableLength <= maxUnreadInput;
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/**
 * 'exit' and not 'close' decides: a grandchild that inherited the pipes would keep 'close' waiting. Last lines already
 * in the pipes are still read.
 */
async function waitForEnd(child: ChildProcessWithoutNullStreams): Promise<ProcessEnd> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = await new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await Promise.race([closed, delay(outputGraceMs)]);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  return end;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
