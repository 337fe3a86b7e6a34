import { canonicalJson } from '../core/canonical.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';

export interface Approved {
  at: number;
  arguments: JsonValue;
}

const maxTools = 200;
const maxCharacters = 64 * 1024;

/** The arguments last approved for each (agent, tool), in memory only: what a new card is compared with. */
export class LastApproved {
  readonly #approved = new Map<string, Approved>();

  note(agentId: string, serverId: string, tool: string, approved: Approved): void {
    const key = keyOf(agentId, serverId, tool);
    this.#approved.delete(key);
    if (JSON.stringify(approved.arguments).length > maxCharacters) return;
    this.#approved.set(key, approved);
    const [oldest] = this.#approved.keys();
    if (this.#approved.size > maxTools && oldest !== undefined) this.#approved.delete(oldest);
  }

  find(agentId: string, serverId: string, tool: string): Approved | null {
    return this.#approved.get(keyOf(agentId, serverId, tool)) ?? null;
  }
}

function keyOf(agentId: string, serverId: string, tool: string): string {
  return JSON.stringify([agentId, serverId, tool]);
}

/** Top-level arguments that are not the same in both, in the order of `after`, removed ones last. */
export function changedNames(before: JsonValue, after: JsonValue | null): string[] {
  const old: JsonObject = isObject(before) ? before : {};
  const fresh: JsonObject = isObject(after) ? after : {};
  const names = [...Object.keys(fresh), ...Object.keys(old).filter((name) => !Object.hasOwn(fresh, name))];
  return names.filter((name) => textOf(old, name) !== textOf(fresh, name));
}

function textOf(args: JsonObject, name: string): string | null {
  const value = Object.hasOwn(args, name) ? args[name] : undefined;
  return value === undefined ? null : canonicalJson(value);
}
