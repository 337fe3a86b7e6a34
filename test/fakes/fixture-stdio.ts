import type { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createFixtureServer, type FixtureWorld } from './fixture-server.ts';

/** The fixture as a stdio program; its one argument is the only era it speaks. */
const era = process.argv[2] === 'legacy' ? 'legacy' : 'modern';
const servers = new Set<Server>();
const world: FixtureWorld = {
  hasExtraTool: false,
  hasExtraPrompt: false,
  announce(change) {
    for (const server of servers) {
      if (change === 'tools') void server.sendToolListChanged();
      else if (change === 'prompts') void server.sendPromptListChanged();
      else void server.sendResourceUpdated({ uri: change.uri });
    }
  },
};

function createServer(): Server {
  const server = createFixtureServer(world, era);
  servers.add(server);
  return server;
}

if (era === 'modern') serveStdio(createServer, { legacy: 'reject' });
else {
  const { StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  await createServer().connect(new StdioServerTransport());
}
