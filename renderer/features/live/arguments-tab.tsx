import { useMemo, useState } from 'react';
import type { CallDetail } from '../../../electron/shared/index.ts';
import { describeFindings, inspectTexts } from '../../lib/inspect-text.ts';
import { type Json, layOutTree } from '../../lib/lay-out-tree.ts';
import { CopyLink } from '../../ui/copy-link.tsx';
import { JsonTree } from '../../ui/json-tree.tsx';
import { StateWord } from '../../ui/state-word.tsx';

/** What the agent sent, with hidden characters drawn. */
export function ArgumentsTab({ detail }: { detail: CallDetail }) {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const value = detail.arguments as Json;
  const lines = useMemo(() => layOutTree(value, expanded), [value, expanded]);
  const findings = useMemo(() => describeFindings(inspectTexts(value)), [value]);
  return (
    <div className="db">
      {detail.arguments === null ? (
        <p className="t2">
          {detail.forgotten ? 'The arguments are no longer in memory; only their digest is kept.' : 'There are none.'}
        </p>
      ) : (
        <section className="well bleed">
          <div className="lab">
            From the agent, not checked <span className="grow" />
            <CopyLink text={JSON.stringify(value, null, 2)} />
          </div>
          {findings.length > 0 && (
            <p className="findings f12">
              <StateWord tone="ask" icon="fault" word={`Contains ${findings.join(', ')}`} />
            </p>
          )}
          {lines.length === 0 ? (
            <p className="t3 f12">No arguments.</p>
          ) : (
            <JsonTree lines={lines} onExpand={(path) => setExpanded((before) => new Set(before).add(path))} />
          )}
        </section>
      )}
      {detail.argumentsDigest !== null && <Digest name="Digest of the arguments" value={detail.argumentsDigest} />}
    </div>
  );
}

/** A hash, whole. */
export function Digest({ name, value }: { name: string; value: string }) {
  return (
    <section>
      <div className="lab">{name}</div>
      <code className="digest">{value}</code>
    </section>
  );
}
