import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const module = new URL('../../electron/headless/bound-heap.ts', import.meta.url).href;

/** Makes garbage of which enough survives that V8 wants a larger young generation; prints its size in MiB. */
function program(bound: string): string {
  return `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { boundYoungGeneration } from ${JSON.stringify(module)};
    ${bound}
    const kept = [];
    for (let round = 0; round < 400; round += 1) {
      for (let at = 0; at < 2000; at += 1) kept[(round * 37 + at) % 20000] = { round, at, text: 'x' + at, more: [at] };
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 2 ** 20);
  `;
}

async function measure(bound: string): Promise<number> {
  const args = ['--input-type=module', '--eval', program(bound)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

it('stops the young generation from growing at its bound, and not before', async () => {
  const bounded = await measure('boundYoungGeneration(4 * 2 ** 20);');
  const free = await measure('');
  expect(bounded).toBeGreaterThanOrEqual(4);
  // one step may be on its way when the bound is seen
  expect(bounded).toBeLessThanOrEqual(8);
  expect(free).toBeGreaterThan(bounded);
}, 60_000);
