import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TelemetryExporter } from '../../../electron/engine/telemetry/exporter.ts';
import { whyUnsupported } from '../../../electron/engine/telemetry/load-encoder.ts';
import { createEchoGuard } from '../../../electron/engine/wire/echo-guard.ts';
import { telemetryOff } from '../../../electron/shared/index.ts';
import { findImports, readSources } from '../../architecture/source-tree.ts';
import { openTrailRoom } from '../audit/trail-room.ts';
import { sampleEvent } from '../store/samples.ts';
import { startReceiver } from './otlp-receiver.ts';

const patient = { timeout: 30_000, interval: 50 };

describe('the exporter', () => {
  it('tells which entries were pruned before the collector came back, and sends the rest', async () => {
    const away = await startReceiver();
    await away.close();
    const room = openTrailRoom();
    for (let count = 0; count < 7; count += 1) await room.gate.commit(sampleEvent({ subject: `entry ${count}` }));
    const missed: unknown[] = [];
    const exporter = new TelemetryExporter({
      store: room.store,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      env: {},
      guard: createEchoGuard(),
      version: '0.0.0-test',
      instanceId: 'a'.repeat(32),
      serverAddress: () => null,
      missed: (...told) => missed.push(told),
      now: () => Date.now(),
    });
    onTestFinished(() => exporter.close());
    const config = { ...telemetryOff, on: true, endpoint: away.url, signals: ['logs' as const] };
    await exporter.configure(config, 'beginning');
    await vi.waitFor(() => expect(exporter.state().signals[0]?.problem).not.toBeNull(), patient);
    room.store.allowPruning(4);
    while (room.store.deletePruned(100) > 0);

    const back = await startReceiver(Number(new URL(away.url).port));
    onTestFinished(() => back.close());
    await vi.waitFor(() => expect(exporter.state().signals[0]).toMatchObject({ behind: 0, missed: 4 }), patient);
    expect(missed).toEqual([['logs', 1, 4]]);
    expect(back.complaints).toEqual([]);
    expect(back.bodies.join('')).toContain('"intValue":5}');
    expect(back.bodies.join('')).not.toContain('"intValue":4}');
  });

  it('says why it cannot work in an old runtime, and what still does', () => {
    for (const version of ['18.20.4', '20.19.0', '22.14.0'])
      expect(whyUnsupported(version)).toContain('Everything else');
    for (const version of ['22.15.0', '24.21.0', '26.0.0']) expect(whyUnsupported(version)).toBeNull();
  });

  it('is the only place that loads its packages, and only when something is sent', () => {
    const lazy = /^(@opentelemetry\/|prom-client$)/;
    const loads = readSources('electron').flatMap((file) =>
      findImports(file)
        .filter(
          ({ specifier, isTypeOnly }) => !isTypeOnly && (lazy.test(specifier) || /encode-batch\.ts$/.test(specifier)),
        )
        .map(({ specifier }) => ({ path: file.path, specifier, text: file.text })),
    );
    const static_ = loads.filter(
      ({ text, specifier }) => text.includes(`from '${specifier}'`) && !text.includes(`import('${specifier}')`),
    );
    expect([...new Set(static_.map(({ path }) => path))]).toEqual(['electron/engine/telemetry/encode-batch.ts']);
    expect(loads.some(({ specifier }) => specifier === './encode-batch.ts')).toBe(true);
  });
});
