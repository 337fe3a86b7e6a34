import type { CatalogEntry, CatalogField, CatalogOption, PlannedServer, Transport } from '../../shared/index.ts';
import {
  argumentFields,
  argumentWords,
  checkValues,
  fieldOf,
  isFixed,
  isSecret,
  readValue,
  type Values,
} from './fill-inputs.ts';
import type { ServerArgument, ServerJson, ServerPackage, ServerRemote } from './server-json.ts';

const npmName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/i;
const pypiName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const imageName = /^[a-z0-9][a-z0-9._/-]*(?::[A-Za-z0-9_][A-Za-z0-9._-]*)?(?:@sha256:[0-9a-f]{64})?$/;
/** One version, no range and no moving name. */
const exactVersion = /^\d[0-9A-Za-z.+_-]*$/;

/** What a person sees of an entry, and in which ways it can be added. */
export function viewEntry(server: ServerJson): CatalogEntry {
  const packages = (server.packages ?? []).map((each, index) => viewPackage(each, `package:${index}`));
  const remotes = (server.remotes ?? []).map((each, index) => viewRemote(each, `remote:${index}`));
  return {
    name: server.name,
    title: server.title ?? server.name.split('/')[1] ?? server.name,
    description: server.description,
    version: server.version,
    website: safeLink(server.websiteUrl ?? server.repository?.url),
    options: [...packages, ...remotes],
  };
}

/** The transport of an option with these values, or what is wrong with them. Null: there is no such option. */
export function planServer(server: ServerJson, optionKey: string, values: Values): PlannedServer | null {
  const option = viewEntry(server).options.find(({ key }) => key === optionKey);
  if (option === undefined) return null;
  if (option.refusal !== null) return { transport: null, problems: { '': option.refusal } };
  const problems = checkValues(option.fields, values);
  if (Object.keys(problems).length > 0) return { transport: null, problems };
  const [kind, index] = optionKey.split(':');
  const part = kind === 'package' ? server.packages?.[Number(index)] : undefined;
  const remote = kind === 'remote' ? server.remotes?.[Number(index)] : undefined;
  if (part !== undefined) return { transport: packageTransport(part, option.fields, values), problems };
  return remote === undefined ? null : { transport: remoteTransport(remote, option.fields, values), problems };
}

function viewPackage(part: ServerPackage, key: string): CatalogOption {
  const kind =
    part.registryType === 'npm' || part.registryType === 'pypi' || part.registryType === 'oci'
      ? part.registryType
      : 'other';
  const version = kind === 'oci' ? '' : ` ${part.version ?? ''}`;
  return {
    key,
    kind,
    label: `${part.registryType} ${part.identifier}${version}`,
    integrity: part.integrity ?? (part.fileSha256 ? `sha256 ${part.fileSha256}` : null),
    refusal: refusePackage(part),
    fields: [
      ...environmentFields(part),
      ...argumentsOf(part).flatMap(({ argument, at }) => argumentFields(argument, at)),
    ],
  };
}

/** Why a package cannot be run as it is described; every part of it goes onto a command line. */
function refusePackage(part: ServerPackage): string | null {
  const { registryType, identifier } = part;
  if (part.transport.type !== 'stdio') return 'It starts a service of its own; start it and add its address.';
  const names = { npm: npmName, pypi: pypiName, oci: imageName } as const;
  if (registryType === 'mcpb') return 'It is a bundle: download it, check it, and add it with “From a bundle”.';
  if (registryType !== 'npm' && registryType !== 'pypi' && registryType !== 'oci')
    return `Packages of the kind ${registryType} cannot be started from here.`;
  if (!names[registryType].test(identifier)) return 'The name of its package is not a valid one.';
  if (!isPinned(part)) return 'It names no exact version, so what runs could change without you.';
  if (argumentsOf(part).some(({ argument }) => isSecret(argument)))
    return 'It wants a secret on its command line, where other programs could read it.';
  if ((part.runtimeArguments ?? []).some((argument) => !isUsual(argument, part)))
    return 'It needs special options of the program that starts it; add it by hand if you trust them.';
  return null;
}

