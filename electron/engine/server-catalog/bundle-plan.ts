import { homedir } from 'node:os';
import path from 'node:path';
import type { CatalogField, PlannedServer } from '../../shared/index.ts';
import type { BundleManifest, BundleUserField } from './bundle-manifest.ts';
import { checkValues, readValue, type Values } from './fill-inputs.ts';

const placeholder = /\$\{([^{}]+)\}/g;

/** What a bundle asks before it can run. */
export function bundleFields(manifest: BundleManifest): CatalogField[] {
  return Object.entries(manifest.user_config ?? {}).map(([key, field]) => ({
    key,
    label: field.title ?? key,
    description: field.description ?? '',
    required: field.required ?? false,
    secret: field.sensitive ?? false,
    default: field.sensitive ? '' : defaultOf(field),
    choices: field.type === 'boolean' ? ['true', 'false'] : [],
    multiple: field.multiple ?? false,
  }));
}

function defaultOf(field: BundleUserField): string {
  const values = field.default === undefined ? [] : [field.default].flat();
  return values.map((value) => fillPlaces(String(value), '')).join('\n');
}

/** Why it cannot run here, one sentence; null: it can. */
export function refuseBundle(manifest: BundleManifest): string | null {
  const platforms = manifest.compatibility?.platforms;
  if (platforms && !platforms.includes(process.platform)) return 'This bundle is made for other systems than this one.';
  const config = configOf(manifest);
  if (manifest.server.type === 'uv' || config.command === undefined) return 'This bundle does not say what to run.';
  const secrets = bundleFields(manifest).filter(({ secret }) => secret);
  const name = ({ key }: CatalogField) => `\${user_config.${key}}`;
  if (secrets.some((field) => config.args.some((arg) => arg.includes(name(field)))))
    return 'This bundle puts a secret on its command line, where other programs could read it.';
  const isMixed = (value: string) => secrets.some((field) => value.includes(name(field)) && value !== name(field));
  return Object.values(config.env).some(isMixed) ? 'This bundle mixes a secret into other text.' : null;
}

/** The transport of an unpacked bundle. `folder`: where it lies. */
export function planBundle(manifest: BundleManifest, folder: string, values: Values): PlannedServer {
  const refused = refuseBundle(manifest);
  if (refused !== null) return { transport: null, problems: { '': refused } };
  const fields = bundleFields(manifest);
  const problems = checkValues(fields, values);
  if (Object.keys(problems).length > 0) return { transport: null, problems };
  const config = configOf(manifest);
  const command = placeCommand(fillPlaces(config.command ?? '', folder), folder);
  if (command === null) return { transport: null, problems: { '': 'This bundle starts a program outside of itself.' } };
  const args = config.args.flatMap((arg) => expand(arg, folder, fields, values));
  const env = Object.entries(config.env)
    .map(([name, value]) => [name, fill(value, folder, fields, values)] as const)
    .filter(([name, value]) => value !== '' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  return { transport: { kind: 'stdio', command, args, cwd: folder, env: Object.fromEntries(env) }, problems };
}

function configOf(manifest: BundleManifest) {
  const config = manifest.server.mcp_config;
  const here = config?.platform_overrides?.[process.platform];
  return {
    command: here?.command ?? config?.command,
    args: here?.args ?? config?.args ?? [],
    env: { ...config?.env, ...here?.env },
  };
}

/** A name such as `node` is looked up as usual; a path must lie in the bundle. Null: it does not. */
function placeCommand(command: string, folder: string): string | null {
  if (!/[\\/]/.test(command)) return command;
  const full = path.resolve(folder, command);
  return full.startsWith(`${folder}${path.sep}`) ? full : null;
}

/** A value that was given several times becomes several arguments. */
function expand(arg: string, folder: string, fields: readonly CatalogField[], values: Values): string[] {
  const whole = fields.find(({ key }) => arg === `\${user_config.${key}}`);
  if (whole === undefined) return [fill(arg, folder, fields, values)];
  const value = readValue(whole, values);
  const each = whole.multiple ? value.split('\n').map((line) => line.trim()) : [value];
  return each.filter((line) => line !== '');
}

function fill(text: string, folder: string, fields: readonly CatalogField[], values: Values): string {
  // One pass: what a person typed is never read for placeholders again.
  return text.replace(placeholder, (whole, name: string) => {
    const field = fields.find(({ key }) => name === `user_config.${key}`);
    return field === undefined ? fillPlaces(whole, folder) : readValue(field, values);
  });
}

function fillPlaces(text: string, folder: string): string {
  const home = homedir();
  const places: Record<string, string> = {
    __dirname: folder,
    HOME: home,
    DESKTOP: path.join(home, 'Desktop'),
    DOCUMENTS: path.join(home, 'Documents'),
    DOWNLOADS: path.join(home, 'Downloads'),
    pathSeparator: path.sep,
    '/': path.sep,
  };
  return text.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(places, name) ? (places[name] ?? whole) : whole,
  );
}
