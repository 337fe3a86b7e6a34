import { createHash } from 'node:crypto';

/** The longest tool name common clients accept. */
const maxLength = 64;
const keptHead = 55;

/**
 * The name agents see: `server__tool`, characters outside `[A-Za-z0-9_-]` replaced by `_`; over 64 characters the first
 * 55, `_`, and 8 hex digits of SHA-256(server NUL tool). Names are looked up by table and never split.
 */
export function exposeName(serverId: string, tool: string): string {
  const safe = replaceCharacters(serverId, tool);
  return safe.length <= maxLength ? safe : withSuffix(safe, serverId, tool);
}

/**
 * Names for all tools of one server. Where two would share a name, the one that lost no character keeps it and the
 * others get the suffix, so that the order of the server's list never decides who is called.
 */
export function exposeNames(serverId: string, tools: readonly string[]): Map<string, string> {
  const plain = new Set(tools.map((tool) => `${serverId}__${tool}`));
  const taken = new Map<string, number>();
  for (const tool of tools) {
    const name = exposeName(serverId, tool);
    taken.set(name, (taken.get(name) ?? 0) + 1);
  }
  const names = new Map<string, string>();
  for (const tool of tools) {
    const name = exposeName(serverId, tool);
    const clashes = (taken.get(name) ?? 0) > 1 && !(plain.has(name) && name === `${serverId}__${tool}`);
    names.set(tool, clashes ? withSuffix(replaceCharacters(serverId, tool), serverId, tool) : name);
  }
  return names;
}

/**
 * The name of a prompt. Prompts come in pages, so no name may depend on the others: every name that lost a character
 * gets the suffix, and two prompts of one server never share a name.
 */
export function exposePromptName(serverId: string, prompt: string): string {
  const safe = replaceCharacters(serverId, prompt);
  return safe === `${serverId}__${prompt}` && safe.length <= maxLength ? safe : withSuffix(safe, serverId, prompt);
}

function replaceCharacters(serverId: string, tool: string): string {
  return `${serverId}__${tool}`.replace(/[^A-Za-z0-9_-]/gu, '_');
}

function withSuffix(safe: string, serverId: string, tool: string): string {
  const suffix = createHash('sha256').update(`${serverId}\0${tool}`).digest('hex').slice(0, 8);
  return `${safe.slice(0, keptHead)}_${suffix}`;
}
