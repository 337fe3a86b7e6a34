import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Sandbox } from '../../../shared/index.ts';
import type { FoundProgram } from '../find-program.ts';
import type { OpenContext } from '../open-context.ts';
import { bubblewrapArgs } from './bubblewrap.ts';
import { probeSandbox } from './probe-sandbox.ts';
import { findProgramParts } from './program-parts.ts';
import { isInside, type Launch, type SandboxPlan } from './sandbox-plan.ts';
import { seatbeltArgs } from './seatbelt.ts';

interface PlainLaunch {
  program: FoundProgram;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
}

/**
 * What to spawn: the program itself, or the sandbox that runs it. A sandbox that was asked for and cannot be made is a
 * `LinkFault` of kind `sandbox`: the program never starts without it.
 */
export async function confineLaunch(plain: PlainLaunch, context: OpenContext): Promise<Launch> {
  const { program, cwd, env } = plain;
  const launch: Launch = { file: program.file, args: [...program.prefixArgs, ...plain.args], env, cwd };
  if (context.sandbox === null) return launch;
  const support = await probeSandbox(context.env);
  if (!support.available) {
    throw context.makeFault('sandbox', {
      message: `This server is to run in a sandbox, and none can be made: ${support.reason} It was not started.`,
      fix: support.fix || 'Take the sandbox away under Sandbox, if you want it to run without one.',
    });
  }
  const plan = await planSandbox(context.sandbox, launch, context);
  const args = support.kind === 'bubblewrap' ? bubblewrapArgs(plan, launch) : seatbeltArgs(plan, launch);
  return { file: support.file, args, cwd: plan.ownDir, env: { ...env, HOME: plan.ownDir } };
}

async function planSandbox(sandbox: Sandbox, launch: Launch, context: OpenContext): Promise<SandboxPlan> {
  const home = homeOf(context);
  await mkdir(context.ownDir, { recursive: true, mode: 0o700 });
  const ownDir = await realpath(context.ownDir);
  const [read, write] = await Promise.all([
    resolveFolders(sandbox.read, context, ownDir),
    resolveFolders(sandbox.write, context, ownDir),
  ]);
  const hidden = [...new Set([home, await realpath(home), dataDirOf(ownDir)])];
  const parts = await findProgramParts(launch, hidden);
  const isOwnFolder = isInside(await realpath(launch.cwd), ownDir);
  const cwd = isOwnFolder ? [] : await resolveFolders([launch.cwd], context, ownDir);
  return { hidden, ownDir, network: sandbox.network, read: [...new Set([...parts, ...cwd, ...read])], write };
}

function homeOf(context: OpenContext): string {
  const home = context.env.HOME;
  if (home !== undefined && path.isAbsolute(home) && home !== '/') return home;
  throw context.makeFault('sandbox', {
    message: 'The home folder that a sandbox would hide is not known (HOME is not set), so the server was not started.',
    fix: 'Start ScopeGate with HOME set.',
  });
}

/** `servers/<id>` lies in the folder that holds the audit log, the policy and what other servers keep. */
function dataDirOf(ownDir: string): string {
  return path.dirname(path.dirname(ownDir));
}

/** Of ScopeGate's data a server may see its own folder, and programs that were unpacked from a bundle. */
function isOpenData(real: string, dataDir: string, ownDir: string): boolean {
  return isInside(real, ownDir) || real.startsWith(`${path.join(dataDir, 'bundles')}/`);
}

/** Real paths, so that a link cannot make a listed folder another one later than now. */
async function resolveFolders(folders: readonly string[], context: OpenContext, ownDir: string): Promise<string[]> {
  const dataDir = dataDirOf(ownDir);
  return Promise.all(
    folders.map(async (folder) => {
      const full = folder.startsWith('~/') ? path.join(homeOf(context), folder.slice(2)) : folder;
      const real = await realpath(full).catch(() => null);
      if (real === null) {
        throw context.makeFault('sandbox', {
          message: `The folder ${folder} of this server's sandbox does not exist, so the server was not started.`,
          fix: 'Create it, or take it off the list under Sandbox.',
        });
      }
      if (isInside(dataDir, real) || (isInside(real, dataDir) && !isOpenData(real, dataDir, ownDir))) {
        throw context.makeFault('sandbox', {
          message: `The folder ${folder} would open ScopeGate's own data to this server, so it was not started.`,
          fix: 'List a folder further in, without the data folder of ScopeGate.',
        });
      }
      return real;
    }),
  );
}
