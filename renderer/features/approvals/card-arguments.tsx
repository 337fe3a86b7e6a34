import { useMemo } from 'react';
import { describeFindings, inspectTexts } from '../../lib/inspect-text.ts';
import type { Json, TreeLine } from '../../lib/lay-out-tree.ts';
import { CopyLink } from '../../ui/copy-link.tsx';
import { JsonTree } from '../../ui/json-tree.tsx';
import { StateWord } from '../../ui/state-word.tsx';

interface CardArgumentsProps {
  value: Json;
  lines: readonly TreeLine[];
  onExpand: (path: string) => void;
}

/** Everything that will be sent to the server, readable and complete. */
export function CardArguments({ value, lines, onExpand }: CardArgumentsProps) {
  const findings = useMemo(() => describeFindings(inspectTexts(value)), [value]);
  return (
    <section className="well" aria-label="All arguments">
      <div className="lab">
        All arguments <span className="grow" />
        <CopyLink text={JSON.stringify(value, null, 2)} />
      </div>
      {findings.length > 0 && (
        <p className="findings f12">
          <StateWord tone="ask" icon="fault" word={`Contains ${findings.join(', ')}`} />
        </p>
      )}
      {lines.length === 0 ? <p className="t3 f12">No arguments.</p> : <JsonTree lines={lines} onExpand={onExpand} />}
    </section>
  );
}
