// When, where the venue may not say? Empty, 0 and missing are no time.
import { z } from 'zod';
import { instant } from './streams/wire-values.ts';

/** UTC epoch milliseconds as number or text; empty, null, missing and 0 are unknown. */
export const wireTime = z
  .union([z.enum(['', '0']).transform(() => undefined), z.literal(0).transform(() => undefined), instant])
  .nullish()
  .transform((time) => time ?? undefined);
