import { useEffect, useRef, useState } from 'react';
import type { CallView } from '../../../electron/shared/index.ts';
import { isFailure, isRefusal } from '../../lib/describe-call.ts';
import { countOf } from '../../lib/format.ts';
import { useEngineStore } from '../../state/engine-context.tsx';

/** A screen reader hears a summary at most this often. Milliseconds. */
const everyMs = 5000;

/** Says what came in: "3 calls, 1 denied". Never each call by itself. */
export function LiveSummary() {
  const calls = useEngineStore((state) => state.calls);
  const newest = useRef(calls);
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    newest.current = calls;
  }, [calls]);
  useEffect(() => {
    let known = new Set(newest.current.map((call) => call.id));
    const timer = setInterval(() => {
      const fresh = newest.current.filter((call) => !known.has(call.id));
      known = new Set(newest.current.map((call) => call.id));
      if (fresh.length > 0) setSpoken(summarize(fresh));
    }, everyMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="sr" aria-live="polite">
      {spoken}
    </p>
  );
}

/** Exceptions are named, the usual case is only counted. */
export function summarize(calls: readonly CallView[]): string {
  const parts = [
    { count: calls.filter((call) => call.status === 'awaiting_approval').length, word: 'waiting' },
    { count: calls.filter(isRefusal).length, word: 'denied' },
    { count: calls.filter(isFailure).length, word: 'failed' },
  ];
  return [
    countOf(calls.length, 'call'),
    ...parts.filter((part) => part.count > 0).map((part) => `${part.count} ${part.word}`),
  ].join(', ');
}
