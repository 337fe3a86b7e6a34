import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { findWrongMember } from './check-tool.ts';
import { type FaultMaker, toLinkFault } from './faults.ts';
import type { UpstreamLink } from './link.ts';
import { isObject } from './messages.ts';
import { findHeaderFault } from './param-headers.ts';

/** Limits of one server's catalog (security: limits). */
const maxTools = 1024;
const maxDefinitionBytes = 128 * 1024;
const maxPages = 1024;
const pageTimeoutMs = 30_000;

/**
 * All pages of `tools/list`. A definition over the limits, not of the protocol's shape, without a name, or with a name seen
 * before is left out and said so in the log: what is not listed cannot be called.
 */
export async function listAllTools(
  link: UpstreamLink,
  /** A modern server over HTTP: tools whose header annotations are invalid must be left out. */
  isHttp: boolean,
  makeFault: FaultMaker,
  note: (text: string) => void,
): Promise<JsonObject[]> {
  const needsHeaders = isHttp && link.era === 'modern';
  const tools = new Map<string, JsonObject>();
  const cursors = new Set<string>();
  let params: JsonObject = {};
  for (let page = 0; page < maxPages; page++) {
    const result = await requestPage(link, params, makeFault);
    if (result === null) return [];
    for (const tool of result.tools) {
      if (tools.size >= maxTools && !isKnown(tool, tools)) {
        note(`The server has more than ${maxTools} tools; the rest is not listed.`);
        return [...tools.values()];
      }
      takeTool(tool, tools, needsHeaders, note);
    }
    if (result.nextCursor === null) return [...tools.values()];
    if (cursors.has(result.nextCursor)) throw loopFault(makeFault);
    cursors.add(result.nextCursor);
    params = { cursor: result.nextCursor };
  }
  throw loopFault(makeFault);
}

interface Page {
  tools: JsonValue[];
  nextCursor: string | null;
}

/** Null: a server that declared no tools refuses the method, which is its way to say it has none. */
async function requestPage(link: UpstreamLink, params: JsonObject, makeFault: FaultMaker): Promise<Page | null> {
  let result: JsonValue;
  try {
    result = await link.request('tools/list', params, pageTimeoutMs);
  } catch (error) {
    const fault = toLinkFault(error, makeFault);
    if (fault.kind === 'protocol' && link.hello.capabilities.tools === undefined) return null;
    throw fault;
  }
  if (!isObject(result) || !Array.isArray(result.tools)) {
    throw makeFault('protocol', {
      message: 'The server answered tools/list without a list of tools.',
      fix: 'Update the server, or report this to its author.',
    });
  }
  const { nextCursor } = result;
  return { tools: result.tools, nextCursor: typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : null };
}

function isKnown(tool: JsonValue, tools: Map<string, JsonObject>): boolean {
  return isObject(tool) && typeof tool.name === 'string' && tools.has(tool.name);
}

function takeTool(
  tool: JsonValue,
  tools: Map<string, JsonObject>,
  needsHeaders: boolean,
  note: (text: string) => void,
): void {
  if (!isObject(tool) || typeof tool.name !== 'string' || tool.name === '') {
    note('Left out a tool without a name.');
    return;
  }
  const shown = JSON.stringify(tool.name.slice(0, 100));
  const wrong = findWrongMember(tool);
  if (tools.has(tool.name)) note(`Left out a second tool with the name ${shown}.`);
  else if (wrong !== null) note(`Left out the tool ${shown}: its ${wrong} is not as the protocol says.`);
  else if (Buffer.byteLength(JSON.stringify(tool)) > maxDefinitionBytes) {
    note(`Left out the tool ${shown}: its definition is larger than 128 KiB.`);
  } else {
    const fault = needsHeaders ? findHeaderFault(tool) : null;
    if (fault === null) tools.set(tool.name, tool);
    else note(`Left out the tool ${shown}: ${fault}.`);
  }
}

function loopFault(makeFault: FaultMaker) {
  return makeFault('protocol', {
    message: 'The pages of tools/list have no end: a cursor came back a second time.',
    fix: 'Update the server, or report this to its author.',
  });
}
