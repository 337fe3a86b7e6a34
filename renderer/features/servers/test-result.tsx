import { useEffect, useRef } from 'react';
import type { ServerTest } from '../../../electron/shared/index.ts';
import { countOf, formatDuration } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Icon } from '../../ui/icon.tsx';
import { RawLines } from '../../ui/raw-lines.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { faultDetailTitle } from './server-words.ts';

const stepWords: Readonly<Record<ServerTest['steps'][number]['name'], string>> = {
  start: 'Connect',
  initialize: 'Say hello (initialize)',
  'tools/list': 'List the tools',
};

/** What a test connection found, step by step; nothing of it changes what agents see. */
export function TestResult({ test }: { test: ServerTest }) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // In braces: scrolling may return a promise, which is no clean-up.
    section.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section ref={section} className="test" aria-label="Test result">
      <div className="hs">
        {test.ok ? (
          <StateWord tone="allow" icon="check" word="The server answers" loud />
        ) : (
          <StateWord
            tone="fault"
            icon="fault"
            word={makeVisibleLine(test.fault?.message ?? 'The server does not answer')}
          />
        )}
        <span className="grow" />
        <span className="t3 f12">{formatDuration(test.totalMs)}</span>
      </div>
      {test.fault && test.fault.fix !== '' && <p>{test.fault.fix}</p>}
      <ul className="facts f12">
        {test.steps.map((step) => (
          <li key={step.name}>
            <span className="hs">
              <span className={step.ok ? 'test-ok' : 'test-bad'}>
                <Icon name={step.ok ? 'check' : 'fault'} small />
              </span>
              {stepWords[step.name]}
            </span>
            <span>{formatDuration(step.ms)}</span>
          </li>
        ))}
      </ul>
      {test.fault && test.fault.detail !== '' && (
        <div className="well">
          <div className="lab">{faultDetailTitle(test.fault.code)}</div>
          <pre>
            <RawLines text={test.fault.detail} />
          </pre>
        </div>
      )}
      {test.serverInfo && (
        <p className="t2 f12">
          It calls itself {makeVisibleLine(test.serverInfo.name)} {makeVisibleLine(test.serverInfo.version)}
          {test.protocolVersion === null ? '' : `, protocol ${makeVisibleLine(test.protocolVersion)}`}.
        </p>
      )}
      {test.ok && <FoundTools tools={test.tools} />}
    </section>
  );
}

function FoundTools({ tools }: { tools: ServerTest['tools'] }) {
  if (tools.length === 0) return <p className="t2">It has no tools.</p>;
  return (
    <div className="well test-tools">
      <div className="lab">{countOf(tools.length, 'tool')} found, with the server’s own words</div>
      <ul>
        {tools.map((tool) => (
          <li key={tool.name} className="cut">
            <code>{makeVisibleLine(tool.name)}</code>{' '}
            <span className="t2">{tool.description === null ? '' : makeVisibleLine(tool.description)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
