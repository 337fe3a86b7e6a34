import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import type { RawServer } from '../fakes/fixture-raw-server.ts';
import { vendor } from './probes.ts';

/** Definitions with vendor members everywhere, as the lists give them out. */
export const oddDefinitions: Record<string, { member: string; items: JsonObject[] }> = {
  'tools/list': {
    member: 'tools',
    items: [
      { name: 'probe', inputSchema: { type: 'object' }, execution: { taskSupport: 'optional' } },
      {
        name: 'odd.tool-1',
        title: '',
        description: 'ü \u2028 👩‍👧',
        inputSchema: {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          type: 'object',
          properties: { a: { type: ['string', 'null'], 'x-ui': vendor, default: '' } },
          $defs: { d: { $anchor: 'd', const: 1e21 } },
          ...vendor,
        },
        outputSchema: { type: 'object', ...vendor },
        annotations: { title: '', readOnlyHint: true, ...vendor },
        icons: [{ src: 'data:image/png;base64,AAAA', sizes: ['48x48'], ...vendor }],
        execution: { taskSupport: 'forbidden' },
        _meta: { ui: { resourceUri: 'ui://panel/main' }, ...vendor },
        ...vendor,
      },
    ],
  },
  'prompts/list': {
    member: 'prompts',
    items: [
      { name: 'probe', arguments: [{ name: 'a', required: false, ...vendor }], _meta: vendor, icons: [], ...vendor },
    ],
  },
  'resources/list': {
    member: 'resources',
    items: [
      { uri: 'raw://one', name: '', size: 2 ** 53, annotations: { lastModified: '', ...vendor }, ...vendor },
      { uri: 'ui://panel/main', name: 'panel', mimeType: 'text/html;profile=mcp-app', _meta: vendor },
    ],
  },
  'resources/templates/list': {
    member: 'resourceTemplates',
    items: [{ uriTemplate: 'raw://{+path}{?q}', name: '', _meta: vendor, ...vendor }],
  },
};

/** Makes the server list the odd definitions; before the gateway starts, because it learns them once. */
export function setOddDefinitions(server: Pick<RawServer, 'answers'>, era: Era): void {
  const cacheable: JsonObject = era === 'modern' ? { resultType: 'complete', ttlMs: 0, cacheScope: 'private' } : {};
  for (const [method, { member, items }] of Object.entries(oddDefinitions)) {
    server.answers.set(method, { result: { ...cacheable, [member]: items } });
  }
}
