import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import type { PolicyView } from '../../../electron/shared/index.ts';
import { Banners } from '../../frame/banners.tsx';
import { countOf } from '../../lib/format.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { HistoryView } from './history-view.tsx';
import { PresetsView } from './presets-view.tsx';
import { RiskView } from './risk-view.tsx';
import { RulesView } from './rules-view.tsx';
import { TestView } from './test-view.tsx';
import { usePolicy } from './use-policy.ts';
import { YamlView } from './yaml-view.tsx';
import './policy.css';
import './rule-pane.css';
import './policy-views.css';

const views = [
  { path: '/policy', label: 'Rules' },
  { path: '/policy/test', label: 'Test a call' },
  { path: '/policy/risk', label: 'Risk tiers' },
  { path: '/policy/presets', label: 'Presets' },
  { path: '/policy/history', label: 'History' },
  { path: '/policy/yaml', label: 'YAML' },
] as const;

/** Policy: rules as sentences, what they would do, and everything they rest on. Routes under `/policy`. */
export function PolicyPage() {
  const [location, navigate] = useLocation();
  const { data: view, error, retry } = usePolicy();
  return (
    <>
      <header className="bar">
        <h1>Policy</h1>
        {view !== undefined && <span className="t3">version {view.version}</span>}
        <span className="grow" />
        <Button onClick={() => navigate('/policy/new/never')}>Never allow…</Button>
        <Button
          variant={location === '/policy' ? 'primary' : 'outline'}
          icon="plus"
          onClick={() => navigate('/policy/new')}
        >
          New rule
        </Button>
      </header>
      <Banners />
      {view !== undefined && <Faults view={view} />}
      <PolicyTabs />
      {view === undefined && error === null && <Skeleton label="Loading policy" />}
      {view === undefined && error !== null && (
        <LoadError
          title="The policy could not be read"
          detail={`${error.message} ${error.fix}`.trim()}
          stillWorks="It stays in force as it is; calls are decided as before."
          onRetry={retry}
        />
      )}
      {view !== undefined && (
        <>
          <div className="body policy-body">
            <Switch>
              <Route path="/policy/test">
                <TestView />
              </Route>
              <Route path="/policy/risk">
                <RiskView view={view} />
              </Route>
              <Route path="/policy/presets">
                <PresetsView view={view} />
              </Route>
              <Route path="/policy/history">
                <HistoryView />
              </Route>
              <Route path="/policy/yaml">
                <YamlView />
              </Route>
              <Route path="/policy/:mode?/:what?/:effect?">
                {({ mode, what, effect }) =>
                  mode === undefined || mode === 'rule' || mode === 'new' ? (
                    <RulesView view={view} mode={mode ?? null} what={what ?? null} effect={effect ?? null} />
                  ) : (
                    <Redirect to="/policy" replace />
                  )
                }
              </Route>
            </Switch>
          </div>
          <PolicyFoot view={view} />
        </>
      )}
    </>
  );
}

function PolicyTabs() {
  const [location] = useLocation();
  const here = views.find(({ path }) => path !== '/policy' && location.startsWith(path))?.path ?? '/policy';
  return (
    <nav className="tabs policy-tabs" aria-label="Parts of policy">
      {views.map(({ path, label }) => (
        <Link key={path} href={path} aria-current={path === here ? 'page' : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}

/** A rule that cannot be used blocks whatever may have been its scope, so it is said at once. */
function Faults({ view }: { view: PolicyView }) {
  const [first] = view.faults;
  if (first === undefined) return null;
  const { ruleId } = first;
  return (
    <Banner
      tone="fault"
      icon="fault"
      title={view.faults.length === 1 ? 'A rule cannot be used.' : `${view.faults.length} rules cannot be used.`}
      actions={ruleId === null ? undefined : <Link href={`/policy/rule/${ruleId}`}>Mend it</Link>}
    >
      {first.message} Until it is mended or removed, everything it may have meant is blocked.
    </Banner>
  );
}

function PolicyFoot({ view }: { view: PolicyView }) {
  const isPaused = useEngineStore((state) => state.engine?.paused ?? false);
  return (
    <footer className="foot">
      <span>{countOf(view.rules.length, 'rule')}</span>
      <span>{view.never.length === 0 ? 'nothing on the never-list' : `${view.never.length} on the never-list`}</span>
      <span>{isPaused ? 'Pause all is on: every call is blocked' : 'Pause all is off'}</span>
      <span className="grow" />
      <Link href="/policy/history">Every change</Link>
    </footer>
  );
}
