import { useQuery } from '@tanstack/react-query';
import type { ServerUsage, ServerView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { formatBytes, formatClock, formatDuration, formatMoment } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { useCommand } from '../../ui/use-command.ts';
import './launch.css';

/** How often it is measured; only while this panel is on the screen. */
const refreshMs = 2000;

/** How a server does: since when it runs, what it costs, how it ended before and what happens next. */
export function UsagePanel({ server }: { server: ServerView }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const query = useQuery({
    queryKey: ['launch.usage', server.id],
    queryFn: () => bridge.call('launch.usage', { id: server.id }),
    refetchInterval: refreshMs,
  });
  if (query.isError && !query.data) {
    const { message, fix } = explainError(query.error);
    return (
      <LoadError
        title="The server’s health could not be read"
        detail={`${message} ${fix}`.trim()}
        stillWorks="Calls go on as before."
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (!query.data) return <Skeleton label="Loading health" />;
  const usage = query.data;
  const now = Date.now();
  return (
    <div className="secs">
      <KvList items={describeRun(server, usage, now)} />
      {usage.processes.length > 0 && <Processes usage={usage} now={now} />}
      {usage.retryAt !== null && (
        <div>
          <Button
            icon="refresh"
            busy={busy}
            onClick={() => void run(() => bridge.call('servers.restart', { id: server.id }))}
          >
            Restart now
          </Button>
        </div>
      )}
    </div>
  );
}

function describeRun(server: ServerView, usage: ServerUsage, now: number) {
  const { lastEnd } = usage;
  return [
    ['Runs since', usage.startedAt === null ? 'it does not run' : sinceWords(usage.startedAt, now)],
    ['Started', countWords(usage.starts, 'time')],
    ['Failures', usage.failures === 0 ? 'none' : countWords(usage.failures, 'time')],
    [
      'Last end',
      lastEnd === null ? 'none yet' : `${formatMoment(lastEnd.at, now)}: ${makeVisibleLine(lastEnd.reason)}`,
    ],
    ['Next', describeNext(server, usage)],
  ] as const;
}

/** What ScopeGate does with it by itself. */
function describeNext(server: ServerView, usage: ServerUsage): string {
  if (!server.enabled) return 'Nothing: it is switched off.';
  if (usage.retryAt !== null) {
    return `It failed repeatedly. A call may start it again from ${formatClock(usage.retryAt)}.`;
  }
  if (usage.idleStopAt !== null)
    return `Stops at ${formatClock(usage.idleStopAt)} if no call comes; a call starts it again.`;
  return usage.startedAt === null
    ? 'Starts with the next call.'
    : 'Keeps running while calls or subscriptions are open.';
}

function Processes({ usage, now }: { usage: ServerUsage; now: number }) {
  return (
    <section>
      <div className="lab">Programs</div>
      <table className="launch-table">
        <thead>
          <tr>
            <th>Process</th>
            <th>Runs for</th>
            <th>Memory</th>
            <th>Processor</th>
          </tr>
        </thead>
        <tbody>
          {usage.processes.map((child) => (
            <tr key={child.pid}>
              <td>
                {child.pid}
                {child.processes > 1 && <span className="t3"> and {child.processes - 1} it started</span>}
              </td>
              <td>{formatDuration(Math.max(0, now - child.startedAt))}</td>
              <td>{child.memoryBytes === null ? '–' : formatBytes(child.memoryBytes)}</td>
              <td>{child.cpuPercent === null ? '–' : `${child.cpuPercent} %`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {usage.unmeasured !== null && <p className="t3 f12">{usage.unmeasured}</p>}
    </section>
  );
}

function sinceWords(at: number, now: number): string {
  return `${formatMoment(at, now)}, for ${formatDuration(Math.max(0, now - at))}`;
}

function countWords(count: number, noun: string): string {
  return count === 1 ? `once since ScopeGate started` : `${count} ${noun}s since ScopeGate started`;
}
