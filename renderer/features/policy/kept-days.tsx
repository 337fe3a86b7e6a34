import { useState } from 'react';
import { countOf } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';

/** The most the engine takes. */
const maxDays = 30;
const choices = [0, 1, 2, 3, 5, 7, 10, 14, 21, maxDays];

/** How long the arguments of calls are kept for trying rules on them; fewer days erase what is older, after a question. */
export function KeptDays({ days }: { days: number }) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run } = useCommand();
  const [asked, setAsked] = useState<number | null>(null);
  const set = (next: number): void =>
    void run(async () => {
      await bridge.call('policy.setReplayDays', { days: next });
      toast({
        text: next === 0 ? 'Arguments are not kept any more' : `Arguments are kept for ${countOf(next, 'day')}`,
      });
    });
  const offered = [...new Set([...choices, days])].sort((one, other) => one - other);
  return (
    <div className="kept-days">
      <span className="t2">Keep the arguments of calls</span>
      <SelectMenu
        label="Keep arguments"
        value={String(days)}
        disabled={busy}
        options={offered.map((count) => ({
          value: String(count),
          label: count === 0 ? 'never' : `for ${countOf(count, 'day')}`,
        }))}
        onChange={(value) => {
          const next = Number(value);
          if (next < days) setAsked(next);
          else if (next > days) set(next);
        }}
      />
      <span className="t3 f12">On this computer only, encrypted, without what looks secret.</span>
      <ConfirmDialog
        open={asked !== null}
        title={asked === 0 ? 'Erase all kept arguments?' : `Erase arguments older than ${countOf(asked ?? 0, 'day')}?`}
        confirmLabel="Erase"
        danger
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          if (asked !== null) set(asked);
          setAsked(null);
        }}
      >
        They cannot be brought back. Rules and the log stay; rules can only be tried on calls whose arguments are kept.
      </ConfirmDialog>
    </div>
  );
}
