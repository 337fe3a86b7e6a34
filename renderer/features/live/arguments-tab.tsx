import { useMemo, useState } from 'react';
import type { CallDetail } from '../../../electron/shared/index.ts';
import { describeFindings, inspectTexts } from '../../lib/inspect-text.ts';
import { hideMasked, type Json, layOutTree } from '../../lib/lay-out-tree.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { CopyLink } from '../../ui/copy-link.tsx';
import { JsonTree } from '../../ui/json-tree.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { useCommand } from '../../ui/use-command.ts';

/** The arguments of one call with nothing masked. */
interface Revealed {
  id: string;
  value: Json;
}

/** What the agent sent, with hidden characters drawn. */
export function ArgumentsTab({ detail }: { detail: CallDetail }) {
  const bridge = useBridge();
  const { run } = useCommand();
  const [revealed, setRevealed] = useState<Revealed | null>(null);
  const shown = revealed?.id === detail.view.id ? revealed : null;
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const value = shown?.value ?? (detail.arguments as Json);
  const masked = shown === null ? detail.masked : undefined;
  const lines = useMemo(() => hideMasked(layOutTree(value, expanded), masked ?? []), [value, expanded, masked]);
  const findings = useMemo(() => describeFindings(inspectTexts(value)), [value]);
  const reveal = () =>
    void run(async () => {
      const { id } = detail.view;
      setRevealed({ id, value: (await bridge.call('calls.reveal', { id })).arguments as Json });
    });
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
            <JsonTree
              lines={lines}
              onExpand={(path) => setExpanded((before) => new Set(before).add(path))}
              onReveal={reveal}
            />
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
