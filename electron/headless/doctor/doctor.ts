import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultPort } from '../../engine/default-port.ts';
import { defaultDataDir, readVersion } from '../app-paths.ts';
import type { DoctorOptions } from '../cli.ts';
import { createSettingsPort, settingsFileName } from '../ports.ts';
import { checkDataDir } from './data-checks.ts';
import { type Finding, fail, reasonOf } from './finding.ts';
import { checkGateway } from './gateway-checks.ts';
import { checkDatabaseAddon, checkElectron, checkNode, checkPrograms, checkRenderer } from './machine-checks.ts';

export interface DoctorContext {
  env: Readonly<Record<string, string | undefined>>;
  stdout: { write(text: string): unknown };
}

/** Looks at this machine and at a running gateway, and prints what it found. Returns the exit code: 1 when something is broken. */
export async function runDoctor(options: DoctorOptions, context: DoctorContext): Promise<number> {
  const dataDir = options.dataDir ?? defaultDataDir(context.env);
  const version = readVersion();
  const findings = [
    checkNode(),
    await checkDatabaseAddon(),
    ...(await checkDataDir(dataDir)),
    ...(await checkRunning(options, context, dataDir, version)),
    ...(await checkPrograms(context.env)),
    checkRenderer(),
    checkElectron(context.env),
  ];
  const isSound = findings.every((finding) => finding.status !== 'fail');
  const text = options.json
    ? `${JSON.stringify({ version, ok: isSound, findings }, null, 2)}\n`
    : formatFindings(version, findings);
  context.stdout.write(text);
  return isSound ? 0 : 1;
}

async function checkRunning(
  options: DoctorOptions,
  context: DoctorContext,
  dataDir: string,
  version: string,
): Promise<Finding[]> {
  try {
    const token = await readToken(options.tokenFile, context.env);
    return await checkGateway(options.port ?? (await storedPort(dataDir)), token, version);
  } catch (error) {
    return [fail('Gateway', reasonOf(error), 'Correct what is named here and run the doctor again.')];
  }
}

/** Never from the command line, which other users can read. */
async function readToken(file: string | null, env: DoctorContext['env']): Promise<string | null> {
  if (file !== null) return (await readFile(file, 'utf8')).trim();
  return env.SCOPEGATE_TOKEN?.trim() || null;
}

async function storedPort(dataDir: string): Promise<number> {
  // Only looked at when it is there: the doctor leaves no trace.
  const hasSettings = existsSync(path.join(dataDir, settingsFileName));
  const stored = hasSettings ? (await createSettingsPort(dataDir)).getPort() : undefined;
  return stored ?? defaultPort;
}

const marks: Record<Finding['status'], string> = { ok: 'ok  ', warn: 'note', fail: 'FAIL', skipped: 'skip' };

function formatFindings(version: string, findings: Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.name.length));
  const lines = findings.flatMap(({ name, status, found, next }) => [
    `  ${marks[status]}  ${name.padEnd(width)}  ${found}`,
    ...(next === '' ? [] : [`  ${' '.repeat(4 + 2 + width)}  → ${next}`]),
  ]);
  const broken = findings.filter((finding) => finding.status === 'fail').length;
  const verdict = broken === 0 ? 'Nothing is broken.' : `Broken: ${broken}. The arrows say what to do.`;
  return `ScopeGate ${version}\n\n${lines.join('\n')}\n\n${verdict}\n`;
}
