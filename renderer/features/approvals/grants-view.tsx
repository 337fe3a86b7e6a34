import { useNow } from '../../lib/use-now.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import { GrantRow } from './grant-row.tsx';
import './approvals.css';

const titles = ['Agent', 'May', 'Ends', ''] as const;

/** Every remembered approval in force. Each can be ended or shortened, none extended. */
export function GrantsView() {
  const grants = useEngineStore((state) => state.approvalState?.grants);
  const now = useNow(1000, grants !== undefined && grants.length > 0);
  if (grants === undefined || grants.length === 0) {
    return (
      <EmptyState title="Nothing is remembered">
        When you approve a call for longer than once, what you allowed stands here with the time it has left.
      </EmptyState>
    );
  }
  return (
    <div className="body">
      <section className="pane grid grants">
        <table className="plain-table" aria-label="Remembered approvals">
          <thead>
            <tr className="hd">
              {titles.map((title) => (
                <th key={title} scope="col">
                  {title === '' ? <span className="sr">Actions</span> : title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grants.map((grant) => (
              <GrantRow key={grant.id} grant={grant} now={now} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
