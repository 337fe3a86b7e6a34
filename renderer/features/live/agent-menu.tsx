import type { FilterToken } from '../../lib/call-filter.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';

interface AgentMenuProps {
  tokens: readonly FilterToken[];
  onTokens: (tokens: FilterToken[]) => void;
}

/** The agent part of the filter as a menu. */
export function AgentMenu({ tokens, onTokens }: AgentMenuProps) {
  const agents = useEngineStore((state) => state.agents);
  const chosen = tokens.filter((token) => token.key === 'agent').map((token) => token.value);
  const others = tokens.filter((token) => token.key !== 'agent');
  return (
    <Menu
      trigger={
        <Button>
          <span className="cut agent-choice">{chosen.length === 0 ? 'All agents' : chosen.join(', ')}</span>
          <Icon name="down" />
        </Button>
      }
    >
      <MenuItem {...(chosen.length === 0 && { icon: 'check' })} onSelect={() => onTokens(others)}>
        All agents
      </MenuItem>
      {agents.map((agent) => (
        <MenuItem
          key={agent.id}
          {...(chosen.includes(agent.name) && { icon: 'check' })}
          onSelect={() => onTokens([...others, { key: 'agent', value: agent.name }])}
        >
          {agent.name}
        </MenuItem>
      ))}
    </Menu>
  );
}
