import type { Era } from '../../electron/engine/exchange.ts';
import { keyOf } from './journey.ts';
import type { SchemaName } from './schema-names.ts';

/** A test that looks at one message closely; `file` is below `test/`. */
export interface CoveringTest {
  eras: Era | 'both';
  file: string;
  title: string;
}

/** By `from name`, for each era that has the message. Where a test is made for many cases, the title is what their names begin with. */
const tests: Record<string, [CoveringTest['eras'], string, string][]> = {
  'agent initialize': [
    ['legacy', 'engine/downstream/legacy-leg.test.ts', 'opens a session that carries what the client said of itself'],
  ],
  'agent notifications/initialized': [
    [
      'legacy',
      'engine/downstream/legacy-leg.test.ts',
      'answers a request with JSON and a notification or a response with 202 and nothing',
    ],
  ],
  'agent ping': [
    [
      'legacy',
      'integration/hard-cases/waiting-and-sloppiness.test.ts',
      '16: a ping is answered by the hop it was sent to, in both directions',
    ],
  ],
  'agent server/discover': [
    ['modern', 'engine/downstream/modern-leg.test.ts', 'tells what the gateway is, for this agent alone and for now'],
  ],
  'agent subscriptions/listen': [
    [
      'modern',
      'engine/downstream/listen-streams.test.ts',
      'acknowledges first what it will send, sends that and nothing else, and says when it ends',
    ],
  ],
  'agent tools/list': [
    ['legacy', 'fidelity/fidelity.test.ts', 'equals direct: every definition of'],
    [
      'modern',
      'integration/hard-cases/names-and-headers.test.ts',
      '9: a list that was filtered for one agent is private and stale at once, whatever its server says (security)',
    ],
  ],
  'agent tools/call': [['both', 'fidelity/fidelity.test.ts', 'equals direct:']],
  'agent resources/list': [
    ['legacy', 'integration/prompts-and-resources.test.ts', 'come from all servers, page by page, under one cursor'],
    [
      'modern',
      'integration/modern-agent.test.ts',
      'discovers everything together and uses prompts, resources and completions',
    ],
  ],
  'agent resources/templates/list': [
    [
      'legacy',
      'integration/prompts-and-resources.test.ts',
      'are read by a template, by a link in a result, and by the page of a tool',
    ],
    ['modern', 'fidelity/fidelity.test.ts', 'equals direct: every definition of'],
  ],
  'agent resources/read': [
    [
      'legacy',
      'integration/prompts-and-resources.test.ts',
      'keep their addresses and get a prefix only where two servers have the same',
    ],
    ['modern', 'fidelity/probes.ts', 'resources/read with unknown members both ways'],
  ],
  'agent prompts/list': [
    ['legacy', 'integration/prompts-and-resources.test.ts', 'come from all servers, page by page, under one cursor'],
    ['modern', 'fidelity/fidelity.test.ts', 'equals direct: every definition of'],
  ],
  'agent prompts/get': [
    [
      'legacy',
      'integration/prompts-and-resources.test.ts',
      'are got from their server under its own name, with a decision row and an outcome row',
    ],
    ['modern', 'fidelity/probes.ts', 'prompts/get with unknown members both ways'],
  ],
  'agent completion/complete': [
    [
      'legacy',
      'integration/prompts-and-resources.test.ts',
      'goes to the server of the prompt or template, under its own name',
    ],
    ['modern', 'fidelity/probes.ts', 'completion/complete with context and unknown members'],
  ],
  'agent resources/subscribe': [
    ['legacy', 'integration/prompts-and-resources.test.ts', 'tell a session that subscribed of updates, and no other'],
  ],
  'agent resources/unsubscribe': [
    [
      'legacy',
      'engine/pipeline/subscriptions.test.ts',
      'are removed by the address the agent knows, on the path it asked on',
    ],
  ],
  'agent logging/setLevel': [
    [
      'legacy',
      'integration/server-questions.test.ts',
      'reach the session that asked for them, from the level it asked for',
    ],
  ],
  'agent tasks/get': [
    [
      'legacy',
      'integration/hard-cases/waiting-and-sloppiness.test.ts',
      '13: legacy tasks pass within their era, and a modern agent is neither promised nor given them',
    ],
    [
      'modern',
      'integration/tasks.test.ts',
      'is found by its id alone, by the agent that started it and by no other (security)',
    ],
  ],
  'agent tasks/cancel': [
    ['legacy', 'fidelity/probes.ts', 'tasks/cancel'],
    [
      'modern',
      'integration/tasks.test.ts',
      'is found by its id alone, by the agent that started it and by no other (security)',
    ],
  ],
  'agent tasks/list': [['legacy', 'fidelity/probes.ts', 'tasks/list']],
  'agent tasks/result': [['legacy', 'integration/tasks.test.ts', 'is found in the legacy form too']],
  'agent tasks/update': [['modern', 'fidelity/probes.ts', 'tasks/update']],
  'agent notifications/cancelled': [
    [
      'legacy',
      'engine/downstream/cancellation-and-batches.test.ts',
      'aborts the request it names, which then gets no response',
    ],
    [
      'modern',
      'engine/upstream/modern-link.test.ts',
      'a cancelled call is cancelled by name on stdio and by closing its stream over HTTP',
    ],
  ],
  'agent notifications/roots/list_changed': [
    [
      'legacy',
      'engine/upstream/legacy-asks.test.ts',
      "states the user's capabilities and keeps one process for each of them",
    ],
  ],
  'agent notifications/progress': [
    ['legacy', 'integration/withdrawn-questions.test.ts', 'reaches the server that asked, under the token it gave'],
  ],
  'server ping': [
    [
      'legacy',
      'integration/hard-cases/waiting-and-sloppiness.test.ts',
      '16: a ping is answered by the hop it was sent to, in both directions',
    ],
  ],
  'server elicitation/create': [
    [
      'legacy',
      'integration/server-questions.test.ts',
      'gets the answer of the agent that made the call, and rows of its own are written',
    ],
    ['modern', 'integration/modern-agent.test.ts', 'is asked by them through rounds, and the answers come from it'],
  ],
  'server sampling/createMessage': [
    [
      'legacy',
      'integration/server-questions.test.ts',
      'waits for the person where its switch says Ask, with exactly what it wants on the card',
    ],
    [
      'modern',
      'engine/downstream/modern-rounds.test.ts',
      'leaves with the others of the same turn, and a later one in a round of its own',
    ],
  ],
  'server roots/list': [
    [
      'legacy',
      'engine/upstream/legacy-asks.test.ts',
      'asks for sampling, input and roots in the middle of a call, and gets the answers',
    ],
    ['modern', 'engine/upstream/modern-link.test.ts', 'asks all questions of a round at once'],
  ],
  'server notifications/progress': [
    [
      'legacy',
      'engine/upstream/stdio-link.test.ts',
      'gives progress back under the token the agent chose, and drops progress for tokens it did not give (security)',
    ],
    [
      'modern',
      'engine/downstream/modern-rounds.test.ts',
      'brings progress on the stream of the retry, under the token of the retry',
    ],
  ],
  'server notifications/message': [
    [
      'legacy',
      'engine/upstream/legacy-asks.test.ts',
      'hands log messages and vendor notices to the newest call, session matters to the owner',
    ],
    [
      'modern',
      'engine/upstream/modern-link.test.ts',
      'sends log messages and progress to the call that asked for them, with the level it asked for',
    ],
  ],
  'server notifications/tools/list_changed': [
    [
      'legacy',
      'engine/downstream/streams-and-bounds.test.ts',
      'brings list changes to each session of the agent, once each',
    ],
    [
      'modern',
      'engine/downstream/listen-streams.test.ts',
      'acknowledges first what it will send, sends that and nothing else, and says when it ends',
    ],
  ],
  'server notifications/prompts/list_changed': [
    [
      'legacy',
      'engine/upstream/legacy-asks.test.ts',
      'hands log messages and vendor notices to the newest call, session matters to the owner',
    ],
    [
      'modern',
      'engine/downstream/listen-streams.test.ts',
      'acknowledges first what it will send, sends that and nothing else, and says when it ends',
    ],
  ],
  'server notifications/resources/list_changed': [
    [
      'legacy',
      'engine/downstream/streams-and-bounds.test.ts',
      'brings list changes to each session of the agent, once each',
    ],
    [
      'modern',
      'engine/downstream/listen-streams.test.ts',
      'acknowledges first what it will send, sends that and nothing else, and says when it ends',
    ],
  ],
  'server notifications/resources/updated': [
    ['legacy', 'integration/prompts-and-resources.test.ts', 'tell a session that subscribed of updates, and no other'],
    [
      'modern',
      'engine/downstream/listen-streams.test.ts',
      'subscribes to each resource, promises those that were accepted, and unsubscribes at the end',
    ],
  ],
  'server notifications/cancelled': [
    ['legacy', 'integration/withdrawn-questions.test.ts', 'is cancelled at a legacy agent, and its call goes on'],
  ],
  'server notifications/tasks/status': [
    [
      'legacy',
      'engine/upstream/legacy-asks.test.ts',
      'hands log messages and vendor notices to the newest call, session matters to the owner',
    ],
  ],
  'server notifications/elicitation/complete': [
    ['legacy', 'integration/withdrawn-questions.test.ts', 'goes to a legacy agent; a modern one has no such notice'],
  ],
  'server notifications/subscriptions/acknowledged': [
    [
      'modern',
      'engine/upstream/modern-link.test.ts',
      'listens once for all subscriptions, and again when the stream ended',
    ],
  ],
  'server notifications/tasks': [
    [
      'modern',
      'integration/tasks.test.ts',
      'tells its news to the listening streams of its own agent, once each, and its server no longer than they listen',
    ],
  ],
};

export function testsOf(entry: Pick<SchemaName, 'from' | 'name'>): CoveringTest[] {
  return (tests[keyOf(entry)] ?? []).map(([eras, file, title]) => ({ eras, file, title }));
}
