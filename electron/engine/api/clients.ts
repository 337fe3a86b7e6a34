import { agentViewOf } from './agents.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

export function makeClientHandlers(parts: EngineParts): HandlersFor<'clients'> & HandlersFor<'setup'> {
  const { clients, firstCall } = parts;
  return {
    'clients.list': () => clients.list(),
    'clients.read': (chosen) => clients.read(chosen),
    'clients.import': (params) => clients.import(params),
    'clients.preview': (choice) => clients.preview(choice),
    'clients.connect': async (params) => {
      const { agentId, connection, backup } = await clients.connect(params);
      return { agent: agentViewOf(parts, parts.agents.existing(agentId)), connection, backup };
    },
    'clients.undo': async ({ id }) => {
      await clients.undo(id);
      return {};
    },
    'clients.dismiss': async ({ key }) => {
      await clients.dismiss(key);
      return {};
    },
    // what is declared in a file was set up there
    'setup.state': async () => ({ isDone: parts.status().configFile !== null || (await clients.isSetUp()) }),
    'setup.finish': async () => {
      await clients.finishSetup();
      return {};
    },
    'setup.tryCall': async () => {
      await firstCall.start();
      return {};
    },
    'setup.tryResult': () => firstCall.result,
  };
}
