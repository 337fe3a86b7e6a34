import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openCursor, sealCursor } from '../../../electron/engine/core/composite-cursor.ts';
import { matchesTemplate } from '../../../electron/engine/core/resource-uris.ts';
import { exposePromptName } from '../../../electron/engine/core/tool-names.ts';
import { PromptNames } from '../../../electron/engine/pipeline/prompt-names.ts';
import { ResourceRoutes } from '../../../electron/engine/pipeline/resource-routes.ts';
import { scanUris } from '../../../electron/engine/pipeline/scan-uris.ts';
import { TaskTable } from '../../../electron/engine/pipeline/task-table.ts';
import { fc } from '../../helpers/property.ts';

describe('resource addresses', () => {
  it('stay as they are and get a prefix where another server has the same', () => {
    const routes = new ResourceRoutes();
    expect(routes.learn('agent', 'a', 'x://1', true)).toBe('x://1');
    expect(routes.learn('agent', 'b', 'x://1', true)).toBe('sg-b+x://1');
    expect(routes.learn('agent', 'b', 'x://1', true)).toBe('sg-b+x://1');
    expect(routes.find('agent', 'x://1')).toMatchObject({ serverId: 'a', uri: 'x://1' });
    expect(routes.find('agent', 'sg-b+x://1')).toMatchObject({ serverId: 'b', uri: 'x://1' });
    expect(routes.shown('agent', 'b', 'x://1')).toBe('sg-b+x://1');
  });

  it('are known to the agent that was shown them alone (security)', () => {
    const routes = new ResourceRoutes();
    routes.learn('one', 'a', 'x://1', true);
    expect(routes.find('two', 'x://1')).toBeNull();
  });

  it('belong to the server that lists them, whoever mentioned them before (security)', () => {
    const routes = new ResourceRoutes();
    expect(routes.learn('agent', 'bad', 'x://1', false)).toBe('x://1');
    expect(routes.learn('agent', 'good', 'x://1', true)).toBe('x://1');
    expect(routes.find('agent', 'x://1')).toMatchObject({ serverId: 'good' });
    expect(routes.learn('agent', 'bad', 'x://1', false)).toBe('sg-bad+x://1');
  });

  it('are found by the most telling template that fits', () => {
    const routes = new ResourceRoutes();
    routes.learnTemplate('agent', 'wide', 'db://{+rest}');
    routes.learnTemplate('agent', 'narrow', 'db://rows/{id}');
    routes.learnTemplate('agent', 'twin', 'db://rows/{id}');
    expect(routes.find('agent', 'db://rows/7')).toMatchObject({ serverId: 'narrow', uri: 'db://rows/7' });
    expect(routes.find('agent', 'db://other')).toMatchObject({ serverId: 'wide' });
    expect(routes.find('agent', 'sg-twin+db://rows/7')).toMatchObject({ serverId: 'twin', uri: 'db://rows/7' });
    expect(matchesTemplate('a{x}b{y}b', 'a1b')).toBe(false);
    expect(matchesTemplate('a{x}b{y}b', 'a1b2b')).toBe(true);
  });
});

describe('the scan for addresses', () => {
  it('finds every uri member and none inside a text', () => {
    const inside = { text: '{"uri":"no://1"}', list: [{ uri: 'yes://1' }, { resource: { uri: 'yes://"2"' } }], uri: 3 };
    const bytes = Buffer.from(JSON.stringify(inside, null, 1));
    const found = scanUris(bytes);
    expect(found.map(({ uri }) => uri)).toEqual(['yes://1', 'yes://"2"']);
    for (const { uri, start, end } of found) expect(JSON.parse(bytes.toString('utf8', start, end))).toBe(uri);
  });

  it('finds what a parser finds, whatever else the message holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.webUrl(), (value, uri) => {
        const bytes = Buffer.from(JSON.stringify({ value, last: { uri } }));
        expect(scanUris(bytes).at(-1)?.uri).toBe(uri);
      }),
    );
  });
});

describe('prompt names', () => {
  it('differ for different prompts of one server, within 64 characters', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2 }), (names) => {
        const exposed = names.map((name) => exposePromptName('srv', name));
        expect(new Set(exposed).size).toBe(names.length);
        for (const name of exposed) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      }),
    );
  });

  it('are looked up, never taken apart', () => {
    const names = new PromptNames();
    expect(names.learn('srv', 'hello')).toBe('srv__hello');
    expect(names.find('srv__hello')).toEqual({ serverId: 'srv', name: 'hello' });
    expect(names.find('srv__other')).toBeNull();
  });
});

describe('composite cursors', () => {
  const key = createSecretKey(Buffer.alloc(32, 1));

  it('open for the agent and method they were made for, and not when changed (security)', () => {
    const cursor = sealCursor(key, 'agent', 'prompts/list', { a: 'x', b: '2' });
    expect(openCursor(key, 'agent', 'prompts/list', cursor)).toEqual({ a: 'x', b: '2' });
    expect(openCursor(key, 'other', 'prompts/list', cursor)).toBeNull();
    expect(openCursor(key, 'agent', 'resources/list', cursor)).toBeNull();
    expect(openCursor(key, 'agent', 'prompts/list', `${cursor.slice(0, -2)}AA`)).toBeNull();
    expect(openCursor(key, 'agent', 'prompts/list', 'x')).toBeNull();
  });
});

describe('tasks', () => {
  it('are there for the agent that started them alone (security)', () => {
    const tasks = new TaskTable();
    tasks.learn({ agentId: 'one', serverId: 's', taskId: 't', tool: 'slow', approvalId: null, settledAt: null });
    expect(tasks.find('one', 's', 't')?.tool).toBe('slow');
    expect(tasks.find('two', 's', 't')).toBeNull();
    expect(tasks.ofServer('s', 't')?.agentId).toBe('one');
  });
});
