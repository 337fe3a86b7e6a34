import { describe, expect, it, vi } from 'vitest';
import type { AskAnswer, ExchangeHandler } from '../../../electron/engine/exchange.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import type { InputRequired } from './modern-support.ts';
import { gateway, openModern, resultOf, sendModern, serverInfoKey } from './modern-support.ts';
import { manualHandler, one, parseJson, startRig, tokenOfTwo } from './support.ts';

const form = { message: 'Name?', requestedSchema: { type: 'object', properties: {} }, vendor: 1 };
const accept = (name: string) => ({ action: 'accept', content: { name } });
const capabilities = { elicitation: {}, sampling: {}, roots: {} };
const params = { name: 'demo__ask', arguments: { a: 1 } };

/** Asks what the tool's name says and gives back the answers. */
const asking: ExchangeHandler = async (exchange) => {
  const answers: AskAnswer[] = [];
  if (exchange.params.name === 'demo__two') {
    answers.push(
      ...(await Promise.all([
        exchange.ask('elicitation/create', form),
        exchange.ask('sampling/createMessage', { messages: [] }),
      ])),
    );
  } else if (exchange.params.name === 'demo__chain') {
    for (const message of ['first', 'second'])
      answers.push(await exchange.ask('elicitation/create', { ...form, message }));
  } else answers.push(await exchange.ask('elicitation/create', form));
  return { kind: 'result', result: { content: [], answers: answers as unknown as JsonObject[] } };
};

const ask = async (port: number, asked: JsonObject = params) => {
  const answer = await sendModern(port, 'tools/call', asked, { capabilities });
  expect(answer.status).toBe(200);
  return resultOf<InputRequired>(answer);
};

const retry = (port: number, requestState: string, inputResponses: JsonObject, asked: JsonObject = params) =>
  sendModern(port, 'tools/call', { ...asked, inputResponses, requestState }, { id: 2, capabilities });

