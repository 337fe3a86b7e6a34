import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { type SignInScene, startSignInScene } from './support.ts';

const patient = { timeout: 15_000 };
const view = (scene: SignInScene) => scene.desk.view('guarded', scene.server.url);

async function tokenOf(scene: SignInScene): Promise<string> {
  const answer = await scene.keeper.arm('guarded', scene.server.url);
  return answer.ok ? answer.token : `none: ${answer.fault.message}`;
}

async function signInAgain(scene: SignInScene): Promise<void> {
  const before = scene.grants.length;
  await scene.signIn();
  await vi.waitFor(() => expect(scene.grants.length).toBe(before + 1), patient);
}

describe('signing in at a server', () => {
  it('finds the service, registers, and brings back a token made for this server', async () => {
    const scene = await startSignInScene();
    await scene.request();
    expect(view(scene)).toMatchObject({ state: 'needed', service: null });
    await signInAgain(scene);
    expect(view(scene)).toMatchObject({ state: 'signed_in', scopes: ['mcp:read'], renewable: true, message: null });
    const known = await scene.as.check(await tokenOf(scene));
    expect(known?.audience).toBe(scene.server.url);
    expect(scene.as.asked[0]).toMatchObject({ resource: scene.server.url, code_challenge_method: 'S256' });
    expect(scene.as.tokenRequests).toEqual([{ grant: 'authorization_code', resource: scene.server.url }]);
  });

  it('shows a page without the code in its address, and nothing listens afterwards', async () => {
    const scene = await startSignInScene();
    await scene.request();
    const { url } = await scene.desk.signIn('guarded', scene.server.url);
    const redirect = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
    const [page] = (await Promise.all(scene.browser.pages)) as { url: string; text: string }[];
    expect(page?.url).toBe(`${redirect.origin}/done`);
    expect(page?.text).toContain('You are signed in');
    await vi.waitFor(() => expect(fetch(redirect)).rejects.toThrow(), patient);
  });

  it('finds the metadata at the well-known places when the challenge names none', async () => {
    for (const metadataPath of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']) {
      const scene = await startSignInScene();
      Object.assign(scene.server, { isNamed: false, metadataPath });
      await scene.request();
      await signInAgain(scene);
      expect(view(scene).state).toBe('signed_in');
    }
  });

  it('asks for what the challenge names, and for all the server knows where it names nothing', async () => {
    const scene = await startSignInScene();
    await signInAgain(scene);
    expect(scene.as.asked[0]?.scope).toBe('mcp:read offline_access');
    const other = await startSignInScene();
    other.server.editMetadata = (metadata) => {
      metadata.scopes_supported = ['mcp:read', 'mcp:write'];
    };
    await other.request();
    await signInAgain(other);
    expect(other.as.asked[0]?.scope).toBe('mcp:read offline_access');
  });

  it('uses the client a person entered, with its secret and its port', async () => {
    const spare = createServer();
    await new Promise<void>((resolve) => spare.listen(0, '127.0.0.1', resolve));
    const { port } = spare.address() as AddressInfo;
    await new Promise((resolve) => spare.close(resolve));
    const secret = 'a-secret-nobody-else-knows';
    const redirect = `http://127.0.0.1:${port}/callback`;
    const scene = await startSignInScene({
      clients: [{ client_id: 'by-hand', client_secret: secret, redirect_uris: [redirect] }],
    });
    await expect(scene.desk.signIn('guarded', scene.server.url)).rejects.toThrow(/lets no program register itself/);
    expect(view(scene)).toMatchObject({ state: 'needed', fix: expect.stringContaining('enter its id') });
    await scene.desk.setClient('guarded', scene.server.url, { id: 'by-hand', secret, redirectPort: port });
    await signInAgain(scene);
    expect(scene.as.asked[0]).toMatchObject({ client_id: 'by-hand', redirect_uri: redirect });
    expect(view(scene).state).toBe('signed_in');
    expect(scene.told.join()).not.toContain(secret);
  });

  it('says honestly that a program on your machine has no public document', async () => {
    const scene = await startSignInScene();
    scene.as.editMetadata = (metadata) => {
      metadata.client_id_metadata_document_supported = true;
      delete metadata.registration_endpoint;
    };
    await expect(scene.desk.signIn('guarded', scene.server.url)).rejects.toThrow(/runs on your machine and has none/);
    const id = 'https://client.example/scopegate.json';
    await scene.desk.setClient('guarded', scene.server.url, { id, secret: null, redirectPort: null });
    scene.browser.open = async () => {};
    const { url } = await scene.desk.signIn('guarded', scene.server.url);
    expect(new URL(url).searchParams.get('client_id')).toBe(id);
  });

  it('keeps its registration for the next sign-in', async () => {
    const scene = await startSignInScene();
    await signInAgain(scene);
    await signInAgain(scene);
    const [first, second] = scene.as.asked;
    expect(second?.client_id).toBe(first?.client_id);
    expect(second?.redirect_uri).toBe(first?.redirect_uri);
  });

  it('keeps the rights it had when more are wanted', async () => {
    const scene = await startSignInScene();
    await scene.request();
    await signInAgain(scene);
    const token = await tokenOf(scene);
    const wwwAuthenticate = 'Bearer error="insufficient_scope", scope="mcp:write"';
    const refused = await scene.keeper.rearm('guarded', scene.server.url, token, { status: 403, wwwAuthenticate });
    expect(refused).toMatchObject({
      ok: false,
      fault: { kind: 'needed', message: expect.stringContaining('mcp:write') },
    });
    expect(view(scene)).toMatchObject({ state: 'signed_in', message: expect.stringContaining('mcp:write') });
    expect(await tokenOf(scene)).toBe(token);
    await signInAgain(scene);
    expect(scene.as.asked[1]?.scope?.split(' ').sort()).toEqual(['mcp:read', 'mcp:write', 'offline_access']);
    expect((await scene.as.check(await tokenOf(scene)))?.scopes).toEqual(new Set(['mcp:read', 'mcp:write']));
    expect(view(scene).message).toBeNull();
  });

  it('gives up when a server wants more again and again, or what it already has', async () => {
    const scene = await startSignInScene();
    await scene.request();
    await signInAgain(scene);
    const rearm = async (scope: string) => {
      const wwwAuthenticate = `Bearer error="insufficient_scope", scope="${scope}"`;
      const token = await tokenOf(scene);
      return scene.keeper.rearm('guarded', scene.server.url, token, { status: 403, wwwAuthenticate });
    };
    expect(await rearm('mcp:read')).toMatchObject({ ok: false, fault: { kind: 'refused' } });
    for (const scope of ['a', 'b', 'c']) {
      expect(await rearm(scope)).toMatchObject({ ok: false, fault: { kind: 'needed' } });
      scene.keeper.settle('guarded');
    }
    expect(await rearm('d')).toMatchObject({ ok: false, fault: { kind: 'refused' } });
  });

  it('can be cancelled, and begun again', async () => {
    const scene = await startSignInScene();
    scene.browser.open = async () => {};
    const first = await scene.desk.signIn('guarded', scene.server.url);
    expect(view(scene).state).toBe('signing_in');
    const again = await scene.desk.signIn('guarded', scene.server.url);
    expect(again.url).toBe(first.url);
    await scene.desk.cancel('guarded');
    expect(view(scene)).toMatchObject({ state: 'none', message: null });
    const second = await scene.desk.signIn('guarded', scene.server.url);
    expect(second.url).not.toBe(first.url);
  });

  it('ends by itself when nobody comes back from the browser', async () => {
    const scene = await startSignInScene({}, { patienceMs: 50 });
    scene.browser.open = async () => {};
    await scene.desk.signIn('guarded', scene.server.url);
    await vi.waitFor(() => expect(view(scene).message).toContain('Nobody signed in'), patient);
    expect(view(scene).state).toBe('needed');
  });

  it('revokes the tokens when the person signs out, and forgets them also when the service is away', async () => {
    const scene = await startSignInScene();
    await signInAgain(scene);
    const token = await tokenOf(scene);
    expect(await scene.desk.signOut('guarded', scene.server.url)).toBe(true);
    expect(await scene.as.check(token)).toBeNull();
    expect(scene.store.texts.size).toBe(0);
    expect(await tokenOf(scene)).toMatch(/^none: Nobody is signed in/);
    await signInAgain(scene);
    scene.as.intercept = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    expect(await scene.desk.signOut('guarded', scene.server.url)).toBe(false);
    expect(scene.store.texts.size).toBe(0);
  });

  it('counts for the address it was made for and no other (security)', async () => {
    const scene = await startSignInScene();
    await signInAgain(scene);
    const answer = await scene.keeper.arm('guarded', 'https://elsewhere.example/mcp');
    expect(answer).toMatchObject({ ok: false });
    expect(scene.desk.view('guarded', 'https://elsewhere.example/mcp').state).toBe('needed');
  });

  it('does nothing that cannot be written down', async () => {
    const scene = await startSignInScene({}, { record: () => false });
    await expect(scene.desk.signIn('guarded', scene.server.url)).rejects.toThrow(/audit log/);
    expect(scene.browser.pages).toEqual([]);
  });
});
