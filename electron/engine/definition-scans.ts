import type { Finding, Risk } from '../shared/index.ts';
import { scanDefinition } from './core/scan/scan-definition.ts';
import type { JsonObject } from './wire/json-rpc.ts';

const maxKept = 20_000;
const maxReasons = 4;

interface Scanned {
  definition: JsonObject;
  definitionHash: string;
}

/** Findings by the hash of the definition they were found in: looked for once, and again only when it changes. */
export class DefinitionScans {
  readonly #found = new Map<string, Finding[]>();

  of(definition: JsonObject, definitionHash: string): Finding[] {
    const known = this.#found.get(definitionHash);
    if (known) return known;
    const { findings } = scanDefinition(definition);
    const [oldest] = this.#found.keys();
    if (this.#found.size >= maxKept && oldest !== undefined) this.#found.delete(oldest);
    this.#found.set(definitionHash, findings);
    return findings;
  }

  /** A rating with what was found in the definition among its reasons, as long as nobody has accepted it. */
  tellWith<T extends { risk: Risk }>(rated: T, tool: Scanned, reviewed: boolean): T {
    if (reviewed) return rated;
    const titles = new Set(
      this.of(tool.definition, tool.definitionHash).flatMap(({ weight, title }) => (weight === 'note' ? [] : [title])),
    );
    if (titles.size === 0) return rated;
    const { tier, reasons } = rated.risk;
    const found = [...titles].slice(0, maxReasons).map((text) => ({ tier, text, source: 'its definition' }));
    return { ...rated, risk: { tier, reasons: [...reasons, ...found] } };
  }

  /** True when a person must accept what was found, and not only the definition. */
  isBlocked(definition: JsonObject, definitionHash: string): boolean {
    return this.of(definition, definitionHash).some(({ weight }) => weight === 'block');
  }
}
