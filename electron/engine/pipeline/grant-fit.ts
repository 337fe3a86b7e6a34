import type { LiveGrant, Risk } from '../../shared/index.ts';
import { compileCondition } from '../core/compile-condition.ts';
import { fitsGrant, type GrantFacts } from '../core/match-grant.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { pathWorldOf, resolvePaths } from './real-paths.ts';

/** One call a permission is held against: of the present, or of the past as far as it was kept. */
export interface Candidate {
  arguments: JsonObject;
  argumentsDigest: string;
  risk: Risk;
}

/** Whether a permission would let this call through, judged as policy judges it, with the real places of paths. */
export function fitsCall(grant: LiveGrant, tool: CatalogTool, call: Candidate): boolean {
  const facts: GrantFacts = {
    ...call,
    inputSchema: tool.definition.inputSchema,
    paths: pathWorldOf(null),
    toolTier: tool.risk.tier,
  };
  const resolved = resolvePaths(pathsOf(grant, facts));
  return fitsGrant(grant, { ...facts, paths: { ...facts.paths, resolved } });
}

function pathsOf(grant: LiveGrant, facts: GrantFacts): string[] {
  if (grant.match.kind !== 'pattern') return [];
  return grant.match.conditions.flatMap((condition) => compileCondition(condition).paths?.(facts) ?? []);
}
