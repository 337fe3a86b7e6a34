import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BridgeResult, ServerTool, ServerView } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { RawLines } from '../../ui/raw-lines.tsx';
import { Findings } from './findings.tsx';

export type ServerFindings = BridgeResult<'content.findings'>;
export type ToolFindings = ServerFindings['tools'][number];

/** Findings of one server; read anew whenever one of its definitions changes. Undefined while they are not known. */
export function useFindings(server: ServerView, tools: readonly ServerTool[] | undefined): ServerFindings | undefined {
  const bridge = useBridge();
  const hashes = (tools ?? []).map(({ name, definitionHash }) => `${name} ${definitionHash}`).join('\n');
  return useQuery({
    queryKey: ['content.findings', server.id, hashes],
    queryFn: () => bridge.call('content.findings', { id: server.id }),
    staleTime: 0,
  }).data;
}

/** What was found in one tool, and, where that blocks it, the consent that is asked for. */
export function FoundInTool({ found, onAccepted }: { found: ToolFindings; onAccepted: (isAccepted: boolean) => void }) {
  const [isAccepted, setIsAccepted] = useState(false);
  const isBlocked = found.findings.some(({ weight }) => weight === 'block');
  return (
    <>
      {found.renamedFrom !== null && (
        <p className="renamed t2">
          Probably renamed: the tool <code>{makeVisibleLine(found.renamedFrom)}</code> you accepted is gone and was the
          same.
        </p>
      )}
      <Findings findings={found.findings} />
      {isBlocked && (
        <label className="hs findings-consent">
          <input
            type="checkbox"
            checked={isAccepted}
            onChange={(event) => {
              setIsAccepted(event.target.checked);
              onAccepted(event.target.checked);
            }}
          />
          <span>I have seen what blocks this tool and accept it</span>
        </label>
      )}
    </>
  );
}

/** What the server tells every agent when it connects, in its own words. */
export function ServerInstructions({ instructions }: { instructions: ServerFindings['instructions'] | undefined }) {
  if (instructions === null || instructions === undefined) return null;
  return (
    <section className="review-tool" aria-label="Instructions of the server">
      <div className="review-head">
        <h2>Instructions to every agent</h2>
      </div>
      <div className="well def">
        <div className="lab">Server’s own words</div>
        <p className="def-text">
          <RawLines text={instructions.text} />
        </p>
      </div>
      <Findings findings={instructions.findings} />
    </section>
  );
}
