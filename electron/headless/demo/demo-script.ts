import { stringify } from 'yaml';
import type { DemoStep } from './demo-agent.ts';

/** A made-up agent of the demo: what it does, and the variable that holds its token. */
export interface DemoCast {
  name: string;
  clientName: string;
  tokenVariable: string;
  steps: DemoStep[];
}

const server = 'demo-notes';
const tool = (name: string) => `${server}__${name}`;
const list = (pauseMs: number): DemoStep => ({ tool: tool('list_notes'), arguments: {}, pauseMs });
const read = (name: string, pauseMs: number): DemoStep => ({ tool: tool('read_note'), arguments: { name }, pauseMs });

export const demoCast: DemoCast[] = [
  {
    name: 'Demo agent',
    clientName: 'demo-agent',
    tokenVariable: 'SCOPEGATE_DEMO_AGENT_TOKEN',
    steps: [
      list(1_500),
      read('trip', 2_000),
      { tool: tool('delete_note'), arguments: { name: 'trip' }, pauseMs: 2_000 },
      {
        tool: tool('write_note'),
        arguments: { name: 'packing', text: 'Passport, charger, rain coat.' },
        pauseMs: 4_000,
      },
      read('packing', 3_000),
      { tool: tool('send_mail'), arguments: { to: 'sam@example.com', note: 'trip' }, pauseMs: 5_000 },
    ],
  },
  {
    name: 'Demo reader',
    clientName: 'demo-reader',
    tokenVariable: 'SCOPEGATE_DEMO_READER_TOKEN',
    steps: [list(2_500), read('shopping', 3_500), read('no-such-note', 3_000), read('welcome', 4_000)],
  },
];

/** The demo's declared configuration. `command` and `args` start `scopegate demo-server`. */
export function demoConfig(command: string, args: readonly string[]): string {
  const [agent, reader] = demoCast;
  return stringify({
    port: 0,
    servers: { [server]: { command, args } },
    agents: {
      [agent?.name ?? '']: {
        token: `env:${agent?.tokenVariable}`,
        default: 'ask',
        tools: { [tool('list_notes')]: 'allow', [tool('read_note')]: 'allow', [tool('delete_note')]: 'deny' },
      },
      [reader?.name ?? '']: {
        token: `env:${reader?.tokenVariable}`,
        default: 'deny',
        tools: { [tool('list_notes')]: 'allow', [tool('read_note')]: 'allow' },
        limit: '60/min',
      },
    },
  });
}