describe('a question in the middle of a request', () => {
  it('ends this answer with input_required, and the retry goes on with the same exchange', async () => {
    const { port, exchanges } = await startRig({ handle: asking });
    const round = await ask(port);
    expect(round).toEqual({
      resultType: 'input_required',
      inputRequests: { 'ask-1': { method: 'elicitation/create', params: form } },
      requestState: expect.any(String),
      _meta: { [serverInfoKey]: gateway },
    });
    const answer = await retry(port, round.requestState, { 'ask-1': accept('Ada'), other: accept('x') });
    expect(parseJson(answer.body)).toMatchObject({
      id: 2,
      result: { resultType: 'complete', answers: [{ kind: 'result', result: accept('Ada') }] },
    });
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]?.signal.aborted).toBe(false);
  });

  it('leaves with the others of the same turn, and a later one in a round of its own', async () => {
    const { port } = await startRig({ handle: asking });
    const both = await ask(port, { ...params, name: 'demo__two' });
    expect(Object.values(both.inputRequests ?? {}).map(({ method }) => method)).toEqual([
      'elicitation/create',
      'sampling/createMessage',
    ]);
    const chain = { ...params, name: 'demo__chain' };
    const first = await ask(port, chain);
    const second = resultOf<InputRequired>(await retry(port, first.requestState, { 'ask-1': accept('a') }, chain));
    expect(second.inputRequests).toEqual({ 'ask-2': { method: 'elicitation/create', params: expect.anything() } });
    expect(second.requestState).not.toBe(first.requestState);
    const done = await retry(port, second.requestState, { 'ask-2': accept('b') }, chain);
    expect(resultOf(done)).toMatchObject({ answers: [{ result: accept('a') }, { result: accept('b') }] });
  });

  it('is put again when its answer is missing', async () => {
    const { port } = await startRig({ handle: asking });
    const both = await ask(port, { ...params, name: 'demo__two' });
    const asked = { ...params, name: 'demo__two' };
    const again = resultOf<InputRequired>(await retry(port, both.requestState, { 'ask-2': { role: 'x' } }, asked));
    expect(Object.keys(again.inputRequests ?? {})).toEqual(['ask-1']);
    const done = await retry(port, again.requestState, { 'ask-1': accept('a') }, asked);
    expect(resultOf(done)).toMatchObject({ answers: [{ result: accept('a') }, { result: { role: 'x' } }] });
  });

  it('keeps a server’s own name for it where that is plain and free', async () => {
    const handle: ExchangeHandler = async (exchange) => {
      const keys = ['user_name', 'user_name', '__proto__', 'ask-2', `x${'y'.repeat(200)}`];
      await Promise.all(keys.map((key) => exchange.ask('elicitation/create', form, { key })));
      return { kind: 'result', result: {} };
    };
    const { port } = await startRig({ handle });
    expect(Object.keys((await ask(port)).inputRequests ?? {})).toEqual([
      'user_name',
      'ask-1',
      'ask-2',
      'ask-3',
      'ask-4',
    ]);
  });

  it('brings progress on the stream of the retry, under the token of the retry', async () => {
    const handle: ExchangeHandler = async (exchange) => {
      exchange.notify('notifications/progress', { progressToken: 1, progress: 1 });
      await exchange.ask('elicitation/create', form);
      exchange.notify('notifications/progress', { progressToken: 1, progress: 2 });
      return { kind: 'result', result: { content: [] } };
    };
    const { port } = await startRig({ handle });
    const first = await openModern(port, 'tools/call', params, { capabilities, meta: { progressToken: 1 } });
    await first.ended;
    expect(first.events).toMatchObject([{ params: { progress: 1 } }, { result: { resultType: 'input_required' } }]);
    const { requestState } = (first.events[1] as unknown as { result: InputRequired }).result;
    const asked = { ...params, inputResponses: { 'ask-1': accept('a') }, requestState };
    const second = await openModern(port, 'tools/call', asked, { id: 2, capabilities, meta: { progressToken: 'new' } });
    await second.ended;
    expect(second.events).toMatchObject([{ params: { progressToken: 'new', progress: 2 } }, { id: 2 }]);
  });

  it('is never put to a client that did not declare it, nor on a request that knows no rounds (security)', async () => {
    const answers: unknown[] = [];
    const handle: ExchangeHandler = async (exchange) => {
      answers.push(exchange.canAsk('elicitation/create'), exchange.canAsk('sampling/createMessage'));
      answers.push(
        (await exchange.ask('elicitation/create', { mode: 'url', url: 'https://x' })).kind,
        (await exchange.ask('sampling/createMessage', { messages: [], tools: [] })).kind,
      );
      return { kind: 'result', result: {} };
    };
    const { port } = await startRig({ handle });
    await sendModern(port, 'tools/call', params);
    await sendModern(port, 'tools/call', params, { capabilities });
    await sendModern(port, 'tools/call', params, { capabilities: { elicitation: { url: null }, sampling: [] } });
    await sendModern(port, 'completion/complete', {}, { capabilities });
    const no = 'unsupported';
    expect(answers).toEqual([false, false, no, no, true, true, no, no, true, false, no, no, false, false, no, no]);
  });

  it('ends its request when nobody comes back in time', async () => {
    const { port, exchanges } = await startRig({ handle: asking, limits: { askMs: 20 } });
    const round = await ask(port);
    await vi.waitFor(() => expect(exchanges[0]?.signal.aborted).toBe(true));
    const late = await retry(port, round.requestState, { 'ask-1': accept('a') });
    expect(late.status).toBe(400);
    expect(parseJson(late.body).error?.code).toBe(-32602);
  });

  it('ends after a bounded number of rounds (security)', async () => {
    const { port, exchanges } = await startRig({ handle: asking, limits: { askRounds: 3 } });
    let { requestState } = await ask(port);
    for (let round = 0; round < 2; round++) {
      ({ requestState } = resultOf<InputRequired>(await retry(port, requestState, {})));
    }
    const last = await retry(port, requestState, {});
    expect(last.status).toBe(400);
    expect(exchanges[0]?.signal.aborted).toBe(true);
  });
});

