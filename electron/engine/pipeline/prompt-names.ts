import { exposePromptName } from '../core/tool-names.ts';

export interface PromptRoute {
  serverId: string;
  /** The server's own name. */
  name: string;
}

/** Of one server: how many it lists costs no other server a name. */
const maxNames = 10_000;
const maxNameBytes = 1_024;

/** Which prompt is behind a name agents see: filled from the servers' lists, looked up, never taken apart. */
export class PromptNames {
  readonly #servers = new Map<string, Map<string, string>>();

  /** The name agents see, remembered: of too many the oldest is forgotten. Null: a name over 1 KiB, which is none. */
  learn(serverId: string, name: string): string | null {
    if (Buffer.byteLength(name) > maxNameBytes) return null;
    const exposed = exposePromptName(serverId, name);
    const names = this.#servers.get(serverId) ?? new Map<string, string>();
    this.#servers.set(serverId, names);
    // listed again, it counts as new
    names.delete(exposed);
    names.set(exposed, name);
    const [oldest] = names.keys();
    if (names.size > maxNames && oldest !== undefined) names.delete(oldest);
    return exposed;
  }

  /** No two servers share a name: it begins with the server's id, which holds no underscore, and two of them. */
  find(exposed: string): PromptRoute | null {
    for (const [serverId, names] of this.#servers) {
      const name = names.get(exposed);
      if (name !== undefined) return { serverId, name };
    }
    return null;
  }

  /** The server was removed. */
  drop(serverId: string): void {
    this.#servers.delete(serverId);
  }
}
