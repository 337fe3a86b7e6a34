import { describe, expect, it, vi } from 'vitest';
import type { SignInRecord } from '../../../../electron/engine/upstream/oauth/contract.ts';
import { type SignInScene, startSignInScene } from './support.ts';

const patient = { timeout: 15_000 };
const view = (scene: SignInScene) => scene.desk.view('guarded', scene.server.url);
const arm = async (scene: SignInScene) => scene.keeper.arm('guarded', scene.server.url);

async function startSignedIn(options: Parameters<typeof startSignInScene>[0] = {}): Promise<SignInScene> {
  const scene = await startSignInScene({ accessTokenSeconds: 600, ...options });
  await scene.request();
  await scene.signIn();
  await vi.waitFor(() => expect(scene.grants).toEqual(['guarded']), patient);
  return scene;
}

async function tokenOf(scene: SignInScene): Promise<string> {
  const answer = await arm(scene);
  return answer.ok ? answer.token : `none: ${answer.fault.message}`;
}

/** Past the margin before its end, and not past the end. */
const nearEnd = 595_000;

describe('the tokens of a sign-in', () => {
  it('are given without waiting while they are good', async () => {
    const scene = await startSignedIn();
    expect(scene.keeper.arm('guarded', scene.server.url)).toMatchObject({ ok: true });
  });

  it('are renewed before their end, for the same server, and the new ones are kept first', async () => {
    const scene = await startSignedIn();
    const first = await tokenOf(scene);
    const kept: [SignInRecord | null, SignInRecord][] = [];
    scene.store.onSave = (before, after) => void kept.push([before, after]);
    scene.clock.now += nearEnd;
    const second = await tokenOf(scene);
    expect(second).not.toBe(first);
    expect((await scene.as.check(second))?.audience).toBe(scene.server.url);
    expect(scene.as.tokenRequests[1]).toEqual({ grant: 'refresh_token', resource: scene.server.url });
    const [before, after] = kept[0] ?? [];
    expect(before?.grant?.accessToken).toBe(first);
    expect(after?.grant?.accessToken).toBe(second);
    expect(after?.grant?.refreshToken).not.toBe(before?.grant?.refreshToken);
    expect(view(scene)).toMatchObject({ state: 'signed_in', scopes: ['mcp:read'], message: null });
  });

  it('are renewed once for twenty calls at the same time', async () => {
    const scene = await startSignedIn();
    scene.clock.now += nearEnd;
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(scene)));
    expect(new Set(tokens).size).toBe(1);
    expect(scene.as.granted.filter((grant) => grant === 'refresh_token')).toHaveLength(1);
  });

  it('are renewed once for twenty calls whose token the server refused', async () => {
    const scene = await startSignedIn();
    const token = await tokenOf(scene);
    const refusal = { status: 401 as const, wwwAuthenticate: 'Bearer error="invalid_token"' };
    const rearm = () => scene.keeper.rearm('guarded', scene.server.url, token, refusal);
    const answers = await Promise.all(Array.from({ length: 20 }, rearm));
    expect(new Set(answers.map((answer) => (answer.ok ? answer.token : answer.fault.message))).size).toBe(1);
    expect(await rearm()).toEqual(answers[0]);
    expect(scene.as.granted.filter((grant) => grant === 'refresh_token')).toHaveLength(1);
  });

  it('end when the server refuses also the renewed one, and nothing goes in circles', async () => {
    const scene = await startSignedIn();
    const refusal = { status: 401 as const, wwwAuthenticate: 'Bearer error="invalid_token"' };
    const first = await scene.keeper.rearm('guarded', scene.server.url, await tokenOf(scene), refusal);
    expect(first.ok).toBe(true);
    const second = await scene.keeper.rearm('guarded', scene.server.url, await tokenOf(scene), refusal);
    expect(second).toMatchObject({ ok: false, fault: { kind: 'needed' } });
    expect(view(scene)).toMatchObject({ state: 'needed', message: expect.stringContaining('has ended') });
    expect(scene.as.granted).toEqual(['authorization_code', 'refresh_token']);
  });

  it('end when the person revoked them at the service, and signing in again mends it', async () => {
    const scene = await startSignedIn();
    const record = scene.store.record('guarded');
    const form = new URLSearchParams({
      token: record?.grant?.refreshToken ?? '',
      client_id: record?.grant?.client.id ?? '',
    });
    await fetch(record?.grant?.endpoints.revocation ?? '', { method: 'POST', body: form });
    scene.clock.now += nearEnd;
    expect(await arm(scene)).toMatchObject({ ok: false, fault: { kind: 'needed' } });
    expect(view(scene).state).toBe('needed');
    expect(scene.store.record('guarded')?.grant).toMatchObject({ accessToken: '', refreshToken: null });
    await scene.signIn();
    await vi.waitFor(() => expect(view(scene).state).toBe('signed_in'), patient);
    expect((await scene.as.check(await tokenOf(scene)))?.audience).toBe(scene.server.url);
  });

  it('stay in use while the service is away, to their end and no longer', async () => {
    const scene = await startSignedIn();
    const token = await tokenOf(scene);
    let asked = 0;
    scene.as.intercept = (_request, response) => {
      asked += 1;
      response.writeHead(502).end('bad gateway');
      return true;
    };
    scene.clock.now += nearEnd;
    expect(await tokenOf(scene)).toBe(token);
    expect(view(scene)).toMatchObject({ state: 'unavailable', message: expect.stringContaining('502') });
    expect(await tokenOf(scene)).toBe(token);
    expect(asked).toBe(1);
    scene.clock.now += 6000;
    expect(await arm(scene)).toMatchObject({ ok: false, fault: { kind: 'unavailable' } });
    scene.as.intercept = null;
    scene.clock.now += 6000;
    expect(await tokenOf(scene)).not.toBe(token);
    expect(view(scene)).toMatchObject({ state: 'signed_in', message: null });
  });

  it('without a way to renew them are used to their end', async () => {
    const scene = await startSignedIn({ noRefresh: true });
    expect(view(scene).renewable).toBe(false);
    scene.clock.now += nearEnd;
    expect(await arm(scene)).toMatchObject({ ok: true });
    scene.clock.now += 10_000;
    expect(await arm(scene)).toMatchObject({ ok: false, fault: { kind: 'needed' } });
    expect(view(scene)).toMatchObject({ state: 'needed', message: expect.stringContaining('has ended') });
  });

  it('that could not be kept are not lost: they are used and kept as soon as that is possible', async () => {
    const scene = await startSignedIn();
    scene.clock.now += nearEnd;
    const full = { ok: false, state: 'broken', message: 'The disk is full.', fix: 'Free some space.' } as const;
    const save = scene.store.save.bind(scene.store);
    scene.store.save = async () => full;
    const token = await tokenOf(scene);
    expect((await scene.as.check(token))?.audience).toBe(scene.server.url);
    expect(await tokenOf(scene)).toBe(token);
    scene.store.save = save;
    expect(await tokenOf(scene)).toBe(token);
    expect(scene.store.record('guarded')?.grant?.accessToken).toBe(token);
    expect(scene.as.granted).toEqual(['authorization_code', 'refresh_token']);
  });

  it('that come when the person has signed out meanwhile are not kept', async () => {
    const scene = await startSignedIn();
    scene.clock.now += nearEnd;
    const renewing = arm(scene);
    await scene.desk.signOut('guarded', scene.server.url);
    expect(await renewing).toMatchObject({ ok: false });
    expect(scene.store.texts.size).toBe(0);
    expect(view(scene).state).not.toBe('signed_in');
  });

  it('are left alone when the server says no for another reason', async () => {
    const scene = await startSignedIn();
    const token = await tokenOf(scene);
    const refusal = { status: 403 as const, wwwAuthenticate: 'Bearer error="access_denied"' };
    expect(await scene.keeper.rearm('guarded', scene.server.url, token, refusal)).toMatchObject({ ok: false });
    expect(await tokenOf(scene)).toBe(token);
    expect(view(scene)).toMatchObject({ state: 'signed_in', message: null });
    expect(scene.as.granted).toEqual(['authorization_code']);
  });

  it('are not had while the vault is locked, and nobody is sent to sign in for that', async () => {
    const scene = await startSignedIn();
    scene.store.refuses = { ok: false, state: 'locked', message: 'The vault is locked.', fix: 'Unlock it.' };
    expect(await arm(scene)).toMatchObject({ ok: false, fault: { kind: 'locked' } });
    await expect(scene.desk.signIn('guarded', scene.server.url)).rejects.toThrow(/locked/);
    expect(scene.browser.pages).toHaveLength(1);
    scene.store.refuses = null;
    expect(await arm(scene)).toMatchObject({ ok: true });
  });

  it('are in nothing that is logged, told or written down (security)', async () => {
    const scene = await startSignedIn();
    const secrets = new Set<string>();
    const collect = () => {
      const { grant } = scene.store.record('guarded') ?? {};
      for (const secret of [grant?.accessToken, grant?.refreshToken, grant?.client.secret])
        if (secret) secrets.add(secret);
    };
    collect();
    scene.clock.now += nearEnd;
    await arm(scene);
    collect();
    scene.as.intercept = (_request, response) => {
      const body = JSON.stringify({ error: 'invalid_grant', error_description: [...secrets].join(' ') });
      response.writeHead(400, { 'content-type': 'application/json' }).end(body);
      return true;
    };
    scene.clock.now += nearEnd;
    expect(await arm(scene)).toMatchObject({ ok: false });
    await scene.desk.signIn('guarded', scene.server.url).catch(() => {});
    await scene.desk.signOut('guarded', scene.server.url);
    const text = `${scene.told.join('\n')}\n${JSON.stringify(view(scene))}`;
    expect(secrets.size).toBeGreaterThanOrEqual(4);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/code_verifier|state=/);
  });
});
