import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { LogLine, ServerView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { formatClock } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';

/** How often the tail is read while it is on the screen. */
const refreshMs = 2000;

/** The last lines a server wrote to stderr, and what ScopeGate did with it; follows until scrolled up. */
export function LogsPanel({ server }: { server: ServerView }) {
  const bridge = useBridge();
  const query = useQuery({
    queryKey: ['servers.logs', server.id],
    queryFn: () => bridge.call('servers.logs', { id: server.id }),
    refetchInterval: refreshMs,
  });
  const lines = query.data?.lines;
  if (query.isError && !lines) {
    const { message, fix } = explainError(query.error);
    return (
      <LoadError
        title="The log could not be read"
        detail={`${message} ${fix}`.trim()}
        stillWorks="Calls go on as before."
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (!lines) return <Skeleton label="Loading log" />;
  if (lines.length === 0) {
    return <EmptyState title="No lines yet">What the server writes to its error output stands here.</EmptyState>;
  }
  return <LogTail lines={lines} />;
}

function LogTail({ lines }: { lines: readonly LogLine[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setIsFollowing] = useState(true);
  const newest = lines.at(-1);
  useEffect(() => {
    const element = box.current;
    if (isFollowing && newest && element) element.scrollTop = element.scrollHeight;
  }, [isFollowing, newest]);
  const noteScroll = (): void => {
    const element = box.current;
    if (element) setIsFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < 8);
  };
  return (
    <div className="logs">
      <div className="logs-bar">
        <span className="t3 f12 grow">The server’s own words, newest at the end</span>
        {!isFollowing && (
          <Button small icon="down" onClick={() => setIsFollowing(true)}>
            Follow
          </Button>
        )}
        <CopyButton text={lines.map(formatLine).join('\n')} label="Copy" />
      </div>
      {/* Scrollable text must be reachable by keyboard. */}
      <section ref={box} className="well logs-tail" onScroll={noteScroll} aria-label="Log" tabIndex={-1}>
        {numbered(lines).map(({ key, line }) => (
          <div key={key} className="log-line" data-stream={line.stream}>
            <span className="t3">{formatClock(line.at)}</span>
            <span>
              {line.stream === 'gateway' ? line.text : <RawText text={line.text} />}
              {line.stream === 'gateway' && <span className="t3"> — ScopeGate</span>}
            </span>
          </div>
        ))}
      </section>
    </div>
  );
}

function formatLine(line: LogLine): string {
  return `${formatClock(line.at)}  ${line.text}`;
}

/** Lines with a key of their own, as the same line may stand twice. */
function numbered(lines: readonly LogLine[]): { key: number; line: LogLine }[] {
  return lines.map((line, key) => ({ key, line }));
}
