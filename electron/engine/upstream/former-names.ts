import { canonicalJson } from '../core/canonical.ts';
import type { ToolRecord } from '../store/contract.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

const maxPerServer = 200;

/** Reviewed tools that went away in this run: one that comes with the very same definition but the name was renamed. */
export class FormerNames {
  readonly #gone = new Map<string, Map<string, string>>();

  /** `known`: the tools before a reading; `listed`: the names it found. */
  note(serverId: string, known: readonly ToolRecord[], listed: ReadonlySet<string>): void {
    for (const tool of known) {
      if (tool.reviewedDefinition === null || listed.has(tool.name)) continue;
      const names = this.#gone.get(serverId) ?? new Map<string, string>();
      names.set(withoutName(tool.reviewedDefinition), tool.name);
      const [oldest] = names.keys();
      if (names.size > maxPerServer && oldest !== undefined) names.delete(oldest);
      this.#gone.set(serverId, names);
    }
  }

  /** The reviewed name of the same tool; null when there was none. */
  find(serverId: string, definition: JsonObject): string | null {
    const name = this.#gone.get(serverId)?.get(withoutName(definition)) ?? null;
    return name === definition.name ? null : name;
  }
}

function withoutName(definition: JsonObject): string {
  return canonicalJson({ ...definition, name: '' });
}
