import { useState } from 'react';
import type { ServerTool, ServerView } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { Tier } from '../../ui/tier.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { DefinitionDiff } from './definition-diff.tsx';
import { DefinitionView } from './definition-view.tsx';
import { FoundInTool, ServerInstructions, type ToolFindings, useFindings } from './findings-of-server.tsx';
import type { ServerToolsHandle } from './use-server-tools.ts';

interface ReviewPanelProps {
  server: ServerView;
  handle: ServerToolsHandle;
}

/** Every new or changed definition, as the server gives it, to be accepted one by one or all as shown. */
export function ReviewPanel({ server, handle }: ReviewPanelProps) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run } = useCommand();
  const found = useFindings(server, handle.tools);
  if (handle.error) {
    return (
      <LoadError
        title="The definitions could not be read"
        detail={`${handle.error.message} ${handle.error.fix}`.trim()}
        stillWorks="Tools you accepted before work as before; these stay held."
        onRetry={handle.retry}
      />
    );
  }
  if (!handle.tools) return <Skeleton label="Loading definitions" />;
  const waiting = handle.tools.filter((tool) => tool.state !== 'reviewed');
  const foundIn = new Map(found?.tools.map((tool) => [tool.name, tool]));
  const free = waiting.filter(({ name }) => !isBlocked(foundIn.get(name)));
  const accept = async (tools: readonly ServerTool[], acceptsFindings = false): Promise<void> => {
    // Exactly what stands on the screen: the engine refuses a definition that has changed since.
    const shown = tools.map(({ name, definitionHash }) => ({ name, definitionHash, acceptsFindings }));
    const isDone = await run(() => bridge.call('servers.accept', { id: server.id, tools: shown }));
    const what = tools.length === 1 ? makeVisibleLine(tools[0]?.name ?? '') : countOf(tools.length, 'tool');
    if (isDone) toast({ text: `${what} accepted; each agent’s switches decide now` });
  };
  return (
    <>
      <div className="review-bar">
        <p className="t2 grow">
          Read what the server says its tools do. Accepting lets agents see them; switches and approvals still apply.
        </p>
        {free.length > 1 && (
          <Button variant="ok" icon="check" busy={busy || !found} onClick={() => void accept(free)}>
            Accept all {free.length}
          </Button>
        )}
      </div>
      <ServerInstructions instructions={found?.instructions} />
      {waiting.map((tool) => (
        <ReviewedTool
          key={`${tool.name} ${tool.definitionHash}`}
          tool={tool}
          found={foundIn.get(tool.name)}
          isBusy={busy || !found}
          onAccept={(acceptsFindings) => void accept([tool], acceptsFindings)}
        />
      ))}
    </>
  );
}

function isBlocked(found: ToolFindings | undefined): boolean {
  return found?.findings.some(({ weight }) => weight === 'block') ?? false;
}

interface ReviewedToolProps {
  tool: ServerTool;
  found: ToolFindings | undefined;
  isBusy: boolean;
  onAccept: (acceptsFindings: boolean) => void;
}

function ReviewedTool({ tool, found, isBusy, onAccept }: ReviewedToolProps) {
  const [isConsented, setIsConsented] = useState(false);
  const name = makeVisibleLine(tool.name);
  const isChanged = tool.state === 'changed' && tool.reviewedDefinition !== null;
  return (
    <section className="review-tool" aria-label={name}>
      <div className="review-head">
        <h2 className="mono cut">{name}</h2>
        <Tier tier={tool.risk.tier} />
        <span className="t3 f12">{isChanged ? 'changed' : 'new'}</span>
        <span className="grow" />
        <Button
          small
          variant="ok"
          icon="check"
          disabled={isBusy || (isBlocked(found) && !isConsented)}
          onClick={() => onAccept(isConsented)}
        >
          {isChanged ? 'Accept this change' : 'Accept this'}
        </Button>
      </div>
      {found && <FoundInTool found={found} onAccepted={setIsConsented} />}
      {tool.reviewedDefinition !== null && isChanged ? (
        <DefinitionDiff before={tool.reviewedDefinition} after={tool.definition} />
      ) : (
        <DefinitionView tool={tool} />
      )}
      {tool.risk.reasons.length > 0 && (
        <ul className="facts f12 review-facts">
          {tool.risk.reasons.map((reason) => (
            <li key={`${reason.text} ${reason.source}`}>
              <span>{makeVisibleLine(reason.text)}</span>
              <span>{makeVisibleLine(reason.source)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
