import { useState } from 'react';
import type { EngineStatus } from '../../../electron/shared/index.ts';
import { formatBytes } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { ReadError } from './read-error.tsx';
import { SettingGroup, SettingRow } from './setting-row.tsx';
import { useProgram } from './use-program.ts';

/** Where agents reach the gateway, and how much may pass at once. */
export function GatewaySettings() {
  const engine = useEngineStore((state) => state.engine);
  const { data, error, refetch } = useProgram();
  return (
    <>
      {engine !== null && (
        <SettingGroup title="Address">
          <SettingRow
            title={engine.mcpUrl ?? 'Agents cannot connect now'}
            text="For programs on this machine only. Each agent needs its own token."
          >
            {engine.mcpUrl !== null && <CopyButton text={engine.mcpUrl} label="Copy address" small={false} />}
          </SettingRow>
          <PortRow key={engine.port} engine={engine} />
        </SettingGroup>
      )}
      <SettingGroup title="Sizes" text="Fixed, so that one message cannot take all the memory.">
        {error !== null && data === undefined && <ReadError error={error} onRetry={() => void refetch()} />}
        {data !== undefined && (
          <>
            <SettingRow title="An agent’s request" text="A larger one is refused before it is read.">
              <span className="t2">at most {formatBytes(data.limits.requestBytes)}</span>
            </SettingRow>
            <SettingRow title="A server’s answer" text="A larger one ends the call with an error.">
              <span className="t2">at most {formatBytes(data.limits.resultBytes)}</span>
            </SettingRow>
          </>
        )}
      </SettingGroup>
    </>
  );
}

function PortRow({ engine: { port, configFile } }: { engine: EngineStatus }) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [text, setText] = useState(String(port));
  if (configFile !== null)
    return (
      <SettingRow title={`Port ${port}`} text={`Set where this gateway was started, together with ${configFile}.`} />
    );
  const next = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  const isValid = next >= 1024 && next <= 65_535;
  const move = (to: number, isUndo: boolean) =>
    run(async () => {
      await bridge.call('engine.setPort', { port: to });
      toast({
        text: isUndo ? `Agents connect on port ${to} again` : `Agents must use port ${to} from now on`,
        ...(isUndo ? {} : { undo: () => void move(port, true) }),
      });
    });
  return (
    <div className="set-row">
      <div className="set-words">
        <div>Port</div>
        <div className="t3 f12">Agents that are connected must be told the new address.</div>
        <FormFailure text={failure} />
      </div>
      <form
        className="set-inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (isValid && next !== port) void move(next, false);
        }}
      >
        <TextField
          label="Port"
          hideLabel
          value={text}
          onChange={setText}
          inputMode="numeric"
          error={isValid ? null : '1024 to 65535'}
        />
        <Button type="submit" busy={busy} disabled={!isValid || next === port}>
          Change port
        </Button>
      </form>
    </div>
  );
}