function isPinned({ registryType, identifier, version }: ServerPackage): boolean {
  const hasTag = /[^/]:[^/]+$/.test(identifier) && !identifier.endsWith(':latest');
  return (registryType === 'oci' && hasTag) || exactVersion.test(version ?? '');
}

/** Options that are given anyway, or that say in which variables the server reads. */
function isUsual(argument: ServerArgument, part: ServerPackage): boolean {
  if (part.registryType === 'npm')
    return argument.value === '-y' || argument.name === '-y' || argument.name === '--yes';
  if (part.registryType !== 'oci') return false;
  if (['run', '-i', '--rm', part.identifier].includes(argument.value ?? '')) return true;
  return ['-i', '--rm', '--interactive'].includes(argument.name ?? '');
}

function argumentsOf(part: ServerPackage): { argument: ServerArgument; at: string }[] {
  return (part.packageArguments ?? []).map((argument, index) => ({ argument, at: `arg:${index}` }));
}

function environmentFields(part: ServerPackage): CatalogField[] {
  const asked = (part.environmentVariables ?? []).filter(
    (variable) => !isFixed(variable) && isVariableName(variable.name),
  );
  return asked.map((variable) => fieldOf(`env:${variable.name}`, variable.name, variable));
}

function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

function packageTransport(part: ServerPackage, fields: readonly CatalogField[], values: Values): Transport {
  const fixed = (part.environmentVariables ?? []).filter(
    (variable) => isFixed(variable) && isVariableName(variable.name),
  );
  const env = Object.fromEntries([
    ...fixed.map(({ name, value }) => [name, value ?? ''] as const),
    ...filled(fields, 'env:', values),
  ]);
  const words = argumentsOf(part).flatMap(({ argument, at }) => argumentWords(argument, at, values));
  const [command, ...args] = startWords(part, Object.keys(env));
  return { kind: 'stdio', command: command ?? '', args: [...args, ...words], cwd: null, env };
}

function startWords(part: ServerPackage, variables: readonly string[]): string[] {
  const { registryType, identifier, version } = part;
  if (registryType === 'npm') return ['npx', '-y', `${identifier}@${version}`];
  if (registryType === 'pypi') return ['uvx', `${identifier}@${version}`];
  const image = /[^/]:[^/]+$/.test(identifier) ? identifier : `${identifier}:${version}`;
  return ['docker', 'run', '-i', '--rm', ...variables.flatMap((name) => ['-e', name]), image];
}

/** Name and value of every field with this start that is not empty. */
function filled(fields: readonly CatalogField[], start: string, values: Values): [string, string][] {
  const mine = fields.filter(({ key }) => key.startsWith(start));
  return mine
    .map((field): [string, string] => [field.key.slice(start.length), readValue(field, values)])
    .filter(([, value]) => value !== '');
}

function viewRemote(remote: ServerRemote, key: string): CatalogOption {
  const headers = (remote.headers ?? []).filter((header) => !isFixed(header));
  return {
    key,
    kind: 'remote',
    label: hostOf(remote.url) ?? remote.url,
    integrity: null,
    refusal: refuseRemote(remote),
    fields: headers.map((header) => fieldOf(`header:${header.name}`, header.name, header)),
  };
}

function refuseRemote(remote: ServerRemote): string | null {
  if (remote.type !== 'streamable-http' && remote.type !== 'sse')
    return `It speaks ${remote.type}, which is not known here.`;
  if (remote.url.includes('{')) return 'Its address has parts only you can know; add it by hand.';
  if (hostOf(remote.url) === null) return 'Its address is not a valid one.';
  return remote.url.startsWith('https://') ? null : 'Its address is not encrypted (plain http).';
}

function remoteTransport(remote: ServerRemote, fields: readonly CatalogField[], values: Values): Transport {
  const fixed = (remote.headers ?? []).filter(isFixed).map(({ name, value }) => [name, value ?? ''] as const);
  const headers = Object.fromEntries([...fixed, ...filled(fields, 'header:', values)]);
  return { kind: 'http', url: remote.url, headers };
}

function hostOf(address: string): string | null {
  try {
    return new URL(address).host;
  } catch {
    return null;
  }
}

/** Only https is ever made into a link. */
function safeLink(address: string | undefined): string | null {
  return address?.startsWith('https://') && hostOf(address) !== null ? address : null;
}
