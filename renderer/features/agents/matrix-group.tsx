import { Link } from 'wouter';
import type {
  AgentMatrix,
  AgentView,
  Effect,
  GrantChange,
  MatrixServer,
  MatrixTool,
} from '../../../electron/shared/index.ts';
import { countOf, formatCount } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Icon } from '../../ui/icon.tsx';
import { TriState } from '../../ui/tri-state.tsx';
import { TierMenu } from '../policy/tier-menu.tsx';
import { countCalls, countEffects, effectWords, sharedEffect, sourceWords } from './matrix-model.ts';

interface MatrixGroupProps {
  agent: AgentView;
  matrix: AgentMatrix;
  /** The whole server, whatever the search leaves of it: the head counts and switches all of it. */
  server: MatrixServer;
  tools: readonly MatrixTool[];
  isOpen: boolean;
  onToggle: (serverId: string) => void;
  onChange: (changes: GrantChange[], done: string) => Promise<void>;
}

/** One server: a head with its own switch, and a row for each tool. */
export function MatrixGroup(props: MatrixGroupProps) {
  const { agent, matrix, server, tools, isOpen, onToggle, onChange } = props;
  if (!server.reviewed) return <HeldServer server={server} />;
  const setTool = (tool: MatrixTool, effect: Effect | null): void => {
    const change: GrantChange = { agentId: agent.id, serverId: server.serverId, toolName: tool.tool, effect };
    const done = effect === null ? 'inherits its switch again' : `is now ${effectWords[effect]}`;
    void onChange([change], `${makeVisibleLine(tool.tool)} ${done} for ${agent.name}`);
  };
  return (
    <section aria-label={server.name}>
      <div className="gh">
        <button type="button" className="gh-toggle" aria-expanded={isOpen} onClick={() => onToggle(server.serverId)}>
          <Icon name={isOpen ? 'down' : 'right'} small />
          <b className="cut">{server.name}</b>
          <span className="t3 f12">{countOf(server.tools.length, 'tool')}</span>
          {!server.enabled && <span className="tag">Off</span>}
        </button>
        <span />
        <span className="num t2">{formatCount(countCalls(server.tools))}</span>
        <ServerSwitch {...props} />
      </div>
      {isOpen && (
        <ul>
          {tools.map((tool) => (
            <ToolRow
              key={tool.tool}
              tool={tool}
              server={server}
              byPreset={matrix.defaultEffect === null}
              isLocked={agent.managed}
              onSet={setTool}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function ServerSwitch({ agent, matrix, server, onChange }: MatrixGroupProps) {
  const counts = countEffects(server.tools);
  const shared = server.tools.length === 0 ? (server.own ?? matrix.defaultEffect ?? 'deny') : sharedEffect(counts);
  const ownTools = server.tools.filter((tool) => tool.own !== null).length;
  const source = serverSource(matrix, server, shared);
  const set = (effect: Effect | null): void => {
    const change: GrantChange = { agentId: agent.id, serverId: server.serverId, toolName: '*', effect };
    const done = effect === null ? 'inherits its switch again' : `is now ${effectWords[effect]}`;
    const kept = ownTools === 0 ? '' : `; ${countOf(ownTools, 'tool')} with a switch of their own keep it`;
    void onChange([change], `${server.name} ${done} for ${agent.name}${kept}`);
  };
  return (
    <>
      <span className="t3 f12 cut">{source}</span>
      <span className="num">
        <TriState
          label={`${server.name}, all tools`}
          effect={shared}
          own={server.own}
          source={source}
          counts={counts}
          onSet={set}
          onReset={() => set(null)}
          disabled={agent.managed}
        />
      </span>
    </>
  );
}

function serverSource(matrix: AgentMatrix, server: MatrixServer, shared: Effect | null): string {
  if (shared === null) return 'Mixed';
  if (server.own !== null) return server.own === shared ? 'set here' : 'set on each tool';
  const source = server.tools[0]?.source ?? (matrix.defaultEffect === null ? 'global' : 'agent');
  if (source === 'tool' || server.tools.some((tool) => tool.source !== source)) return 'set on each tool';
  return sourceWords(source, server.name, matrix.defaultEffect === null);
}

interface ToolRowProps {
  tool: MatrixTool;
  server: MatrixServer;
  byPreset: boolean;
  isLocked: boolean;
  onSet: (tool: MatrixTool, effect: Effect | null) => void;
}

function ToolRow({ tool, server, byPreset, isLocked, onSet }: ToolRowProps) {
  const source = sourceWords(tool.source, server.name, byPreset);
  const name = makeVisibleLine(tool.tool);
  // A held tool asks although nobody set it: the reason is explicit, so the cell is drawn as set.
  const own = tool.source === 'review' ? tool.effective : tool.own;
  return (
    <li className="r">
      <span className="hs" title={toolHint(tool)}>
        <code className="cut">{name}</code>
        {tool.changed && (
          <>
            <span className="tag ask">
              <Icon name="hand" />
              Changed
            </span>
            <Link className="f12" href={`/servers/${server.serverId}`}>
              Review diff
            </Link>
          </>
        )}
      </span>
      <span className="vis">
        <TierMenu serverId={server.serverId} tool={tool.tool} risk={tool.risk} />
      </span>
      <span className={tool.calls7d === 0 ? 'num t3' : 'num t2'}>{formatCount(tool.calls7d)}</span>
      <span className="t3 f12">{source}</span>
      <span className="num vis">
        <TriState
          label={name}
          effect={tool.effective}
          own={own}
          source={source}
          onSet={(effect) => onSet(tool, effect)}
          onReset={() => tool.own !== null && onSet(tool, null)}
          disabled={isLocked}
        />
      </span>
    </li>
  );
}

function toolHint(tool: MatrixTool): string {
  const description = tool.description === null ? '' : `\nServer’s own words: ${makeVisibleLine(tool.description)}`;
  return `Agents see it as ${tool.exposedName}${description}`;
}

function HeldServer({ server }: { server: MatrixServer }) {
  return (
    <section aria-label={server.name} className="gh held">
      <span className="hs">
        <span className="held-glyph">
          <Icon name="hand" small />
        </span>
        <b className="cut">{server.name}</b>
        <span className="t3 f12">held until reviewed</span>
        <Link className="f12" href={`/servers/${server.serverId}`}>
          Review
        </Link>
      </span>
    </section>
  );
}
