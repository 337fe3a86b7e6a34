import { fileURLToPath } from 'node:url';
import type { DeclaredServer } from '../../electron/engine/contract.ts';
import { declareAgent, type Harness, startEngine } from '../helpers/engine.ts';

export interface Gateway {
  harness: Harness;
  /** The token of the agent with this name. */
  tokenOf(agent: string): string;
  /** The address of one server alone, its names without a prefix: what an agent of that server alone would see. */
  scopedUrl(serverId: string): string;
  stop(): Promise<void>;
}

/** A real engine in front of these servers, with agents that may do everything: what is left is transparency. */
export async function startOpenGateway(
  servers: Record<string, DeclaredServer['transport']>,
  agents: readonly string[],
): Promise<Gateway> {
  const tokenOf = (agent: string) => `${agent}-`.padEnd(40, 'x');
  const harness = await startEngine({
    servers: Object.entries(servers).map(([id, transport]) => ({
      id,
      transport,
      trusted: true,
      asks: { elicitation: 'allow', sampling: 'allow', roots: 'allow' },
    })),
    agents: agents.map((agent) => declareAgent(agent, tokenOf(agent), { defaultEffect: 'allow' })),
  });
  return {
    harness,
    tokenOf,
    scopedUrl: (serverId) => `${harness.url}/${serverId}`,
    stop: () => harness.stop(),
  };
}

export function overHttp(url: string): DeclaredServer['transport'] {
  return { kind: 'http', url, headers: {} };
}

/** The fixture as a child process. */
export function fixtureOverStdio(era: 'legacy' | 'modern'): DeclaredServer['transport'] {
  const program = fileURLToPath(new URL('../fakes/fixture-stdio.ts', import.meta.url));
  return { kind: 'stdio', command: process.execPath, args: [program, era], cwd: null, env: {} };
}
