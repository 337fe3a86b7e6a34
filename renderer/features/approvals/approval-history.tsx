import { useInfiniteQuery } from '@tanstack/react-query';
import type { ApprovalView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { formatMoment } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { denyReasonWords, describeDecider, statusWords } from './describe-approval.ts';
import './approvals.css';

const pageSize = 100;
const titles = ['Time', 'Answer', 'Agent', 'Server', 'Tool', 'On', 'By'] as const;

/** Answered questions, newest first, page by page. */
export function ApprovalHistory() {
  const bridge = useBridge();
  // A new answer makes the first page out of date.
  const decided = useEngineStore(
    (state) => state.approvals.filter((approval) => approval.status !== 'pending').at(-1)?.decidedAt ?? 0,
  );
  const query = useInfiniteQuery({
    queryKey: ['approvals.history', decided],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam }) => bridge.call('approvals.history', { before: pageParam, limit: pageSize }),
    getNextPageParam: (page) => (page.more ? (page.approvals.at(-1)?.createdAt ?? null) : null),
    placeholderData: (before) => before,
  });
  if (query.isPending) return <Skeleton label="Loading history" />;
  if (query.isError) {
    const { message, fix } = explainError(query.error);
    return (
      <LoadError
        title="The history could not be read"
        detail={`${message} ${fix}`}
        stillWorks="Questions that wait can still be answered."
        onRetry={() => void query.refetch()}
      />
    );
  }
  const approvals = query.data.pages.flatMap((page) => page.approvals);
  if (approvals.length === 0) {
    return (
      <EmptyState title="No question was answered yet">
        Every answer is listed here, with who gave it and when.
      </EmptyState>
    );
  }
  return (
    <div className="body">
      <section className="pane grid history">
        <table className="plain-table" aria-label="Answered questions">
          <thead>
            <tr className="hd">
              {titles.map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {approvals.map((approval) => (
              <HistoryRow key={approval.id} approval={approval} />
            ))}
          </tbody>
        </table>
        {query.hasNextPage && (
          <div className="grp">
            <Button small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Older answers
            </Button>
          </div>
        )}
      </section>
    </div>
  );
}

function HistoryRow({ approval }: { approval: ApprovalView }) {
  const reason = approval.denyNote ?? (approval.denyReason === null ? '' : denyReasonWords[approval.denyReason]);
  return (
    <tr className="r">
      <td className="tm">{formatMoment(approval.decidedAt ?? approval.createdAt, Date.now())}</td>
      <td>
        <StateWord {...statusWords[approval.status]} />
      </td>
      <td className="cut">
        <RawText text={approval.agentName} />
      </td>
      <td className="sv cut">{approval.serverName}</td>
      <td className="mono cut">
        <RawText text={approval.tool} />
      </td>
      <td className="t2 cut">
        <RawText text={approval.subject} />
      </td>
      <td className="t3 cut">
        {describeDecider(approval)}
        {reason !== '' && `: ${reason}`}
      </td>
    </tr>
  );
}
