// Which price, where the venue must say at least that it has none?
import { z } from 'zod';
import { decimal } from './streams/wire-values.ts';

/** A decimal text; empty and 0 are no price. A row without the field is no row of this kind. */
export const statedPrice = z
  .union([z.literal('').transform(() => 0), decimal])
  .transform((price) => (price === 0 ? undefined : price));
