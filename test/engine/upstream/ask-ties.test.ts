import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { AskAnswer, AskTies } from '../../../electron/engine/exchange.ts';
import type { JsonValue } from '../../../electron/engine/wire/json-rpc.ts';
import { armedCall, callIo, faultOf, never, readText, rootDir, startPool } from './support.ts';

const patient = { timeout: 30_000, interval: 20 };
const user = { agentId: 'a', capabilities: { elicitation: {} } };
const question = { method: 'elicitation/create', params: { message: 'x', _meta: { progressToken: 'its own' } } };

async function openAsking() {
  const started = startPool();
  const args = [path.join(rootDir, 'test/fakes/asking-server.mjs')];
  started.pool.configure({
    id: 's',
    transport: { kind: 'stdio', command: process.execPath, args, cwd: null, env: {} },
    enabled: true,
  });
  const link = await started.pool.link('s', never, user);
  const say = async (tool: string, args: Parameters<typeof armedCall>[1] = {}, io = callIo()) =>
    JSON.parse(readText(await link.send(armedCall(tool, args), io))) as JsonValue;
  return { ...started, link, say };
}

/** An agent that never answers, with what ties each question to its server. */
function silentAgent() {
  const ties: AskTies[] = [];
  const answers: ((answer: AskAnswer) => void)[] = [];
  const io = callIo({
    ask: (_method, _params, tie) => {
      if (tie) ties.push(tie);
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  return { ties, answers, io };
}

test('an agent’s progress on a question reaches the server that asked it, while it is open', async () => {
  const { say } = await openAsking();
  const { ties, answers, io } = silentAgent();
  const asked = say('ask', { requests: [question] }, io);
  await vi.waitFor(() => expect(ties).toHaveLength(1), patient);
  ties[0]?.onProgress?.({ progressToken: 'its own', progress: 1, message: 'half' });
  answers[0]?.({ kind: 'result', result: { action: 'decline' } });
  await asked;
  ties[0]?.onProgress?.({ progressToken: 'its own', progress: 2 });
  const heard = (await say('heard')) as { method?: string }[];
  expect(heard.filter(({ method }) => method === 'notifications/progress')).toEqual([
    {
      method: 'notifications/progress',
      params: { progressToken: 'its own', progress: 1, message: 'half' },
    },
  ]);
});

test('a question its server takes back is over at once', async () => {
  const { say } = await openAsking();
  const { ties, io } = silentAgent();
  await say('ask-and-withdraw', { request: question }, io);
  await vi.waitFor(() => expect(ties[0]?.signal?.aborted).toBe(true), patient);
});

test('a question is over when its server ends, in a call and outside of it', async () => {
  const { pool, link, ports } = await openAsking();
  const outside: AskTies[] = [];
  ports.onAsk = (_id, _owner, _method, _params, tie) => {
    outside.push(tie);
    return new Promise(() => {});
  };
  const { ties, io } = silentAgent();
  const broken = faultOf(link.send(armedCall('ask', { requests: [question] }), io));
  await vi.waitFor(() => expect(ties).toHaveLength(1), patient);
  await pool.restart('s');
  expect((await broken).kind).toBe('exited');
  await vi.waitFor(() => expect(ties[0]?.signal?.aborted).toBe(true), patient);
  const again = await pool.link('s', never, user);
  await again.send(armedCall('ask-later', { request: question }), callIo());
  await vi.waitFor(() => expect(outside).toHaveLength(1), patient);
  expect(outside[0]?.signal?.aborted).toBe(false);
  await faultOf(again.send(armedCall('crash', {}), callIo()));
  await vi.waitFor(() => expect(outside[0]?.signal?.aborted).toBe(true), patient);
});
