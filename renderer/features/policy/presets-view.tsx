import { Link } from 'wouter';
import { type AgentView, type PolicyView, presets, riskTiers } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { EmptyState } from '../../ui/placeholder.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Tier } from '../../ui/tier.tsx';
import { effectLooks } from './policy-words.ts';
import { PresetSegment } from './preset-segment.tsx';

/** What each preset does to each tier, and which agent starts at which. */
export function PresetsView({ view }: { view: PolicyView }) {
  const agents = useEngineStore((state) => state.agents);
  return (
    <section className="pane policy-wide" aria-label="Presets">
      <p className="policy-about t2">
        A preset is where an agent’s switches start, by how dangerous a tool is. A switch on a tool or server, and every
        rule, comes first.
      </p>
      <table className="preset-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">Preset</span>
            </th>
            {riskTiers.map((tier) => (
              <th key={tier} scope="col">
                <Tier tier={tier} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {presets.map((preset) => (
            <tr key={preset.id}>
              <th scope="row">
                {preset.name}
                {preset.recommended && <span className="t3 f12"> recommended</span>}
                <span className="t3 f12 preset-about">{preset.about}</span>
              </th>
              {riskTiers.map((tier) => (
                <td key={tier}>
                  <StateWord {...effectLooks[preset.byTier[tier]]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <h2 className="gh rule-head">
        <span>Agents</span>
      </h2>
      {agents.length === 0 ? (
        <EmptyState title="No agent is connected" action={<Link href="/agents">Connect an agent</Link>} />
      ) : (
        <ul>
          {agents.map((agent) => (
            <AgentPresetRow key={agent.id} agent={agent} view={view} />
          ))}
        </ul>
      )}
    </section>
  );
}

function AgentPresetRow({ agent, view }: { agent: AgentView; view: PolicyView }) {
  return (
    <li className="r preset-row">
      <Link href={`/agents/${agent.id}`} className="cut">
        {makeVisibleLine(agent.name)}
      </Link>
      <PresetSegment agent={agent} view={view} />
    </li>
  );
}
