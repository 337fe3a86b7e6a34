import { describe, expect, it, onTestFinished } from 'vitest';
import { CatalogKeeper } from '../../electron/engine/catalog-keeper.ts';

const never = new AbortController().signal;

/** A keeper of servers whose readings end when the test says so. */
function startKeeper(graceMs: number, isKnown = false) {
  const ends = new Map<string, () => void>();
  let hasOffers = isKnown;
  const catalog = {
    unread: () => ['quick', 'hangs'].filter((id) => !ends.has(id)),
    sync: (id: string) =>
      new Promise<void>((resolve) =>
        ends.set(id, () => {
          hasOffers = true;
          resolve();
        }),
      ),
    hasOffers: () => hasOffers,
    markStale: () => {},
    servers: () => [],
  };
  const ports = { graceMs, catalog, facts: { of: () => null }, log: { info() {}, warn() {}, error() {} } };
  const keeper = new CatalogKeeper(ports as unknown as ConstructorParameters<typeof CatalogKeeper>[0]);
  onTestFinished(() => keeper.close());
  keeper.readUnknown();
  return { keeper, end: (id: string) => ends.get(id)?.() };
}

const list = { scope: null, kind: 'list' } as const;

/** Whether it has ended after all that is due now. */
async function isSettled(work: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 50, pending))])) !== pending;
}

describe('a list, while a server hangs at its first start', () => {
  it('waits a little longer than for the others, and says who is left out', async () => {
    const { keeper, end } = startKeeper(0);
    const waiting = keeper.firstSync(never, list);
    expect(await isSettled(waiting)).toBe(false);
    end('quick');
    expect([...(await waiting)]).toEqual(['hangs']);
    // the next one has waited already
    expect([...(await keeper.firstSync(never, list))]).toEqual(['hangs']);
  });

  it('waits that little while for one that comes a moment later', async () => {
    const { keeper, end } = startKeeper(60_000);
    const waiting = keeper.firstSync(never, list);
    end('quick');
    expect(await isSettled(waiting)).toBe(false);
    end('hangs');
    expect([...(await waiting)]).toEqual([]);
  });

  it('waits no longer than that where tools are known from before', async () => {
    const { keeper } = startKeeper(0, true);
    expect([...(await keeper.firstSync(never, list))].sort()).toEqual(['hangs', 'quick']);
  });

  it('waits on for a name nobody knows, and on the path of that server itself, but not on another one’s', async () => {
    const { keeper, end } = startKeeper(0, true);
    const name = keeper.firstSync(never, { scope: null, kind: 'name' });
    const own = keeper.firstSync(never, { scope: 'hangs', kind: 'list' });
    end('quick');
    await keeper.firstSync(never, { scope: 'quick', kind: 'name' });
    expect(await isSettled(name)).toBe(false);
    expect(await isSettled(own)).toBe(false);
    end('hangs');
    await Promise.all([name, own]);
  });

  it('ends with the request it is for', async () => {
    const { keeper } = startKeeper(60_000);
    const gone = new AbortController();
    const waiting = keeper.firstSync(gone.signal, list);
    gone.abort();
    expect([...(await waiting)].sort()).toEqual(['hangs', 'quick']);
  });
});
