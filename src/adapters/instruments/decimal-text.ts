// How do venues write numbers? As decimal texts; here they become finite numbers or an error.
import { z } from 'zod';

const DECIMAL = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

/** A decimal text (or a number) as a finite number. */
export const finiteText = z
  .union([z.string().regex(DECIMAL, 'not a decimal number'), z.number()])
  .transform(Number)
  .pipe(z.number());

/** The same, above 0. */
export const positiveText = finiteText.pipe(z.number().positive());
