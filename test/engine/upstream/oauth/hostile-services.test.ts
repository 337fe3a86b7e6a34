import { describe, expect, it, vi } from 'vitest';
import { type SignInScene, startSignInScene } from './support.ts';

const patient = { timeout: 15_000 };
const view = (scene: SignInScene) => scene.desk.view('guarded', scene.server.url);

async function expectRefused(scene: SignInScene, words: RegExp): Promise<void> {
  await scene.request();
  await expect(scene.desk.signIn('guarded', scene.server.url)).rejects.toThrow(words);
  expect(scene.browser.pages).toEqual([]);
  expect(view(scene)).toMatchObject({ state: 'needed', message: expect.stringMatching(words) });
  expect(scene.as.granted).toEqual([]);
}

/** Opens the browser, but lets it come back with something else. */
async function comeBackWith(scene: SignInScene, change: (callback: URL) => void): Promise<string | null> {
  await scene.request();
  scene.browser.open = async () => {};
  const { url } = await scene.desk.signIn('guarded', scene.server.url);
  const asked = new URL(url).searchParams;
  const callback = new URL(asked.get('redirect_uri') ?? '');
  callback.searchParams.set('code', 'somebodys-code');
  callback.searchParams.set('state', asked.get('state') ?? '');
  callback.searchParams.set('iss', scene.as.issuer);
  change(callback);
  const page = await (await fetch(callback)).text();
  await vi.waitFor(() => expect(view(scene).state).not.toBe('signing_in'), patient);
  expect(page).toContain('did not work');
  expect(page).not.toContain('somebodys');
  return view(scene).message;
}

describe('a sign-in service that is not what it should be', () => {
  it('is refused without PKCE (security)', async () => {
    for (const methods of [undefined, [], ['plain']]) {
      const scene = await startSignInScene();
      scene.as.editMetadata = (metadata) => {
        metadata.code_challenge_methods_supported = methods;
      };
      await expectRefused(scene, /PKCE/);
    }
  });

  it('is refused when it says it is another one (security)', async () => {
    const scene = await startSignInScene();
    scene.as.editMetadata = (metadata) => {
      metadata.issuer = 'https://honest.example';
    };
    await expectRefused(scene, /says it is another one/);
  });

  it('is refused when its metadata is for another server (security)', async () => {
    for (const resource of ['https://evil.example/mcp', 'http://127.0.0.1:1/mcp']) {
      const scene = await startSignInScene();
      scene.server.editMetadata = (metadata) => {
        metadata.resource = resource;
      };
      await expectRefused(scene, /for another server/);
    }
  });

  it('cannot put anything but a web address in front of the person (security)', async () => {
    for (const address of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'http://example.com/auth',
      'https://u:p@x.example/',
    ]) {
      const scene = await startSignInScene();
      scene.as.editMetadata = (metadata) => {
        metadata.authorization_endpoint = address;
      };
      await expectRefused(scene, /cannot be read|does not go to/);
    }
  });

  it('is not followed to another origin (security)', async () => {
    const other = await startSignInScene();
    const scene = await startSignInScene();
    scene.as.intercept = (request, response) => {
      response.writeHead(302, { location: `${other.as.issuer}${request.url ?? ''}` }).end();
      return true;
    };
    await expectRefused(scene, /no way to sign in|cannot be read/);
    expect(other.as.seen).toEqual([]);
  });

  it('gets no code that came from somebody else, and its words are not shown (security)', async () => {
    const mixedUp = await startSignInScene();
    const message = await comeBackWith(mixedUp, (callback) => {
      callback.searchParams.set('iss', 'https://honest.example');
      callback.searchParams.set('error', 'call-0900-somebodys-number');
    });
    expect(message).toMatch(/did not come from/);
    expect(message).not.toContain('0900');
    const silent = await startSignInScene();
    expect(await comeBackWith(silent, (callback) => callback.searchParams.delete('iss'))).toMatch(/did not come from/);
    expect([...mixedUp.as.seen, ...silent.as.seen].filter(({ path }) => path === '/token')).toEqual([]);
  });

  it('tells when the person, or the service, said no', async () => {
    const scene = await startSignInScene();
    scene.as.consent = 'no';
    await scene.signIn();
    await vi.waitFor(() => expect(view(scene).message).toMatch(/gave no permission/), patient);
    const wrong = await startSignInScene();
    expect(await comeBackWith(wrong, () => {})).toMatch(/has ended|refused to give a token/);
  });

  it('tells a fault of its own as one', async () => {
    const scene = await startSignInScene();
    scene.as.intercept = (_request, response) => {
      response.writeHead(500).end('<html>secret stack</html>');
      return true;
    };
    await expect(scene.desk.signIn('guarded', scene.server.url)).rejects.toThrow(/fault of its own \(500\)/);
    expect(scene.told.join()).not.toContain('stack');
  });

  it('is bounded in time and size', async () => {
    const limits = { timeoutMs: 300, maxBytes: 64 * 1024 };
    const slow = await startSignInScene({}, { limits });
    slow.as.intercept = () => true;
    await expect(slow.desk.signIn('guarded', slow.server.url)).rejects.toThrow(/did not answer within/);
    const large = await startSignInScene();
    large.as.editMetadata = (metadata) => {
      metadata.padding = 'x'.repeat(70_000);
    };
    await expect(large.desk.signIn('guarded', large.server.url)).rejects.toThrow(/larger than 64 KiB/);
  });
});

describe('the listener a browser comes back to', () => {
  it('takes one redirect with the right state, whatever else knocks (security)', async () => {
    const scene = await startSignInScene();
    scene.browser.open = async () => {};
    const { url } = await scene.desk.signIn('guarded', scene.server.url);
    const asked = new URL(url).searchParams;
    const callback = new URL(asked.get('redirect_uri') ?? '');
    const knock = async (change: (address: URL) => void, init?: RequestInit) => {
      const address = new URL(callback);
      address.searchParams.set('code', 'x');
      change(address);
      return (await fetch(address, init)).status;
    };
    expect(await knock(() => {})).toBe(400);
    expect(await knock((address) => address.searchParams.set('state', 'guess'))).toBe(400);
    expect(await knock((address) => Object.assign(address, { pathname: '/other' }))).toBe(404);
    expect(await knock((address) => Object.assign(address, { pathname: '/done' }))).toBe(404);
    expect(
      await knock((address) => address.searchParams.set('state', asked.get('state') ?? ''), { method: 'POST' }),
    ).toBe(404);
    expect(view(scene).state).toBe('signing_in');
  });
});
