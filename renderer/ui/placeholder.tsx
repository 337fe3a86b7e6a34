import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import './placeholder.css';

/** One sentence and one way on, where a list would be. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <b>{title}</b>
      {children !== undefined && <p className="empty-text">{children}</p>}
      {action}
    </div>
  );
}

const skeletonRows = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Grey rows that appear only when loading takes longer than 150 ms. */
export function Skeleton({ label = 'Loading' }: { label?: string }) {
  return (
    <div className="skel" role="status" aria-label={label}>
      {skeletonRows.map((row) => (
        <span key={row} className="skel-row" />
      ))}
    </div>
  );
}

interface LoadErrorProps {
  /** What failed. */
  title: string;
  /** Why, and what to do. */
  detail: string;
  /** What still works. */
  stillWorks: string;
  onRetry: () => void;
}

/** Says what could not be read, what goes on working, and offers to try again. */
export function LoadError({ title, detail, stillWorks, onRetry }: LoadErrorProps) {
  return (
    <div className="empty" role="alert">
      <b>{title}</b>
      <p className="empty-text">
        {detail} {stillWorks}
      </p>
      <Button icon="refresh" onClick={onRetry}>
        Retry
      </Button>
    </div>
  );
}
