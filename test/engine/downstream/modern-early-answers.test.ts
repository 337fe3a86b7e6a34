import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { type InputRequired, resultOf, sendModern } from './modern-support.ts';
import { startRig } from './support.ts';

const form = { message: 'Name?', requestedSchema: { type: 'object', properties: {} } };
const accept = (name: string) => ({ action: 'accept', content: { name } });
const capabilities = { elicitation: {} };
const params = { name: 'demo__ask', arguments: { a: 1 } };

const ask = async (port: number, asked: JsonObject = params) =>
  resultOf<InputRequired>(await sendModern(port, 'tools/call', asked, { capabilities }));
const retry = (port: number, requestState: string, inputResponses: JsonObject) =>
  sendModern(port, 'tools/call', { ...params, inputResponses, requestState }, { id: 2, capabilities });

describe('a question to a modern agent', () => {
  it('is answered at once by what the first request brought under its name, one time, and other answers are ignored', async () => {
    const { port } = await startRig({
      handle: async (exchange) => {
        const answers = [];
        for (const key of ['user_name', 'user_name'])
          answers.push(await exchange.ask('elicitation/create', form, { key }));
        return { kind: 'result', result: { content: [], answers: answers as unknown as JsonObject[] } };
      },
    });
    const inputResponses = { user_name: accept('Ada'), unasked: accept('x') };
    const round = await ask(port, { ...params, inputResponses });
    expect(Object.keys(round.inputRequests ?? {})).toEqual(['user_name']);
    const done = await retry(port, round.requestState, { user_name: accept('Bob') });
    expect(resultOf(done)).toMatchObject({ answers: [{ result: accept('Ada') }, { result: accept('Bob') }] });
  });

  it('that its server takes back leaves in no round, and an answer to it answers nobody', async () => {
    const withdrawal = new AbortController();
    const { port } = await startRig({
      handle: async (exchange) => {
        const both = [
          exchange.ask('elicitation/create', form, { signal: withdrawal.signal }),
          exchange.ask('elicitation/create', { ...form, message: 'Kept?' }),
        ];
        if (exchange.params.early === true) withdrawal.abort();
        const answers = (await Promise.all(both)) as unknown as JsonObject[];
        return { kind: 'result', result: { content: [], answers } };
      },
    });
    const round = await ask(port);
    expect(Object.keys(round.inputRequests ?? {})).toEqual(['ask-1', 'ask-2']);
    withdrawal.abort();
    const done = await retry(port, round.requestState, { 'ask-1': accept('a'), 'ask-2': accept('b') });
    expect(resultOf(done)).toMatchObject({ answers: [{ kind: 'error' }, { result: accept('b') }] });
    const early = await ask(port, { ...params, early: true });
    expect(Object.values(early.inputRequests ?? {}).map(({ params: asked }) => asked)).toEqual([
      { ...form, message: 'Kept?' },
    ]);
  });
});
