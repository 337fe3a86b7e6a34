import { readFigures } from '../analytics.ts';
import { listedDefinitions } from '../listed-definitions.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

/** How long the figures wait for the index to catch up with the log, milliseconds. */
const patienceMs = 400;

export function makeAnalyticsHandlers(parts: EngineParts): HandlersFor<'analytics'> {
  const { store, indexer, policy, ports } = parts;
  return {
    'analytics.get': async ({ days, offsetMinutes }) => {
      await indexer.catchUp(patienceMs);
      const figures = await readFigures(store, { days, offsetMinutes, now: ports.clock.now() });
      const { headSeq, readThrough, firstSeq } = store.searchState();
      const nameOf = (ruleId: string) =>
        policy.book.rules.get(ruleId)?.rule.name ?? policy.book.never.get(ruleId)?.name ?? null;
      return {
        ...figures,
        unread: Math.max(0, headSeq - Math.max(readThrough, firstSeq - 1)),
        rules: figures.rules.map((rule) => ({ ...rule, name: nameOf(rule.ruleId) })),
        definitions: listedDefinitions(parts),
      };
    },
  };
}
