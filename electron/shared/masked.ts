import { z } from 'zod';

/** Stands in place of a value that is not shown; whether it does is told by `masked`, never by this text. */
export const maskedText = '••••••••';

/** A value of the arguments that is not shown until a person asks for it. */
export const maskedValueSchema = z.object({
  /** Names and indexes from the arguments down to it. */
  path: z.array(z.union([z.string(), z.number().int()])),
  /** Length of its text, in UTF-16 units; of its JSON where it is no text. */
  length: z.number().int(),
});
export type MaskedValue = z.infer<typeof maskedValueSchema>;
