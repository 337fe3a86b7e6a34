import { useQueries } from '@tanstack/react-query';
import type { ServerTool, ServerView } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Tier } from '../../ui/tier.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { StepFrame } from './step-frame.tsx';

/** Characters of one description. */
const mostShown = 1200;

interface ReviewNewProps {
  added: readonly ServerView[];
  onNext: () => void;
}

interface Read {
  server: ServerView;
  tools: readonly ServerTool[];
}

/** The tools of new servers in one list: agents see none of them before a person has. */
export function ReviewNew({ added, onNext }: ReviewNewProps) {
  const bridge = useBridge();
  const { busy, failure, run } = useCommand({ says: 'here' });
  const servers = useEngineStore((state) => state.servers);
  const revision = useEngineStore((state) => state.matrixRevision);
  const now = added.map((server) => servers.find(({ id }) => id === server.id) ?? server);
  const queries = useQueries({
    queries: now.map(({ id, toolCount }) => ({
      queryKey: ['servers.tools', id, 'first-run', toolCount, revision],
      queryFn: () => bridge.call('servers.tools', { id }),
      placeholderData: (before: { tools: ServerTool[] } | undefined) => before,
    })),
  });
  const read = now.map((server, index): Read => ({ server, tools: queries[index]?.data?.tools ?? [] }));
  const waiting = read.filter(({ server, tools }) => isReading(server, tools));
  const ready = read.filter(({ tools }) => tools.length > 0);
  const count = ready.reduce((sum, { tools }) => sum + tools.length, 0);
  const accept = () =>
    run(async () => {
      for (const { server, tools } of ready) {
        const shown = tools.map(({ name, definitionHash }) => ({ name, definitionHash }));
        await bridge.call('servers.accept', { id: server.id, tools: shown });
      }
      onNext();
    });
  return (
    <StepFrame
      title="Look at the tools"
      about="Agents see a server’s tools only after you have accepted them. Names and descriptions are the servers’ own words."
      skip={
        <Button variant="ghost" onClick={onNext}>
          Review later
        </Button>
      }
      footer={
        <Button
          variant="primary"
          busy={busy || waiting.length > 0}
          disabled={count === 0}
          onClick={() => void accept()}
        >
          {waiting.length > 0 ? 'Reading tools…' : `Accept ${countOf(count, 'tool')}`}
        </Button>
      }
    >
      {read.map(({ server, tools }) => (
        <section key={server.id} className="new-server">
          <h2>{makeVisibleLine(server.name)}</h2>
          {tools.length === 0 && <ServerState server={server} />}
          <ul>
            {tools.map((tool) => (
              <li key={tool.name}>
                <code>{makeVisibleLine(tool.name)}</code>
                <span className="t2 new-tool">{describe(tool.description ?? '')}</span>
                <Tier tier={tool.risk.tier} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <FormFailure text={failure} />
    </StepFrame>
  );
}

/** In full as far as a person reads on; what is left out is said, so that nothing is accepted unseen by accident. */
function describe(description: string): string {
  const text = makeVisibleLine(description.slice(0, mostShown));
  const rest = description.length - mostShown;
  return rest > 0 ? `${text} … ${rest} more characters: read them on the Servers page before you accept.` : text;
}

function isReading({ enabled, status }: ServerView, tools: readonly ServerTool[]): boolean {
  return enabled && tools.length === 0 && (status === 'starting' || status === 'idle');
}

function ServerState({ server }: { server: ServerView }) {
  if (!server.enabled) return <p className="t2">It is switched off.</p>;
  if (server.lastError === null) return <p className="t2">Its tools are being read…</p>;
  const { message, fix } = server.lastError;
  return <StateWord tone="fault" icon="fault" word={makeVisibleLine(`${message} ${fix}`)} />;
}
