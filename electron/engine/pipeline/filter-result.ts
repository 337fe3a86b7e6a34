import type { ResultFinding } from '../../shared/index.ts';
import { filterBytes } from '../core/result-filter/filter-bytes.ts';
import { transformResult } from '../core/result-filter/transform-value.ts';
import type { ArmedCall } from '../core/stages.ts';
import { editResponse } from '../eras/edit-response.ts';
import { closeResponse, openResponse } from '../eras/raw-message.ts';
import type { JsonObject, RawResponse } from '../wire/json-rpc.ts';
import type { PipelinePorts } from './ports.ts';
import type { ResultFilters } from './result-filters.ts';

/** A result after its filter: what goes on, or null when nothing may. */
export interface FilteredResult {
  response: RawResponse | null;
  findings: readonly ResultFinding[];
}

const none: readonly ResultFinding[] = [];

/**
 * Step 13: looks through the server's bytes as the user set it for this server. Without a finding and without a change
 * configured, the very same response is handed on. Whatever goes wrong in here withholds the result.
 */
export function filterResult(
  ports: Pick<PipelinePorts, 'filters' | 'guards' | 'log'>,
  call: ArmedCall,
  response: RawResponse,
): FilteredResult {
  try {
    const filtered = runFilter(ports.filters, call, response);
    ports.filters.note(call.id, filtered.findings);
    if (filtered.speaks && ports.filters.of(call.tool.serverId).askAfterInjection) ports.guards.heard(call);
    return filtered;
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown';
    ports.log.error('a result could not be looked through and was withheld', { error: message });
    const findings = [{ kind: 'transform', what: 'the filter failed', count: 1, did: 'withheld' }] as const;
    ports.filters.note(call.id, findings);
    return { response: null, findings };
  }
}

function runFilter(filters: ResultFilters, call: ArmedCall, raw: RawResponse): FilteredResult & { speaks: boolean } {
  const settings = filters.of(call.tool.serverId);
  const changed = transform(filters, call, raw);
  const before: readonly ResultFinding[] =
    changed === raw ? none : [{ kind: 'transform', what: 'as configured', count: 1, did: 'changed' }];
  let response = changed;
  let found = filterBytes(response.bytes, settings);
  if (found.isDisguised) {
    const plain = writePlainly(response);
    found = filterBytes(plain.bytes, settings);
    // bytes in which nothing was found go on as they were
    if (found.edits.length > 0) response = plain;
  }
  const findings = [...before, ...found.findings];
  if (found.isWithheld) return { response: null, findings, speaks: found.speaks };
  if (found.edits.length > 0) response = editResponse(response, found.edits);
  return { response, findings, speaks: found.speaks };
}

/** The same message with every character as itself. Throws when it is no JSON: nothing can be said of it then. */
function writePlainly(response: RawResponse): RawResponse {
  const open = openResponse(response);
  if (open === null) throw new TypeError('the result is not JSON');
  return closeResponse(open);
}

function transform(filters: ResultFilters, call: ArmedCall, response: RawResponse): RawResponse {
  const { kind, name, serverId } = call.tool;
  const all = filters.of(serverId).transforms;
  if (all.length === 0 || kind !== 'tool' || response.has === 'error') return response;
  const rules = all.filter(({ tool }) => tool === '*' || tool === name);
  if (rules.length === 0) return response;
  const open = openResponse(response);
  if (open?.has !== 'result') throw new TypeError('the result is not JSON');
  return closeResponse({ has: 'result', result: transformResult(open.result, rules) });
}

/** For the audit row: kinds and counts, never what was found. */
export function describeFindings(findings: readonly ResultFinding[]): JsonObject[] {
  return findings.slice(0, 20).map(({ kind, what, count, did }) => ({ kind, what, count, did }));
}
