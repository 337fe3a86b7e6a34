import { execFile } from 'node:child_process';

const maxOutput = 1024 * 1024;
const endMs = 8_000;

/** What a program of the system prints, started without a shell and with an environment of its own. Rejects when it fails. */
export function runProgram(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: endMs, maxBuffer: maxOutput, windowsHide: true, env: systemEnv() };
    execFile(file, [...args], options, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout);
    });
  });
}

/** Only what the systems' own programs need. */
function systemEnv(): Record<string, string> {
  const env: Record<string, string> = { LC_ALL: 'C' };
  for (const name of ['SystemRoot', 'windir', 'PATH', 'TEMP']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
