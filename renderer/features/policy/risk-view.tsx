import { useState } from 'react';
import type { PolicyView, ServerTool, ServerView } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { TextField } from '../../ui/field.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import { Segment } from '../../ui/segment.tsx';
import { TierMenu } from './tier-menu.tsx';
import { useToolChoices } from './use-tool-choices.ts';

type Which = 'all' | 'own';

/** The tier of every tool with all its reasons, and a tier of one's own where those are wrong. */
export function RiskView({ view }: { view: PolicyView }) {
  const servers = useEngineStore((state) => state.servers);
  const [query, setQuery] = useState('');
  const [which, setWhich] = useState<Which>('all');
  const own = view.riskOverrides.length;
  return (
    <section className="pane risk-view" aria-label="Risk tiers">
      <div className="policy-search">
        <TextField
          label="Search tools"
          hideLabel
          type="search"
          icon="search"
          placeholder="Tools"
          value={query}
          onChange={setQuery}
        />
        <Segment
          label="Which tools"
          value={which}
          options={[
            { value: 'all', label: 'All tools' },
            { value: 'own', label: own === 0 ? 'Set by you' : `Set by you, ${own}` },
          ]}
          onChange={setWhich}
        />
        <span className="t3 f12">Presets go by tier, and high tiers ask more of the person who approves.</span>
      </div>
      {servers.length === 0 ? (
        <EmptyState title="There are no tools yet">Tools come from servers; add one first.</EmptyState>
      ) : (
        <div className="grid risk-grid">
          <div className="hd" aria-hidden="true">
            <span>Tool</span>
            <span>Risk</span>
            <span>Because</span>
          </div>
          {servers.map((server) => (
            <ServerRisks key={server.id} server={server} query={query} which={which} />
          ))}
        </div>
      )}
    </section>
  );
}

function ServerRisks({ server, query, which }: { server: ServerView; query: string; which: Which }) {
  const tools = useToolChoices(server.id);
  const wanted = query.trim().toLowerCase();
  const shown = tools.filter(
    (tool) =>
      (which === 'all' || tool.risk.isOverridden === true) &&
      `${server.name} ${tool.name}`.toLowerCase().includes(wanted),
  );
  if (shown.length === 0) return null;
  return (
    <section aria-label={server.name}>
      <h2 className="gh rule-head">
        <b className="cut">{makeVisibleLine(server.name)}</b>
        <span className="t3 f12">
          {server.trusted ? 'its own hints may lower a tier' : 'its own hints can only raise a tier'}
        </span>
      </h2>
      <ul>
        {shown.map((tool) => (
          <RiskRow key={tool.name} serverId={server.id} tool={tool} />
        ))}
      </ul>
    </section>
  );
}

function RiskRow({ serverId, tool }: { serverId: string; tool: ServerTool }) {
  const reasons = tool.risk.reasons.map((reason) => `${makeVisibleLine(reason.text)} (${reason.source})`).join(' · ');
  return (
    <li className="r">
      <code className="cut">{makeVisibleLine(tool.name)}</code>
      <span className="vis">
        <TierMenu serverId={serverId} tool={tool.name} risk={tool.risk} />
      </span>
      <span className="t2 cut" title={reasons}>
        {reasons}
      </span>
    </li>
  );
}