describe('a reply that is ready while its request is parked', () => {
  it('waits for the retry', async () => {
    const { handle, reply } = manualHandler();
    const { port, exchanges } = await startRig({
      handle: (exchange) => {
        exchange.ask('elicitation/create', form);
        return handle(exchange);
      },
    });
    const { requestState } = await ask(port);
    reply(1, { content: [], done: true });
    await vi.waitFor(async () => {
      const answer = await retry(port, requestState, {});
      expect(resultOf(answer)).toMatchObject({ resultType: 'complete', done: true });
    });
    expect(exchanges).toHaveLength(1);
  });
});

describe('a requestState', () => {
  const cases: [string, (state: string, round: InputRequired) => [JsonObject, object]][] = [
    ['was changed', (state) => [{ requestState: `${state}-TAMPERED` }, {}]],
    ['lost its last character', (state) => [{ requestState: state.slice(0, -1) }, {}]],
    ['was signed by nobody', (state) => [{ requestState: state.replace(/[^.]+$/, 'A'.repeat(43)) }, {}]],
    ['lives longer than it was given', (state) => [{ requestState: state.replace(/\.[^.]+\./, '.zzzzzzzzz.') }, {}]],
    ['names another parked request', (state) => [{ requestState: `${'A'.repeat(22)}${state.slice(22)}` }, {}]],
    ['is of another agent', (state) => [{ requestState: state }, { token: tokenOfTwo }]],
    ['was given on another path', (state) => [{ requestState: state }, { path: '/mcp/demo' }]],
    ['comes with other arguments', (state) => [{ requestState: state, arguments: { a: 2 } }, {}]],
    ['comes with another tool', (state) => [{ requestState: state, name: 'demo__other' }, {}]],
    ['comes with one member more', (state) => [{ requestState: state, task: {} }, {}]],
    ['is no string', () => [{ requestState: { a: 1 } }, {}]],
    ['is empty', () => [{ requestState: '' }, {}]],
    ['is very long', (state) => [{ requestState: state + 'x'.repeat(100_000) }, {}]],
  ];

  it.each(cases)(
    'that %s is refused like any other, and the good one still works (security)',
    async (_name, change) => {
      const { port, exchanges, logged } = await startRig({ handle: asking });
      const round = await ask(port);
      const [changed, options] = change(round.requestState, round);
      const inputResponses = { 'ask-1': accept('Eve') };
      const asked = { ...params, inputResponses, ...changed };
      const refused = await sendModern(port, 'tools/call', asked, { id: 3, capabilities, ...options });
      expect(refused.status).toBe(400);
      expect(parseJson(refused.body)).toEqual({
        jsonrpc: '2.0',
        id: 3,
        error: { code: -32602, message: 'Invalid params: this requestState is not valid, or not any more.' },
      });
      expect(exchanges).toHaveLength(1);
      const done = await retry(port, round.requestState, { 'ask-1': accept('Ada') });
      expect(resultOf(done)).toMatchObject({ answers: [{ result: accept('Ada') }] });
      expect(logged.join()).not.toContain(round.requestState);
    },
  );

  it('is refused on another method (security)', async () => {
    const { port } = await startRig({ handle: asking });
    const { requestState } = await ask(port);
    const asked = { ...params, requestState };
    expect(await sendModern(port, 'prompts/get', asked, { capabilities })).toMatchObject({ status: 400 });
  });

  it('is good once (security)', async () => {
    const { port } = await startRig({ handle: asking });
    const { requestState } = await ask(port);
    const answers = await Promise.all([1, 2, 3].map(() => retry(port, requestState, { 'ask-1': accept('a') })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
  });

  it('is not used up by a retry whose answers are malformed (security)', async () => {
    const { port } = await startRig({ handle: asking });
    const { requestState } = await ask(port);
    for (const inputResponses of [null, 12345, [], { 'ask-1': 12345 }, { 'ask-1': null }]) {
      const answer = await retry(port, requestState, inputResponses as unknown as JsonObject);
      expect(parseJson(answer.body).error?.code).toBe(-32602);
      expect(answer.status).toBe(400);
    }
    expect(await retry(port, requestState, { 'ask-1': accept('a') })).toMatchObject({ status: 200 });
  });

  it('does not help where policy has changed since: the request ends (security)', async () => {
    let isAllowed = true;
    const { port, exchanges } = await startRig({
      handle: asking,
      overrides: { mayResume: (agent, _scope, method) => agent.id === one.id && method === 'tools/call' && isAllowed },
    });
    const { requestState } = await ask(port);
    isAllowed = false;
    const answer = await retry(port, requestState, { 'ask-1': accept('a') });
    expect(resultOf(answer)).toMatchObject({ isError: true, resultType: 'complete' });
    expect(exchanges[0]?.signal.aborted).toBe(true);
  });

  it('says nothing of the request, and ends with its agent (security)', async () => {
    const { port, listener, exchanges } = await startRig({ handle: asking });
    const { requestState } = await ask(port);
    expect(Buffer.from(requestState, 'base64url').toString('latin1')).not.toMatch(/demo|agent|one/i);
    listener.endAgent(one.id);
    expect(exchanges[0]?.signal.aborted).toBe(true);
    expect(await retry(port, requestState, {})).toMatchObject({ status: 400 });
  });
});

describe('parked requests', () => {
  it('are bounded for each agent; one more gets an answer of ours instead (security)', async () => {
    const { port } = await startRig({ handle: asking, limits: { parkedPerAgent: 2 } });
    const rounds = [await ask(port), await ask(port)];
    const full = await sendModern(port, 'tools/call', params, { capabilities });
    expect(resultOf(full)).toMatchObject({ resultType: 'complete', answers: [{ kind: 'error' }] });
    const other = await sendModern(port, 'tools/call', params, { capabilities, token: tokenOfTwo });
    expect(resultOf(other)).toMatchObject({ resultType: 'input_required' });
    await retry(port, rounds[0]?.requestState ?? '', { 'ask-1': accept('a') });
    expect(await ask(port)).toMatchObject({ resultType: 'input_required' });
  });
});

describe('waiting for a person', () => {
  it('is answered in rounds without questions, and the retry waits on', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port, exchanges } = await startRig({
      handle: (exchange) => {
        exchange.setWaiting(true);
        return handle(exchange);
      },
      limits: { waitRoundMs: 10, waitRounds: 2 },
    });
    const first = resultOf<InputRequired>(await sendModern(port, 'tools/call', params));
    expect(first).toEqual({
      resultType: 'input_required',
      requestState: expect.any(String),
      _meta: { [serverInfoKey]: gateway },
    });
    const second = resultOf<InputRequired>(await retry(port, first.requestState, {}));
    expect(second.resultType).toBe('input_required');
    // Out of rounds: this one is held until the person has decided.
    const third = retry(port, second.requestState, {});
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    exchanges[0]?.setWaiting(false);
    reply(1, { content: [] });
    expect(resultOf(await third)).toMatchObject({ resultType: 'complete' });
    expect(exchanges).toHaveLength(1);
  });

  it('goes on without rounds where a request knows none', async () => {
    const { handle, reply, waiting } = manualHandler();
    const { port, exchanges } = await startRig({
      handle: (exchange) => {
        exchange.setWaiting(true);
        return handle(exchange);
      },
      limits: { waitRoundMs: 1 },
    });
    const pending = sendModern(port, 'completion/complete', {});
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    reply(1, { completion: { values: [] } });
    expect(resultOf(await pending)).toMatchObject({ resultType: 'complete' });
    expect(exchanges[0]?.patienceMs).toBeLessThan(60_000);
  });
});
