import type { AskSwitches, Effect } from '../../../electron/shared/index.ts';
import { Segment } from '../../ui/segment.tsx';

interface AskOptionsProps {
  asks: AskSwitches;
  onChange: (asks: AskSwitches) => void;
  disabled?: boolean;
}

const rows = [
  {
    name: 'elicitation',
    title: 'May ask you or your agent for input (elicitation)',
    text: 'The agent shows its question, or a page to open, to you or answers it itself.',
  },
  {
    name: 'sampling',
    title: 'May use the agent’s model (sampling)',
    text: 'The server writes a prompt, the agent’s model answers it, and the server gets the answer.',
  },
  {
    name: 'roots',
    title: 'May see the agent’s folders (roots)',
    text: 'The server learns which folders the agent works in, not what is in them.',
  },
] as const satisfies readonly { name: keyof AskSwitches; title: string; text: string }[];

const options = [
  { value: 'allow', label: 'Allow', hint: 'Passed to the agent' },
  { value: 'ask', label: 'Ask', hint: 'You are asked each time' },
  { value: 'deny', label: 'Block', hint: 'The server is told that nobody can be asked' },
] as const satisfies readonly { value: Effect; label: string; hint: string }[];

/** What a server may ask of agents in the middle of its work; for all agents alike. */
export function AskOptions({ asks, onChange, disabled = false }: AskOptionsProps) {
  return (
    <div className="server-asks">
      {rows.map(({ name, title, text }) => (
        <div key={name}>
          <div>
            <b>{title}</b>
            <p className="t2">{text}</p>
          </div>
          <Segment<Effect>
            label={title}
            value={asks[name]}
            options={options}
            disabled={disabled}
            onChange={(effect) => onChange({ ...asks, [name]: effect })}
          />
        </div>
      ))}
    </div>
  );
}
