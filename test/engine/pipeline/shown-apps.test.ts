import { describe, expect, it } from 'vitest';
import { showApps } from '../../../electron/engine/pipeline/app-pages.ts';
import { PromptNames } from '../../../electron/engine/pipeline/prompt-names.ts';
import { ResourceRoutes } from '../../../electron/engine/pipeline/resource-routes.ts';
import type { CatalogTool } from '../../../electron/engine/upstream/catalog.ts';

function tool(serverId: string, resourceUri: string): CatalogTool {
  const definition = { name: 'look', inputSchema: { type: 'object' }, _meta: { ui: { resourceUri, csp: 1 } } };
  return {
    ...{ kind: 'tool', serverId, serverName: serverId, name: 'look', exposedName: `${serverId}__look`, definition },
    ...{ definitionHash: 'h', reviewed: true, state: 'reviewed', reviewedDefinition: null, tierRoseAt: null },
    risk: { tier: 'read', reasons: [] },
    listed: JSON.stringify({ ...definition, name: `${serverId}__look` }),
  };
}
const nobody = () => null;
const pagesOf = (tools: readonly CatalogTool[]) => tools.map(({ listed }) => JSON.parse(listed)._meta.ui.resourceUri);

describe('pages of tools', () => {
  it('keep their address, and only a second server the agent sees gets another one', () => {
    const { tools, apps } = showApps([tool('a', 'ui://main'), tool('b', 'ui://main'), tool('b', 'ui://own')], nobody);
    expect(pagesOf(tools)).toEqual(['ui://main', 'ui://sg-b.main', 'ui://own']);
    expect(JSON.parse(tools[1]?.listed ?? '')._meta.ui.csp).toBe(1);
    expect(Object.fromEntries(apps)).toEqual({
      'ui://main': { serverId: 'a', uri: 'ui://main' },
      'ui://sg-b.main': { serverId: 'b', uri: 'ui://main' },
      'ui://own': { serverId: 'b', uri: 'ui://own' },
    });
  });

  it('are no pages under any other scheme (security)', () => {
    const { tools, apps } = showApps([tool('a', 'file:///a')], nobody);
    expect(apps.size).toBe(0);
    expect(pagesOf(tools)).toEqual(['file:///a']);
  });

  it('take no address from the server whose list showed it, nor the prefixed form of another (security)', () => {
    const { apps } = showApps([tool('a', 'ui://sg-b.main'), tool('a', 'ui://x')], (uri) =>
      uri === 'ui://x' ? 'b' : null,
    );
    expect([...apps.keys()]).toEqual(['ui://sg-a.sg-b.main', 'ui://sg-a.x']);
  });

  it('keep their address when another server lists it afterwards (security)', () => {
    const routes = new ResourceRoutes((_agent, uri) => (uri === 'ui://main' ? { serverId: 'a', uri } : null));
    expect(routes.learn('one', 'bad', 'ui://main', true)).toBe('ui://sg-bad.main');
    expect(routes.learn('one', 'a', 'ui://main', true)).toBe('ui://main');
    expect(routes.listed('one', 'ui://main')).toMatchObject({ serverId: 'a' });
  });
});

describe('prompt names of many servers', () => {
  it('are found however many names another server lists, the newest of it too (security)', () => {
    const names = new PromptNames();
    for (let at = 0; at <= 10_000; at += 1) names.learn('bad', `p${at}`);
    expect(names.learn('good', 'hello')).toBe('good__hello');
    expect(names.find('good__hello')).toEqual({ serverId: 'good', name: 'hello' });
    expect(names.find('bad__p10000')).toEqual({ serverId: 'bad', name: 'p10000' });
    expect(names.find('bad__p0')).toBeNull();
  });

  it('are at most 1 KiB long (security)', () => {
    const names = new PromptNames();
    expect(names.learn('bad', 'ü'.repeat(513))).toBeNull();
    expect(names.learn('bad', 'ü'.repeat(512))).toMatch(/^bad__/);
  });

  it('go with their server', () => {
    const names = new PromptNames();
    names.learn('gone', 'hello');
    names.drop('gone');
    expect(names.find('gone__hello')).toBeNull();
  });
});
