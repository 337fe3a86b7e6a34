import type { ServerJson } from './server-json.ts';

/** 22 November 2026. */
export const snapshotAt = Date.UTC(2026, 10, 22);

const reference = 'https://github.com/modelcontextprotocol/servers';

function referenceServer(name: string, description: string, registryType: 'npm' | 'pypi', version: string): ServerJson {
  const isNpm = registryType === 'npm';
  return {
    name: `io.github.modelcontextprotocol/server-${name}`,
    title: name.replace(/^./, (first) => first.toUpperCase()).replace('-', ' '),
    description,
    version,
    repository: { url: reference },
    packages: [
      {
        registryType,
        identifier: isNpm ? `@modelcontextprotocol/server-${name}` : `mcp-server-${name}`,
        version,
        transport: { type: 'stdio' },
      },
    ],
  };
}

/** Adds what a reference server needs beyond its package. */
function withPackage(server: ServerJson, more: Partial<NonNullable<ServerJson['packages']>[number]>): ServerJson {
  return { ...server, packages: (server.packages ?? []).map((each) => ({ ...each, ...more })) };
}

/**
 * What is offered before anybody fetched the registry: the reference servers of the protocol and two more, each at the
 * version its package had on the day of the snapshot. `integrity` stands where npm's own figure was seen.
 */
export const snapshot: readonly ServerJson[] = [
  withPackage(referenceServer('everything', 'Exercises all features of the protocol', 'npm', '2026.8.31'), {
    integrity: 'sha512-5U3OZh8Xq0Li4nA26l6uNvV9/1suMDuWSn+NjLZIhzinhMY6N3A4DCrxVecBGPf2PsNFKTEv5krxGPRwzxc7jQ==',
  }),
  withPackage(referenceServer('filesystem', 'Reads and writes files in the folders you list', 'npm', '2026.8.31'), {
    integrity: 'sha512-kKaFkyAh6oipvc9+EAbJ552JafnMnOq5nzmzWkp1jJdBhTAAGpmIpWihUG1+rfNhmEFM98gUZDdCHCDD4v6a7Q==',
    packageArguments: [
      {
        type: 'positional',
        valueHint: 'folder',
        description: 'Folders it may use',
        isRequired: true,
        isRepeated: true,
      },
    ],
  }),
  withPackage(referenceServer('memory', 'Remembers facts in a knowledge graph', 'npm', '2026.8.31'), {
    integrity: 'sha512-ljj/3S4aGjxdNSQWw6gucKKGnTLdBPWxzapyY/MT2tOVyZwvxChvevXSLPwx59nKJAlVpUVW+cOlnVRXRwiqMQ==',
  }),
  referenceServer('sequential-thinking', 'Thinks through a problem step by step', 'npm', '2026.8.31'),
  referenceServer('fetch', 'Fetches pages and turns them into text', 'pypi', '2026.10.24'),
  withPackage(referenceServer('git', 'Reads, searches and changes a Git repository', 'pypi', '2026.10.19'), {
    packageArguments: [{ type: 'named', name: '--repository', description: 'The repository', isRequired: true }],
  }),
  referenceServer('time', 'Tells the time and converts time zones', 'pypi', '2026.10.19'),
  {
    name: 'io.github.brave/brave-search-mcp-server',
    title: 'Brave Search',
    description: 'Web results, images, videos, rich results and summaries from Brave Search',
    version: '2.1.3',
    repository: { url: 'https://github.com/brave/brave-search-mcp-server' },
    packages: [
      {
        registryType: 'npm',
        identifier: '@brave/brave-search-mcp-server',
        version: '2.1.3',
        transport: { type: 'stdio' },
        environmentVariables: [
          { name: 'BRAVE_API_KEY', description: 'Your API key for the service', isRequired: true, isSecret: true },
        ],
      },
    ],
  },
  {
    name: 'io.github.microsoft/playwright-mcp',
    title: 'Playwright',
    description: 'Drives a web browser',
    version: '0.0.83',
    repository: { url: 'https://github.com/microsoft/playwright-mcp' },
    packages: [{ registryType: 'npm', identifier: '@playwright/mcp', version: '0.0.83', transport: { type: 'stdio' } }],
  },
];
