import type { Era } from '../../electron/engine/exchange.ts';

/** Every method and notification of the published schemas (schema/<revision>/schema.json) and of the tasks extension, by the era that has it. */
export interface SchemaName {
  name: string;
  /** Who sends it. */
  from: 'agent' | 'server';
  eras: readonly Era[];
}

const both = ['legacy', 'modern'] as const;
const legacy = ['legacy'] as const;
const modern = ['modern'] as const;

const named = (from: SchemaName['from'], eras: readonly Era[], ...names: string[]): SchemaName[] =>
  names.map((name) => ({ name, from, eras }));

export const schemaNames: readonly SchemaName[] = [
  ...named('agent', legacy, 'initialize', 'notifications/initialized', 'ping'),
  ...named('agent', modern, 'server/discover', 'subscriptions/listen'),
  ...named('agent', both, 'tools/list', 'tools/call', 'resources/list', 'resources/templates/list', 'resources/read'),
  ...named('agent', both, 'prompts/list', 'prompts/get', 'completion/complete'),
  ...named('agent', legacy, 'resources/subscribe', 'resources/unsubscribe', 'logging/setLevel'),
  ...named('agent', both, 'tasks/get', 'tasks/cancel'),
  ...named('agent', legacy, 'tasks/list', 'tasks/result'),
  ...named('agent', modern, 'tasks/update'),
  ...named('agent', both, 'notifications/cancelled'),
  ...named('agent', legacy, 'notifications/roots/list_changed', 'notifications/progress'),
  ...named('server', legacy, 'ping'),
  ...named('server', both, 'elicitation/create', 'sampling/createMessage', 'roots/list'),
  ...named('server', both, 'notifications/progress', 'notifications/message', 'notifications/tools/list_changed'),
  ...named('server', both, 'notifications/prompts/list_changed', 'notifications/resources/list_changed'),
  ...named('server', both, 'notifications/resources/updated'),
  ...named(
    'server',
    legacy,
    'notifications/cancelled',
    'notifications/tasks/status',
    'notifications/elicitation/complete',
  ),
  ...named('server', modern, 'notifications/subscriptions/acknowledged', 'notifications/tasks'),
];

/** The names in each schema file, as its `method` constants have them; 2024-11-05 and 2025-03-26 have the same. */
export const namesOfRevision: Readonly<Record<string, string>> = {
  '2025-03-26':
    'completion/complete initialize logging/setLevel notifications/cancelled notifications/initialized notifications/message notifications/progress notifications/prompts/list_changed notifications/resources/list_changed notifications/resources/updated notifications/roots/list_changed notifications/tools/list_changed ping prompts/get prompts/list resources/list resources/read resources/subscribe resources/templates/list resources/unsubscribe roots/list sampling/createMessage tools/call tools/list',
  '2025-06-18':
    'completion/complete elicitation/create initialize logging/setLevel notifications/cancelled notifications/initialized notifications/message notifications/progress notifications/prompts/list_changed notifications/resources/list_changed notifications/resources/updated notifications/roots/list_changed notifications/tools/list_changed ping prompts/get prompts/list resources/list resources/read resources/subscribe resources/templates/list resources/unsubscribe roots/list sampling/createMessage tools/call tools/list',
  '2025-11-25':
    'completion/complete elicitation/create initialize logging/setLevel notifications/cancelled notifications/elicitation/complete notifications/initialized notifications/message notifications/progress notifications/prompts/list_changed notifications/resources/list_changed notifications/resources/updated notifications/roots/list_changed notifications/tasks/status notifications/tools/list_changed ping prompts/get prompts/list resources/list resources/read resources/subscribe resources/templates/list resources/unsubscribe roots/list sampling/createMessage tasks/cancel tasks/get tasks/list tasks/result tools/call tools/list',
  '2026-07-28':
    'completion/complete elicitation/create notifications/cancelled notifications/message notifications/progress notifications/prompts/list_changed notifications/resources/list_changed notifications/resources/updated notifications/subscriptions/acknowledged notifications/tools/list_changed prompts/get prompts/list resources/list resources/read resources/templates/list roots/list sampling/createMessage server/discover subscriptions/listen tools/call tools/list',
};
