import {
  defaultFilterSettings,
  type FilterSettings,
  filterSettingsSchema,
  type ResultFinding,
} from '../../shared/index.ts';
import type { StoreWriter } from '../store/contract.ts';

/** Live holds as many calls. */
const maxCalls = 5_000;

/** How the results of each server are looked through, and what was found in those Live still shows. */
export class ResultFilters {
  readonly #store: Pick<StoreWriter, 'resultFilter' | 'putResultFilter'>;
  readonly #settings = new Map<string, FilterSettings>();
  readonly #findings = new Map<string, readonly ResultFinding[]>();

  constructor(store: Pick<StoreWriter, 'resultFilter' | 'putResultFilter'>) {
    this.#store = store;
  }

  of(serverId: string): FilterSettings {
    const known = this.#settings.get(serverId);
    if (known) return known;
    const settings = readSettings(this.#store.resultFilter(serverId));
    this.#settings.set(serverId, settings);
    return settings;
  }

  set(serverId: string, settings: FilterSettings): void {
    this.#store.putResultFilter(serverId, settings);
    this.#settings.set(serverId, settings);
  }

  note(callId: string, findings: readonly ResultFinding[]): void {
    if (findings.length === 0) return;
    this.#findings.set(callId, findings);
    const [oldest] = this.#findings.keys();
    if (this.#findings.size > maxCalls && oldest !== undefined) this.#findings.delete(oldest);
  }

  findingsOf(callId: string): readonly ResultFinding[] | null {
    return this.#findings.get(callId) ?? null;
  }
}

/** A row that is not ours any more (another version, damage) must not widen: everything known is then kept back. */
const strictest: FilterSettings = { ...defaultFilterSettings, hidden: 'block', secrets: 'block', personal: 'block' };

function readSettings(stored: unknown): FilterSettings {
  if (stored === null) return defaultFilterSettings;
  const parsed = filterSettingsSchema.safeParse({ ...defaultFilterSettings, ...(stored as object) });
  return parsed.success ? parsed.data : strictest;
}
