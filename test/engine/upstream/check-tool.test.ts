import { describe, expect, it } from 'vitest';
import { findWrongMember } from '../../../electron/engine/upstream/check-tool.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';

const inputSchema = { type: 'object' };

describe('the definition of a tool', () => {
  it.each<JsonObject>([
    { name: 't', inputSchema },
    { name: 't', inputSchema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], $defs: 7 } },
    {
      name: 't',
      title: 'T',
      description: '',
      inputSchema,
      outputSchema: { type: 'object', properties: {} },
      annotations: { title: 'T', readOnlyHint: true, destructiveHint: false, vendor: 1 },
      icons: [{ src: 'data:image/png;base64,AA==', mimeType: 'image/png', sizes: ['48x48'] }],
      execution: { taskSupport: 'optional' },
      _meta: { 'vendor/x': [1] },
      vendor: { anything: null },
    },
  ])('is right with what the protocol names and anything beside it (%#)', (tool) => {
    expect(findWrongMember(tool)).toBeNull();
  });

  it.each<[string, JsonObject]>([
    ['inputSchema', { name: 't' }],
    ['inputSchema', { name: 't', inputSchema: null }],
    ['inputSchema', { name: 't', inputSchema: { type: 'string' } }],
    ['inputSchema', { name: 't', inputSchema: { type: 'object', properties: { a: true } } }],
    ['inputSchema', { name: 't', inputSchema: { type: 'object', required: 'a' } }],
    ['outputSchema', { name: 't', inputSchema, outputSchema: [] }],
    ['description', { name: 't', inputSchema, description: 5 }],
    ['title', { name: 't', inputSchema, title: {} }],
    ['annotations', { name: 't', inputSchema, annotations: { readOnlyHint: 'yes' } }],
    ['icons', { name: 't', inputSchema, icons: [{ mimeType: 'image/png' }] }],
    ['_meta', { name: 't', inputSchema, _meta: 'x' }],
  ])('names a wrong %s (%#)', (member, tool) => {
    expect(findWrongMember(tool)).toBe(member);
  });
});
