import { exposePromptName } from '../core/tool-names.ts';

export interface PromptRoute {
  serverId: string;
  /** The server's own name. */
  name: string;
}

const maxNames = 50_000;

/** Which prompt is behind a name agents see: filled from the servers' lists, looked up, never taken apart. */
export class PromptNames {
  readonly #names = new Map<string, PromptRoute>();

  learn(serverId: string, name: string): string {
    const exposed = exposePromptName(serverId, name);
    if (!this.#names.has(exposed) && this.#names.size < maxNames) this.#names.set(exposed, { serverId, name });
    return exposed;
  }

  find(exposed: string): PromptRoute | null {
    return this.#names.get(exposed) ?? null;
  }
}
