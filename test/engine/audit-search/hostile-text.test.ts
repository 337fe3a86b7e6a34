import { describe, expect, it } from 'vitest';
import { exportPiece, toCsvField } from '../../../electron/engine/audit-export.ts';
import { html, table } from '../../../electron/engine/html-text.ts';
import type { AuditEntry, AuditFilter } from '../../../electron/shared/index.ts';
import { everyEntry } from '../../../electron/shared/index.ts';
import { declareAgent, startEngine, tokens } from '../../helpers/engine.ts';
import { patient } from '../../helpers/gateway.ts';
import { fc } from '../../helpers/property.ts';
import { appendCall, makeStore } from '../store/samples.ts';
import { catchUp, makeIndexer } from './fixture.ts';

const formulas = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =cmd',
  '\u200b=1',
  '"=1',
  "'=1",
  '＝1',
  '|calc',
  '%0A=1',
];

/** Fields of one CSV line as RFC 4180 reads them. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (quoted === undefined && bare === '' && end === '' && rows.at(-1)?.length === 0) break;
    rows.at(-1)?.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
    else if (end === '') break;
  }
  return rows.filter((row) => row.length > 0);
}

describe('text from outside in exports', () => {
  it.each(formulas)('does not let a spreadsheet run %j (security)', (text) => {
    const [[field = ''] = []] = readCsv(`${toCsvField(text)}\r\n`);
    expect(field).toBe(`'${text}`);
  });

  it('comes back whole from a CSV, whatever it is, and never begins a formula (security)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const [row] = readCsv(`${toCsvField(text)},x\r\n`);
        expect(row?.[1]).toBe('x');
        const field = row?.[0] ?? '';
        expect([text, `'${text}`]).toContain(field);
        expect(field).not.toMatch(/^[\s\p{C}]*[=+\-@]/u);
      }),
    );
  });

  it('makes as many lines as entries, also with line breaks in a name (security)', async () => {
    const store = makeStore();
    appendCall(store, 'call-1', { agentName: 'a\r\nb,"c', subject: '=HYPERLINK("http://x")' });
    appendCall(store, 'call-2', { tool: 'x\u2028y' });
    await catchUp(makeIndexer(store));
    const wish = { query: { terms: {}, match: null, after: null, before: null }, end: 4, before: null };
    const csv = await exportPiece(store, { ...wish, format: 'csv' });
    expect(readCsv(csv.text)).toHaveLength(3);
    const jsonl = await exportPiece(store, { ...wish, format: 'jsonl' });
    expect(
      jsonl.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).callId),
    ).toEqual(['call-2', 'call-1']);
  });
});

describe('text from outside in the evidence report', () => {
  it('is escaped wherever it stands, and hidden characters are written out (security)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const made = table([text], [[text, { toString: () => text }]]).text;
        const plain = made.replace(/<\/?(table|thead|tbody|tr|th|td)( scope="col"| class="num")?>/g, '');
        expect(plain).not.toMatch(/[<>"']/);
        expect(plain).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/);
      }),
    );
    const hostile = html`<p title="${'" onload="x'}">${'<img src=x onerror=alert(1)>\u202e'}</p>`.text;
    expect(hostile).toBe('<p title="&quot; onload=&quot;x">&lt;img src=x onerror=alert(1)&gt;[U+202E]</p>');
    // an object that only looks like finished HTML is text as well
    expect(html`${{ text: '<script>' }}`.text).not.toContain('<script>');
  });
});

describe('the audit methods of the bridge', () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ['audit.page', { filter: { ...everyEntry, sql: 'x' }, through: null, before: null, limit: 10 }],
    ['audit.page', { filter: everyEntry, through: null, before: null, limit: 100_000 }],
    ['audit.page', { filter: { ...everyEntry, text: 'x' }, through: null, before: null, limit: 1 }],
    ['audit.page', { filter: { ...everyEntry, tool: ['x'.repeat(201)] }, through: null, before: null, limit: 1 }],
    ['audit.count', { filter: everyEntry, through: 1.5, pageSize: 100 }],
    ['audit.terms', { key: 'hash', part: '' }],
    ['audit.export', { filter: everyEntry, format: 'html', through: null, before: null }],
    ['audit.evidence', { from: 2, to: 1, offsetMinutes: 0 }],
    ['audit.saveSearch', { name: '', query: '' }],
    ['analytics.get', { days: 365, offsetMinutes: 0 }],
  ];

  it(
    'are parsed, and answer over a real engine (security)',
    async () => {
      const harness = await startEngine({ agents: [declareAgent('<b>evil</b>', tokens.one)] });
      try {
        for (const [method, params] of bad) {
          const response = await harness.engine.dispatch({ id: 1, method, params });
          expect(response, `${method} ${JSON.stringify(params)}`).toMatchObject({
            ok: false,
            error: { code: 'bad_request' },
          });
        }
        const started: AuditFilter = { ...everyEntry, event: ['engine.started'] };
        const page = async () => harness.call('audit.page', { filter: started, through: null, before: null, limit: 5 });
        const { entries, through } = await page();
        expect(entries.map(({ event }: AuditEntry) => event)).toEqual(['engine.started']);
        const again = await harness.call('audit.page', { filter: everyEntry, through, before: null, limit: 500 });
        await harness.call('engine.setPaused', { paused: true });
        expect(await harness.call('audit.page', { filter: everyEntry, through, before: null, limit: 500 })).toEqual(
          again,
        );
        const detail = await harness.call('audit.entry', { seq: entries[0]?.seq ?? 0 });
        expect(detail.rows.map(({ hash }) => hash.length)).toEqual([64]);
        const { html: report } = await harness.call('audit.evidence', {
          from: Date.now() - 86_400_000,
          to: Date.now() + 3_600_000,
          offsetMinutes: 60,
        });
        expect(report).toContain('&lt;b&gt;evil&lt;/b&gt;');
        expect(report).not.toContain('<b>evil');
        expect(report).toContain('All agents were paused');
        await harness.call('audit.setTextSearch', { on: false });
        const off = { ...everyEntry, text: ['evil'] };
        await expect(
          harness.call('audit.page', { filter: off, through: null, before: null, limit: 5 }),
        ).rejects.toMatchObject({ body: { code: 'unavailable' } });
      } finally {
        await harness.stop();
      }
    },
    patient.timeout,
  );
});
