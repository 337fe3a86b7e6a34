import { useLocation } from 'wouter';
import type { CallDetail, CallView, Effect } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { selectAgent, selectIsInStep, selectServer } from '../../state/selectors.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { useReview } from '../approvals/use-review.ts';

const switches: readonly { effect: Effect; label: string; icon: IconName; done: string }[] = [
  { effect: 'allow', label: 'Always allow', icon: 'check', done: 'is allowed' },
  { effect: 'ask', label: 'Ask next time', icon: 'hand', done: 'asks' },
  { effect: 'deny', label: 'Never allow', icon: 'block', done: 'is blocked' },
];

/** What can be done about a call now, and about the next one like it. */
export function CallActions({ detail, view }: { detail: CallDetail; view: CallView }) {
  const bridge = useBridge();
  const review = useReview();
  const isInStep = useEngineStore(selectIsInStep);
  const agent = useEngineStore((state) => selectAgent(state, view.agentId));
  const hasServer = useEngineStore((state) => selectServer(state, view.serverId) !== undefined);
  const { busy, run } = useCommand();
  const toast = useToast();
  const [, navigate] = useLocation();
  const { approvalId } = view;
  const canSwitch = agent !== undefined && !agent.managed && hasServer;

  const setSwitch = (effect: Effect, done: string) =>
    run(async () => {
      const key = { agentId: view.agentId, serverId: view.serverId, toolName: view.tool };
      const { previous } = await bridge.call('grants.set', { changes: [{ ...key, effect }] });
      toast({
        text: `${view.tool} ${done} for ${view.agentName} from now on`,
        undo: () => void run(() => bridge.call('grants.set', { changes: previous })),
      });
    });
  const copyTestCase = () =>
    navigator.clipboard.writeText(JSON.stringify(toTestCase(detail), null, 2)).then(
      () => toast({ text: 'Test case copied' }),
      () => toast({ text: 'Could not copy' }),
    );

  return (
    <div className="da">
      {view.status === 'awaiting_approval' && approvalId !== null && (
        <Button small disabled={!isInStep} onClick={() => review(approvalId)}>
          Review
        </Button>
      )}
      {view.status === 'running' && (
        <Button
          small
          disabled={busy || !isInStep}
          onClick={() => void run(() => bridge.call('calls.cancel', { id: view.id }))}
        >
          Cancel call
        </Button>
      )}
      {agent?.managed === true && <span className="t3 f12">Switches come from the configuration file</span>}
      {hasServer && (
        <Button small onClick={() => navigate(`/policy/new/${view.id}/${startEffect(view)}`)}>
          Make rule…
        </Button>
      )}
      {view.status === 'settled' && canSwitch && (
        <Menu
          align="start"
          trigger={
            <Button small disabled={busy || !isInStep}>
              Next time <Icon name="down" />
            </Button>
          }
        >
          {switches.map(({ effect, label, icon, done }) => (
            <MenuItem key={effect} icon={icon} onSelect={() => void setSwitch(effect, done)}>
              {label}
            </MenuItem>
          ))}
        </Menu>
      )}
      <span className="grow" />
      <IconButton icon="copy" label="Copy as test case" ghost small onClick={() => void copyTestCase()} />
    </div>
  );
}

/** What a rule from this call begins with: what ran asks from now on, what asked or was blocked may run. */
function startEffect({ effect }: CallView): Effect {
  return effect === 'allow' ? 'ask' : 'allow';
}

/** Who called what with what, and what came of it: enough to try the same decision again. */
function toTestCase({ view, decision, arguments: given, argumentsDigest }: CallDetail): object {
  return {
    agent: view.agentName,
    server: view.serverId,
    tool: view.tool,
    arguments: given,
    argumentsDigest,
    expect: { effect: decision?.effect ?? null, reasonCode: decision?.reasonCode ?? null, outcome: view.outcome },
  };
}
