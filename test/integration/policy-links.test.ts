import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { PolicyChange, Rule } from '../../electron/shared/index.ts';
import { declareAgent, npmServer, startEngine, tokens } from '../helpers/engine.ts';

const rule = (id: string, effect: Rule['effect'], folder: string): PolicyChange => ({
  kind: 'rule',
  id,
  value: {
    ...{ id, name: id, enabled: true, effect, agent: '*', server: 'files', tool: 'write_file' },
    conditions: [{ argument: 'path', op: 'pathInside', value: folder }],
    ...{ limit: null, expiresAt: null },
  },
});

it('a link that is bent while a person is asked leads into no blocked folder (security)', {
  timeout: 60_000,
}, async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'scopegate-links-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const name of ['open', 'secret']) mkdirSync(join(root, name));
  const link = join(root, 'link');
  symlinkSync(join(root, 'open'), link);
  const harness = await startEngine({
    servers: [{ id: 'files', transport: npmServer('filesystem', root), trusted: false }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'deny' })],
  });
  onTestFinished(() => harness.stop());
  const changes = [rule('ask', 'ask', join(root, 'open')), rule('block', 'deny', join(root, 'secret'))];
  await harness.call('policy.change', { changes, version: null });
  const client = await harness.connect(tokens.one);
  const write = (path: string) =>
    client
      .callTool({ name: 'files__write_file', arguments: { path, content: 'x' } })
      .catch((error: unknown) => ({ error }));
  await client.listTools();

  const call = write(join(link, 'a.txt'));
  const card = await vi.waitFor(async () => {
    const [found] = (await harness.call('snapshot', {})).approvals;
    if (found === undefined) throw new Error('no question yet');
    return found;
  }, 20_000);
  unlinkSync(link);
  symlinkSync(join(root, 'secret'), link);
  const now = Date.now();
  await harness.call('approvals.decide', {
    ...{ id: card.id, digest: card.digest, verdict: 'approve', denyReason: null, denyNote: null },
    ...{ input: 'pointer', shownAt: now - 1000, armedAt: now - 300 },
  });
  expect(await call).toMatchObject({ isError: true });
  expect(existsSync(join(root, 'secret', 'a.txt'))).toBe(false);

  expect(await write(join(link, 'b.txt'))).toMatchObject({ isError: true });
  expect(existsSync(join(root, 'secret', 'b.txt'))).toBe(false);
});
