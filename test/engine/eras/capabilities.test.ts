import { describe, expect, it } from 'vitest';
import {
  canBeAsked,
  capabilitiesOfAll,
  capabilitiesOfOne,
  capabilitiesTowards,
} from '../../../electron/engine/eras/capabilities.ts';
import type { Era } from '../../../electron/engine/exchange.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';

const server = (era: Era, capabilities: JsonObject) => ({ era, capabilities });
const tasks = { 'io.modelcontextprotocol/tasks': {}, 'acme/ext': { a: 1 } };

describe('the capabilities of servers', () => {
  it('are told together, with listChanged even where the server does not tell', () => {
    const told = capabilitiesOfAll(
      [
        server('legacy', { prompts: {}, resources: {}, acme: { x: 1 } }),
        server('modern', { resources: { subscribe: true }, logging: {}, completions: {} }),
      ],
      'legacy',
    );
    expect(told).toEqual({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      logging: {},
      completions: {},
      acme: { x: 1 },
    });
  });

  it('keep tasks within one era, their list within one server, and other extensions always', () => {
    expect(capabilitiesOfOne(server('legacy', { tasks: { list: {} } }), 'legacy').tasks).toEqual({ list: {} });
    expect(capabilitiesOfOne(server('legacy', { tasks: { list: {} } }), 'modern')).not.toHaveProperty('tasks');
    const listed = server('legacy', { tasks: { list: {}, cancel: {} } });
    expect(capabilitiesOfAll([listed], 'legacy').tasks).toEqual({ list: {}, cancel: {} });
    expect(capabilitiesOfAll([listed, server('legacy', {})], 'legacy').tasks).toEqual({ cancel: {} });
    expect(capabilitiesOfAll([listed, server('legacy', {})], 'modern')).not.toHaveProperty('tasks');
    expect(capabilitiesOfOne(server('modern', { extensions: tasks }), 'modern').extensions).toEqual(tasks);
    expect(capabilitiesOfOne(server('modern', { extensions: tasks }), 'legacy').extensions).toEqual({
      'acme/ext': { a: 1 },
    });
    const several = [server('modern', { extensions: tasks }), server('legacy', {})];
    expect(capabilitiesOfAll(several, 'modern').extensions).toEqual(tasks);
    expect(capabilitiesOfAll(several, 'legacy').extensions).toEqual({ 'acme/ext': { a: 1 } });
  });
});

describe('the capabilities of a client towards a server', () => {
  it('are its own less what is switched off', () => {
    const client = { elicitation: { form: {} }, sampling: {}, roots: {}, tasks: {}, 'acme/x': {} };
    const towards = capabilitiesTowards(client, { elicitation: 'allow', sampling: 'deny', roots: 'ask' });
    expect(towards).toEqual({ elicitation: { form: {} }, roots: {}, 'acme/x': {} });
    expect(canBeAsked(towards)).toBe(true);
    expect(canBeAsked({ 'acme/x': {} })).toBe(false);
  });
});
