import type { ServerSignIn } from '../../../electron/shared/index.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { StateTone } from '../../ui/state-word.tsx';

interface SignInLook {
  tone: StateTone;
  icon: IconName;
  word: string;
  /** The button that goes on from here; null: nothing can be done. */
  action: 'sign-in' | 'cancel' | 'sign-out' | null;
  label: string;
}

/** Where signing in stands, and the one click that goes on from there. */
export function describeSignIn({ state }: ServerSignIn): SignInLook {
  switch (state) {
    case 'none':
      return { tone: 'off', icon: 'info', word: 'Never asked for', action: 'sign-in', label: 'Sign in…' };
    case 'needed':
      return { tone: 'ask', icon: 'hand', word: 'Needs sign-in', action: 'sign-in', label: 'Sign in…' };
    case 'signing_in':
      return { tone: 'run', icon: 'run', word: 'Waiting for your browser', action: 'cancel', label: 'Cancel' };
    case 'signed_in':
      return { tone: 'allow', icon: 'check', word: 'Signed in', action: 'sign-out', label: 'Sign out' };
    case 'unavailable':
      return {
        tone: 'fault',
        icon: 'fault',
        word: 'Sign-in service does not answer',
        action: 'sign-in',
        label: 'Sign in again…',
      };
    case 'locked':
      return { tone: 'off', icon: 'lock', word: 'Vault locked', action: null, label: '' };
  }
}
