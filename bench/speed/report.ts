import type { Growth } from './growth.ts';
import type { ColdStart, Memory, Row } from './scenarios.ts';

/** Everything one run found. */
export interface Results {
  at: string;
  machine: string;
  version: string;
  rounds: number;
  rows: Row[];
  memory: Memory[];
  coldStarts: ColdStart[];
  growth: Growth[];
  leftOut: string[];
}

/** The tables of `bench/RESULTS.md`. */
export function writeReport(results: Results): string {
  const groups = [...new Set(results.rows.map(({ scenario }) => scenario))];
  return [
    '# Results',
    '',
    `Written by \`npm run bench\` on ${results.at}, ScopeGate ${results.version}; ${results.machine}; ${results.rounds} rounds.`,
    '',
    'Everything on: token, policy with 100 rules in scope, rate limit, result filter, audit. All targets of a table ran in',
    'turn within each round; *added* is the median over rounds of p50 less the p50 of a direct call in that round, and',
    '*÷ limit* compares it with a program that only copies bytes. Absolute times are this machine’s; the ratios travel.',
    '',
    ...groups.flatMap((scenario) => writeGroup(scenario, results.rows)),
    '## Memory',
    '',
    '| target | idle MiB | calls | after MiB |',
    '|---|--:|--:|--:|',
    ...results.memory.map(
      ({ target, idleMiB, calls, afterMiB }) => `| ${target} | ${whole(idleMiB)} | ${calls} | ${whole(afterMiB)} |`,
    ),
    '',
    '## Cold start, from the spawn to the first answered call',
    '',
    '| target | ms |',
    '|---|--:|',
    ...results.coldStarts.map(({ target, ms }) => `| ${target} | ${whole(ms)} |`),
    '',
    '## Growth of ScopeGate, one thing at a time',
    '',
    'One gateway after the other, so times drift with the machine. *Late*: the event loop, while 32 calls were in flight.',
    '',
    '| what | size | p50 ms | CPU µs/call | CPU µs/call at 32 | calls/s at 32 | tools/list ms | late p99 ms | late max |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...results.growth.map(
      ({ axis, at, one, many, listMs, late }) =>
        `| ${axis} | ${at} | ${fixed(one.p50, 2)} | ${whole(one.cpuUs)} | ${whole(many.cpuUs)} | ${whole(many.perSecond)} | ${fixed(listMs, 2)} | ${fixed(late.p99, 1)} | ${fixed(late.max, 1)} |`,
    ),
    '',
    ...(results.leftOut.length > 0 ? ['## Left out', '', ...results.leftOut.map((line) => `- ${line}`), ''] : []),
  ].join('\n');
}

function writeGroup(scenario: string, all: Row[]): string[] {
  const fronts = (['http', 'stdio'] as const).filter((front) =>
    all.some((row) => row.scenario === scenario && row.front === front && row.kind !== 'direct'),
  );
  return [
    `## ${scenario}`,
    '',
    '| target | p50 ms | p95 | p99 | added | ÷ limit | × direct | calls/s | CPU µs/call |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...fronts.flatMap((front) => {
      const rows = all.filter((row) => row.scenario === scenario && (row.front === front || row.kind === 'direct'));
      const limit = rows.find(({ kind }) => kind === 'limit');
      const shown = front === 'http' ? rows : rows.filter(({ kind }) => kind !== 'direct');
      return shown.map((row) => writeRow(row, limit));
    }),
    '',
  ];
}

function writeRow(row: Row, limit: Row | undefined): string {
  const { p50, p95, p99, perSecond, cpuUs } = row.sample;
  const overLimit = row.added !== null && limit?.added ? row.added / limit.added : null;
  const front = row.kind === 'direct' ? '' : `, ${row.front}`;
  const cells = [
    `${row.target}${row.target.includes('stdio') ? '' : front}`,
    fixed(p50, 2),
    fixed(p95, 2),
    fixed(p99, 2),
    fixed(row.added, 2),
    fixed(overLimit, 2),
    fixed(row.timesDirect, 2),
    whole(perSecond),
    whole(cpuUs),
  ];
  return `| ${cells.join(' | ')} |`;
}

function fixed(value: number | null, digits: number): string {
  return value === null || Number.isNaN(value) ? '–' : value.toFixed(digits);
}

function whole(value: number | null): string {
  return fixed(value, 0);
}

const colours: Record<Row['kind'], string> = { direct: '#9aa0a6', limit: '#9aa0a6', ours: '#3367d6', peer: '#c5c9ce' };

/** A bar for what each target adds to an echo, shortest first: the picture of the README. */
export function drawChart(rows: Row[], scenario: string): string {
  const bars = rows
    .filter((row) => row.scenario === scenario && row.added !== null)
    .toSorted((a, b) => (a.added ?? 0) - (b.added ?? 0));
  const longest = Math.max(...bars.map(({ added }) => added ?? 0), 0.001);
  const height = 34 + bars.length * 26;
  const lines = bars.map((row, at) => {
    const y = 30 + at * 26;
    const width = Math.max(1, ((row.added ?? 0) / longest) * 360);
    const label = `${row.target}${row.target.includes('stdio') ? '' : ` (${row.front})`}`;
    return [
      `<text x="236" y="${y + 13}" text-anchor="end">${label.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`,
      `<rect x="246" y="${y}" width="${width.toFixed(1)}" height="18" rx="2" fill="${colours[row.kind]}"/>`,
      `<text x="${(252 + width).toFixed(1)}" y="${y + 13}">${fixed(row.added, 2)} ms</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="700" height="${height}" viewBox="0 0 700 ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#5f6368">`,
    `<title>Added to a tools/call, median: ${scenario}</title>`,
    `<text x="8" y="16" font-size="13">Added to a tools/call, median: ${scenario}</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}
