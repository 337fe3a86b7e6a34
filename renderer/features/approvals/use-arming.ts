import { useEffect, useState } from 'react';
import { armingMs, disturbsArming } from './arming.ts';

export interface Arming {
  /** When the buttons began to work, milliseconds since the epoch; null while they do not. */
  armedAt: number | null;
  /** Changes with every new start, so that the bar can be drawn anew. */
  round: number;
}

/** A moved window has no event of its own. Milliseconds. */
const movePollMs = 150;

/**
 * Arms 700 ms after `shown` changes, and starts over when a key is pressed, or the window is activated, uncovered,
 * resized or moved: a click or a key meant for something else must not decide.
 */
export function useArming(shown: string): Arming {
  const [round, setRound] = useState(0);
  const [armed, setArmed] = useState<{ at: number; key: string } | null>(null);
  const key = `${shown} ${round}`;

  useEffect(() => watchDisturbances(() => setRound((before) => before + 1)), []);
  useEffect(() => {
    const timer = setTimeout(() => setArmed({ at: Date.now(), key }), armingMs);
    return () => clearTimeout(timer);
  }, [key]);

  return { armedAt: armed !== null && armed.key === key ? armed.at : null, round };
}

function watchDisturbances(disturb: () => void): () => void {
  const onKey = (event: KeyboardEvent) => {
    const { target } = event;
    if (disturbsArming(event, target instanceof Element && target.matches('button, a, input, textarea'))) disturb();
  };
  const onVisibility = () => {
    if (document.visibilityState === 'visible') disturb();
  };
  let place = `${window.screenX} ${window.screenY}`;
  const poll = setInterval(() => {
    const now = `${window.screenX} ${window.screenY}`;
    if (now !== place) disturb();
    place = now;
  }, movePollMs);
  window.addEventListener('keydown', onKey, true);
  window.addEventListener('focus', disturb);
  window.addEventListener('resize', disturb);
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    clearInterval(poll);
    window.removeEventListener('keydown', onKey, true);
    window.removeEventListener('focus', disturb);
    window.removeEventListener('resize', disturb);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}
