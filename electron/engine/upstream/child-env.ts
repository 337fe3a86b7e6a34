/** What every program needs to run as its user, and nothing that holds a secret by habit (security: rows 15 and A2). */
const allowedNames = new Set(['PATH', 'HOME', 'LANG', 'LANGUAGE', 'TMPDIR', 'TEMP', 'TMP', 'USER', 'LOGNAME', 'SHELL']);
const allowedOnWindows = new Set([
  'PATH',
  'PATHEXT',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'TEMP',
  'TMP',
  'USERNAME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'PROGRAMW6432',
  'COMMONPROGRAMFILES',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
  'OS',
]);

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a child: the allow-list from the host, `searchPath` as PATH, then what the server's own
 * configuration says. Names are compared without case on Windows only.
 */
export function makeChildEnv(
  host: Env,
  searchPath: string,
  configured: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && isAllowed(name, platform)) env[name] = value;
  }
  const pathName = Object.keys(env).find((name) => sameName(name, 'PATH', platform)) ?? 'PATH';
  env[pathName] = searchPath;
  for (const [name, value] of Object.entries(configured)) {
    for (const known of Object.keys(env)) if (sameName(known, name, platform)) delete env[known];
    env[name] = value;
  }
  return env;
}

function isAllowed(name: string, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return allowedOnWindows.has(name.toUpperCase());
  return allowedNames.has(name) || name.startsWith('LC_');
}

function sameName(a: string, b: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' ? a.toUpperCase() === b.toUpperCase() : a === b;
}
