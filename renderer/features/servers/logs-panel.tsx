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
    const panel = panelOf(box.current);
    if (isFollowing && newest && panel) panel.scrollTop = panel.scrollHeight;
  }, [isFollowing, newest]);
  useEffect(() => {
    const panel = panelOf(box.current);
    const note = (): void => {
      if (panel) setIsFollowing(panel.scrollHeight - panel.scrollTop - panel.clientHeight < 8);
    };
    panel?.addEventListener('scroll', note, { passive: true });
    return () => panel?.removeEventListener('scroll', note);
  }, []);
  return (
    <div ref={box} className="logs">
      <div className="logs-bar">
        <span className="t3 f12 grow">The server’s own words, newest at the end</span>
        {!isFollowing && (
          <Button small icon="down" onClick={() => setIsFollowing(true)}>
            Follow
          </Button>
        )}
        <CopyButton text={lines.map(formatLine).join('\n')} label="Copy" />
      </div>
      <div className="well logs-tail">
        {numbered(lines).map(({ key, line }) => (
          <div key={key} className="log-line">
            <span className="t3">{formatClock(line.at)}</span>
            <span>
              {line.stream === 'gateway' ? line.text : <RawText text={line.text} />}
              {line.stream === 'gateway' && <span className="t3"> — ScopeGate</span>}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

/** The tab's panel scrolls, as it is what the keyboard reaches. */
function panelOf(element: HTMLElement | null): HTMLElement | null {
  return element?.closest('.tab-panel') ?? null;
}

function formatLine(line: LogLine): string {
  return `${formatClock(line.at)}  ${line.text}`;
}

/** Lines with a key of their own, as the same line may stand twice. */
function numbered(lines: readonly LogLine[]): { key: number; line: LogLine }[] {
  return lines.map((line, key) => ({ key, line }));
}
