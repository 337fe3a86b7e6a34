import { useQuery } from '@tanstack/react-query';
import type { CallView, ResultFinding } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Icon } from '../../ui/icon.tsx';

const did: Readonly<Record<ResultFinding['did'], string>> = {
  flagged: 'passed on',
  redacted: 'removed',
  withheld: 'withheld',
  changed: 'changed',
};

/** What the filter found in this result; nothing at all where it found nothing, which is no promise. */
export function ResultFindings({ view }: { view: CallView }) {
  const bridge = useBridge();
  const query = useQuery({
    queryKey: ['content.resultFindings', view.id, view.status],
    queryFn: () => bridge.call('content.resultFindings', { callId: view.id }),
  });
  const findings = query.data?.findings ?? [];
  if (findings.length === 0) return null;
  return (
    <ul className="facts f12" aria-label="Found in this result">
      {findings.map(({ kind, what, count, did: act }) => (
        <li key={`${kind} ${what}`}>
          <span className="hs">
            <Icon name="fault" small />
            {what}
            {count > 1 && ` ×${count}`}
          </span>
          <span>{did[act]}</span>
        </li>
      ))}
    </ul>
  );
}
