import { explainError } from '../../bridge/client.ts';
import { LoadError } from '../../ui/placeholder.tsx';

/** Where a part of the settings could not be read. */
export function ReadError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { message, fix } = explainError(error);
  return (
    <LoadError
      title="These settings could not be read"
      detail={`${message} ${fix}`.trim()}
      stillWorks="They hold as they are; calls are decided as before."
      onRetry={onRetry}
    />
  );
}
