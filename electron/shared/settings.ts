import { z } from 'zod';

/** What the Settings page shows of the program that is nowhere else. */
export const programFactsSchema = z.object({
  /** What an agent may send and a server may answer, bytes. */
  limits: z.object({ requestBytes: z.number().int(), resultBytes: z.number().int() }),
  backups: z.object({
    folder: z.string(),
    count: z.number().int(),
    newestAt: z.number().nullable(),
  }),
  /** Whether ScopeGate starts with the person's session; null: that cannot be set here. */
  startAtLogin: z.boolean().nullable(),
  runtime: z.object({
    node: z.string(),
    /** Null outside the desktop app. */
    electron: z.string().nullable(),
    platform: z.string(),
    arch: z.string(),
  }),
});
export type ProgramFacts = z.infer<typeof programFactsSchema>;

export const settingsMethods = {
  'settings.program': { params: z.strictObject({}), result: programFactsSchema },
  'settings.setStartAtLogin': { params: z.strictObject({ on: z.boolean() }), result: z.object({}) },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;
