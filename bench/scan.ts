import { filterBytes } from '../electron/engine/core/result-filter/filter-bytes.ts';
import { scanDefinition } from '../electron/engine/core/scan/scan-definition.ts';
import { defaultFilterSettings } from '../electron/shared/index.ts';

/**
 * What looking through one result costs, in microseconds, and through one definition.
 * Run: node bench/scan.ts
 */
const prose = 'The quick brown fox reads files and returns the list of issues, with names. ';
const row = { id: 12, name: 'item', url: 'https://example.com/12', state: 'open', created_at: '2026-01-01T00:00:00Z' };
const bodies: Readonly<Record<string, (bytes: number) => string>> = {
  prose: (bytes) => prose.repeat(Math.ceil(bytes / prose.length)).slice(0, bytes),
  json: (bytes) => JSON.stringify(Array(Math.ceil(bytes / 120)).fill(row)),
  base64: (bytes) => Buffer.alloc(Math.ceil(bytes * 0.75), 'abc123xyz').toString('base64'),
  chinese: (bytes) => '文件内容如下所示，请查看。'.repeat(Math.ceil(bytes / 39)),
};

function wrap(text: string): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } }));
}

function median(run: () => void, rounds: number): number {
  for (let round = 0; round < rounds; round += 1) run();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    run();
    return (performance.now() - start) * 1000;
  }).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}

for (const [name, make] of Object.entries(bodies)) {
  for (const [size, rounds] of [
    [200, 3000],
    [64 * 1024, 150],
    [1024 * 1024, 25],
  ] as const) {
    const bytes = wrap(make(size));
    const micros = median(() => filterBytes(bytes, defaultFilterSettings), rounds);
    process.stdout.write(
      `result ${name.padEnd(8)} ${String(size).padStart(8)} B  ${micros.toFixed(1).padStart(9)} µs\n`,
    );
  }
}
const definition = {
  name: 'create_issue',
  description: prose.repeat(8),
  inputSchema: { type: 'object', properties: {} },
};
process.stdout.write(`definition ${median(() => scanDefinition(definition), 300).toFixed(1)} µs\n`);
