import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Both halves of the young generation together; V8's own bound is several times that on a machine with much memory. */
const maxYoungBytes = 16 * 1024 * 1024;

/**
 * Keeps V8 from growing its young generation without need: nearly all garbage of a call dies young, so beyond this size
 * more memory buys next to nothing. Looks only after a garbage collection, and no more once the bound is reached.
 */
export function boundYoungGeneration(maxBytes: number = maxYoungBytes): void {
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (!young || young.space_size < maxBytes) return;
    observer.disconnect();
    // read whenever the space could grow; a factor of one is no growth
    setFlagsFromString('--semi-space-growth-factor=1');
  });
  observer.observe({ entryTypes: ['gc'] });
}
