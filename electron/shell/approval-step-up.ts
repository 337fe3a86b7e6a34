import type { SystemPreferences } from 'electron';
import type { LogPort, StepUpPort } from '../engine/ports.ts';

type Preferences = Pick<SystemPreferences, 'canPromptTouchID' | 'promptTouchID'>;

const reasons = {
  noTouchId: 'Touch ID is not set up on this Mac, so nothing can check that it is you.',
  noCheck: 'ScopeGate has no way to check on this system that it is you, so this cannot be allowed for ever.',
};

/** Touch ID where there is one. Elsewhere nothing is pretended: the port says that and why it cannot. */
export function openStepUpPort(preferences: Preferences, platform: NodeJS.Platform, log: LogPort): StepUpPort {
  const isMac = platform === 'darwin';
  // asked each time: a closed lid or another keyboard takes the sensor away
  const isThere = () => isMac && preferences.canPromptTouchID();
  return {
    get method() {
      return isThere() ? 'Touch ID' : null;
    },
    get reason() {
      if (isThere()) return '';
      return isMac ? reasons.noTouchId : reasons.noCheck;
    },
    async confirm(why) {
      if (!isThere()) return false;
      try {
        await preferences.promptTouchID(why);
        return true;
      } catch (error) {
        log.info('a step-up was not confirmed', { reason: error instanceof Error ? error.message : 'unknown' });
        return false;
      }
    },
  };
}
