import type { BridgeResult, Finding } from '../../shared/index.ts';
import { scanDefinition } from '../core/scan/scan-definition.ts';
import { BridgeFault } from '../faults.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

export function makeContentHandlers(parts: EngineParts): HandlersFor<'content'> {
  const { servers, filters } = parts;
  return {
    'content.findings': ({ id }) => {
      servers.existing(id);
      return { tools: findInTools(parts, id), instructions: findInInstructions(parts, id) };
    },
    'content.filter': ({ id }) => {
      servers.existing(id);
      return filters.of(id);
    },
    'content.setFilter': ({ id, settings }) => {
      servers.existing(id);
      const set = { ...filters.of(id), ...withoutUndefined(settings) };
      const { transforms, ...modes } = set;
      const details = { ...modes, transforms: transforms.length };
      if (!parts.audit.append({ event: 'server.filter_changed', actor: 'person', serverId: id, details }))
        throw new BridgeFault(
          'unavailable',
          'The audit log cannot be written, so nothing was changed.',
          'Free disk space or mend the data folder.',
        );
      filters.set(id, set);
      return set;
    },
    'content.resultFindings': ({ callId }) => ({ findings: [...(filters.findingsOf(callId) ?? [])] }),
  };
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Tools of other servers are known here only, so names of those are looked for when somebody looks. */
function findInTools(parts: EngineParts, serverId: string): BridgeResult<'content.findings'>['tools'] {
  const { catalog } = parts;
  const own = catalog.toolsOf(serverId);
  const ownNames = new Set(own.map(({ name }) => name));
  const peers = catalog
    .servers()
    .filter(({ id }) => id !== serverId)
    .flatMap(({ id }) => catalog.toolsOf(id).map(({ name }) => name))
    .filter((name) => !ownNames.has(name));
  return own.flatMap((tool) => {
    const findings: Finding[] = scanDefinition(tool.definition, { kind: 'tool', peers }).findings;
    const renamedFrom = findFormerName(parts, tool);
    if (findings.length === 0 && renamedFrom === null) return [];
    return [{ name: tool.name, definitionHash: tool.definitionHash, findings, renamedFrom }];
  });
}

function findFormerName({ catalog }: EngineParts, tool: CatalogTool): string | null {
  return tool.state === 'new' ? catalog.formerName(tool.serverId, tool.definition) : null;
}

function findInInstructions({ pool }: EngineParts, serverId: string): BridgeResult<'content.findings'>['instructions'] {
  const text = pool.state(serverId).hello?.instructions ?? null;
  if (text === null || text === '') return null;
  return { text, findings: scanDefinition({ instructions: text }, { kind: 'instructions' }).findings };
}
