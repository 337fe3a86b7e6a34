import type { LiveGrant, PastMatches } from '../../shared/index.ts';
import { riskOfCall } from '../core/argument-risk.ts';
import type { StoreReader } from '../store/contract.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { ArgumentKeeper } from './argument-keeper.ts';
import { fitsCall } from './grant-fit.ts';

interface Ports {
  store: Pick<StoreReader, 'pastCalls' | 'keptCalls'>;
  kept: Pick<ArgumentKeeper, 'open'>;
}

/** Kept calls looked at, newest first, of all agents and tools together. */
const maxKept = 2_000;

/**
 * How many calls since a time (milliseconds since the epoch) a permission would have let through. The log knows the
 * digest of every call's arguments, so exact ones are counted for sure; for the others the arguments themselves are
 * needed, and where some were not kept, or not whole, only a lower bound is told.
 */
export function countPast(
  { store, kept }: Ports,
  grant: LiveGrant,
  tool: CatalogTool | undefined,
  argumentsDigest: string,
  since: number,
): PastMatches {
  const { calls, exact } = store.pastCalls(grant.agentId, grant.serverId, grant.tool, argumentsDigest, since);
  if (grant.match.kind === 'exact') return { matched: exact, atLeast: exact, calls, since };
  if (!tool) return { matched: null, atLeast: exact, calls, since };
  let matched = 0;
  let known = 0;
  for (const call of store.keptCalls(since, maxKept)) {
    if (call.agentId !== grant.agentId || call.serverId !== grant.serverId || call.tool !== grant.tool) continue;
    const opened = kept.open(call);
    if (!opened || opened.redacted.length > 0) continue;
    known += 1;
    const risk = riskOfCall(tool.risk, opened.arguments);
    const candidate = { arguments: opened.arguments, argumentsDigest: call.argumentsDigest, risk };
    if (fitsCall(grant, tool, candidate)) matched += 1;
  }
  return { matched: known >= calls ? matched : null, atLeast: Math.max(matched, exact), calls, since };
}
