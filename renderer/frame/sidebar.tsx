import { Link, useLocation } from 'wouter';
import { useEngineStore } from '../state/engine-context.tsx';
import { selectPendingCount } from '../state/selectors.ts';
import { Icon } from '../ui/icon.tsx';
import { pages } from './pages.ts';
import { StatusBlock } from './status-block.tsx';

/** Where one can go, and below it how the engine is. Icons only under 1100 px. */
export function Sidebar() {
  const [location] = useLocation();
  const waiting = useEngineStore(selectPendingCount);
  return (
    <nav className="side" aria-label="Pages">
      <div className="brand">
        <Icon name="mark" />
        <span className="lbl">ScopeGate</span>
      </div>
      <div className="nav">
        {pages.map(({ path, icon, label }) => (
          <Link
            key={path}
            href={path}
            title={label}
            aria-current={location === path || location.startsWith(`${path}/`) ? 'page' : undefined}
          >
            <Icon name={icon} />
            <span className="lbl">{label}</span>
            {path === '/approvals' && waiting > 0 && (
              <span className="n count">
                {waiting}
                <span className="sr"> waiting</span>
              </span>
            )}
          </Link>
        ))}
      </div>
      <div className="nav nav-foot">
        <Link href="/first-run" title="First steps" aria-current={location === '/first-run' ? 'page' : undefined}>
          <Icon name="info" />
          <span className="lbl">First steps</span>
        </Link>
      </div>
      <StatusBlock />
    </nav>
  );
}
