import { anything } from '../../../electron/shared/index.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import { TestPanel } from './test-panel.tsx';

/** The test box under policy as it is saved. No call is made. */
export function TestView() {
  const canTest = useEngineStore((state) => state.agents.length > 0 && state.servers.length > 0);
  return (
    <section className="pane policy-wide" aria-label="Test a call">
      {canTest ? (
        <>
          <p className="policy-about t2">Write a call and see how it would be decided, and why. Nothing is called.</p>
          <TestPanel changes={[]} start={{ agent: anything, server: anything, tool: '' }} />
        </>
      ) : (
        <EmptyState title="There is nothing to test yet">
          A test needs an agent and a server. Connect one of each first.
        </EmptyState>
      )}
    </section>
  );
}
