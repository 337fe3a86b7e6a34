// Loaded into the gateway before its own code (`node --import`): measures how long its event loop is held up, without a
// line in the product. Each SIGUSR2 writes the figures since the one before to the file LOOP_DELAY_FILE names.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds between two looks; a delay is what a look came late. */
const resolution = 5;
const histogram = monitorEventLoopDelay({ resolution });
histogram.enable();

process.on('SIGUSR2', () => {
  const late = (part: number) => Math.max(0, histogram.percentile(part) / 1e6 - resolution);
  const figures = { p50: late(50), p99: late(99), max: Math.max(0, histogram.max / 1e6 - resolution) };
  histogram.reset();
  writeFileSync(process.env.LOOP_DELAY_FILE ?? '/dev/null', JSON.stringify(figures));
});
