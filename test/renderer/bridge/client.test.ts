import { describe, expect, it } from 'vitest';
import { BridgeError, createBridge, explainError } from '../../../renderer/bridge/client.ts';
import { createFakeChannel, makeSnapshot } from '../fake-channel.ts';

describe('createBridge', () => {
  it('gives the parsed result of a call', async () => {
    const channel = createFakeChannel(makeSnapshot());
    channel.answers['approvals.extend'] = () => ({ expiresAt: 5, more: 'dropped' });
    await expect(createBridge(channel).call('approvals.extend', { id: 'a' })).resolves.toEqual({ expiresAt: 5 });
    expect(channel.requests).toEqual([{ id: 1, method: 'approvals.extend', params: { id: 'a' } }]);
  });

  it('throws what the engine refused, in its words', async () => {
    const channel = createFakeChannel(makeSnapshot());
    channel.request = async ({ id }) => ({
      id,
      ok: false,
      error: { code: 'stale', message: 'Too late.', fix: 'Look again.' },
    });
    const failure = await createBridge(channel)
      .call('calls.cancel', { id: 'a' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BridgeError);
    expect(failure).toMatchObject({ code: 'stale', message: 'Too late.', fix: 'Look again.' });
  });

  it('refuses a result that is not what the contract says', async () => {
    const channel = createFakeChannel(makeSnapshot());
    channel.answers['approvals.extend'] = () => ({ expiresAt: 'soon' });
    await expect(createBridge(channel).call('approvals.extend', { id: 'a' })).rejects.toMatchObject({
      code: 'internal',
    });
  });

  it('refuses an answer to another request', async () => {
    const channel = createFakeChannel(makeSnapshot());
    channel.request = async ({ id }) => ({ id: id + 1, ok: true, value: {} });
    await expect(createBridge(channel).call('calls.cancel', { id: 'a' })).rejects.toMatchObject({ code: 'internal' });
  });

  it('calls a channel that breaks unavailable, without its words', async () => {
    const channel = createFakeChannel(makeSnapshot());
    channel.request = () => Promise.reject(new Error('socket internals'));
    const failure = await createBridge(channel)
      .call('calls.cancel', { id: 'a' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unavailable' });
    expect(explainError(failure).message).not.toContain('internals');
  });
});
