/** One event of a Chromium trace; times in microseconds. */
export interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  /** Processor time of the thread: without what other programs took meanwhile. */
  tdur?: number;
  pid: number;
  tid: number;
  args?: { name?: string };
}

const scripting = [
  'EvaluateScript',
  'FunctionCall',
  'RunMicrotasks',
  'TimerFire',
  'FireAnimationFrame',
  'EventDispatch',
  'HandlePostMessage',
  'V8.GC_MC_INCREMENTAL',
  'MinorGC',
  'MajorGC',
];
const layout = ['UpdateLayoutTree', 'Layout', 'PrePaint', 'UpdateLayer'];
const counted = new Set([...scripting, ...layout]);

/**
 * Milliseconds of scripting, style and layout in each frame of the page's main thread: everything from one frame's begin
 * to the next one's, in processor time. Events lie in one another, so the outermost count.
 */
export function readFrames(events: readonly TraceEvent[]): number[] {
  const main = findMainThread(events);
  const own = events.filter(({ pid, tid }) => pid === main.pid && tid === main.tid);
  const begins = own.filter(({ name }) => name === 'BeginMainThreadFrame').map(({ ts }) => ts);
  begins.sort((a, b) => a - b);
  const work = own.filter(({ name, ph }) => ph === 'X' && counted.has(name)).sort((a, b) => a.ts - b.ts);
  const frames = begins.map(() => 0);
  let frame = -1;
  let until = 0;
  for (const { ts, dur = 0, tdur = dur } of work) {
    while (frame + 1 < begins.length && (begins[frame + 1] ?? 0) <= ts) frame += 1;
    // within one that is counted already
    if (ts < until) continue;
    until = ts + dur;
    if (frame >= 0) frames[frame] = (frames[frame] ?? 0) + tdur / 1000;
  }
  return frames;
}

/** The thread that drew the most frames: a browser has one such thread for each page. */
function findMainThread(events: readonly TraceEvent[]): { pid: number; tid: number } {
  const counts = new Map<string, { pid: number; tid: number; count: number }>();
  for (const { name, pid, tid } of events) {
    if (name !== 'BeginMainThreadFrame') continue;
    const known = counts.get(`${pid} ${tid}`) ?? { pid, tid, count: 0 };
    counts.set(`${pid} ${tid}`, { ...known, count: known.count + 1 });
  }
  const [busiest] = [...counts.values()].sort((a, b) => b.count - a.count);
  if (busiest === undefined) throw new Error('the trace holds no frame');
  return busiest;
}
