import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createProgramFinder } from '../../engine/upstream/find-program.ts';
import { projectDir, rendererDir } from '../app-paths.ts';
import { type Finding, fail, ok, reasonOf, warn } from './finding.ts';

type Env = Readonly<Record<string, string | undefined>>;

const oldestNode = '22.18';

export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent = major > 22 || (major === 22 && minor >= 18);
  if (isRecent) return ok('Node', version);
  return fail('Node', `${version} is too old`, `Use Node ${oldestNode} or newer; \`npm ci\` brings one along.`);
}

/** Opens a database in memory, which loads the native addon. */
export async function checkDatabaseAddon(): Promise<Finding> {
  try {
    const { default: Database } = await import('better-sqlite3');
    const database = new Database(':memory:');
    const version = database.prepare('select sqlite_version()').pluck().get();
    database.close();
    return ok('Database', `SQLite ${version} loads`);
  } catch (error) {
    return fail(
      'Database',
      `the native addon does not load: ${reasonOf(error)}`,
      'Run `npm ci` with the Node that runs ScopeGate; on a rare platform it has to be compiled (`npm rebuild better-sqlite3`).',
    );
  }
}

/** Programs most MCP servers are started with, looked for exactly as the engine does. */
export async function checkPrograms(env: Env): Promise<Finding[]> {
  const finder = createProgramFinder(env);
  return Promise.all(
    ['node', 'npx'].map(async (name) => {
      const search = await finder.find(name, projectDir);
      if (search.ok) return ok(`Program ${name}`, search.program.file);
      return warn(
        `Program ${name}`,
        `not found in ${search.searched.length} folders`,
        `Servers started with ${name} will not run. Install Node.js, or give such servers an absolute path.`,
      );
    }),
  );
}

export function checkRenderer(folder: string = rendererDir): Finding {
  if (existsSync(path.join(folder, 'index.html'))) return ok('User interface', 'built');
  return warn('User interface', 'not built', 'Run `npm run build`. The gateway works without it.');
}

/** Never imports `electron`: under plain Node that would start a download. */
export function checkElectron(env: Env, folder: string = projectDir): Finding {
  const executable = findElectron(env, folder);
  if (executable !== null && existsSync(executable)) return ok('Desktop app', executable);
  return warn(
    'Desktop app',
    'Electron’s runtime is not here',
    'Nothing to do: `npm start` fetches it when it can, and shows ScopeGate in the browser otherwise.',
  );
}

function findElectron(env: Env, folder: string): string | null {
  const packageDir = path.join(folder, 'node_modules', 'electron');
  try {
    const name = readFileSync(path.join(packageDir, 'path.txt'), 'utf8').trim();
    return path.join(env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(packageDir, 'dist'), name);
  } catch {
    return env.ELECTRON_OVERRIDE_DIST_PATH ? path.join(env.ELECTRON_OVERRIDE_DIST_PATH, 'electron') : null;
  }
}
