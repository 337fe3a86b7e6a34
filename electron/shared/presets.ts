import { z } from 'zod';
import type { Effect, RiskTier } from './effects.ts';

/** Where switches of an agent start, by the tier of the call. Nearer switches and rules come first. */
export const presetIdSchema = z.enum(['observe', 'ask-before-writes', 'ask-everything']);
export type PresetId = z.infer<typeof presetIdSchema>;

export interface Preset {
  id: PresetId;
  name: string;
  /** One sentence for the person who chooses. */
  about: string;
  recommended: boolean;
  byTier: Readonly<Record<RiskTier, Effect>>;
}

export const presets: readonly Preset[] = [
  {
    id: 'observe',
    name: 'Observe only',
    about: 'Reads run. Everything else is blocked.',
    recommended: false,
    byTier: { read: 'allow', write: 'deny', publish: 'deny', destructive: 'deny', secret: 'deny' },
  },
  {
    id: 'ask-before-writes',
    name: 'Ask before writes',
    about: 'Reads run. Everything else asks you first.',
    recommended: true,
    byTier: { read: 'allow', write: 'ask', publish: 'ask', destructive: 'ask', secret: 'ask' },
  },
  {
    id: 'ask-everything',
    name: 'Ask for everything',
    about: 'Every call asks you first.',
    recommended: false,
    byTier: { read: 'ask', write: 'ask', publish: 'ask', destructive: 'ask', secret: 'ask' },
  },
];
