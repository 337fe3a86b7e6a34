import { Switch } from '../../ui/switch.tsx';

interface TrustedOptionProps {
  trusted: boolean;
  onChange: (trusted: boolean) => void;
  disabled?: boolean;
}

/** The one thing trusting a server does, said in full beside the switch. */
export function TrustedOption({ trusted, onChange, disabled = false }: TrustedOptionProps) {
  return (
    <div className="trusted">
      <Switch label="Trust this server’s annotations" checked={trusted} onChange={onChange} disabled={disabled} />
      <div>
        <b>Trust this server’s annotations</b>
        <p className="t2">
          When it calls a tool read-only, ScopeGate believes it and lowers the tool’s risk. Nothing else changes: no
          switch, no review, no approval.
        </p>
      </div>
    </div>
  );
}
