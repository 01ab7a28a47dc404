// How do venues write values? Decimal texts where empty means unknown, times as numbers or texts; all checked here.
import { z } from 'zod';
import { isPlausibleTime } from '../../../domain/iso-time.ts';

const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** A decimal text as a finite number. */
export const decimal = z.string().regex(DECIMAL, 'not a decimal number').transform(Number).pipe(z.number());

/** The same; empty, null and missing are unknown. */
export const optionalDecimal = z
  .union([z.literal('').transform(() => undefined), decimal])
  .nullish()
  .transform((value) => value ?? undefined);

/** The same, where 0 says that there is none: prices that were never set. */
export const optionalPrice = optionalDecimal.transform((value) => (value === 0 ? undefined : value));

/** UTC epoch milliseconds, written as a number or as a text; seconds or microseconds fail. */
export const instant = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,16}$/, 'not a time')
      .transform(Number),
  ])
  .pipe(z.number().refine(isPlausibleTime, 'no time of this century in milliseconds'));

/** A contract's name. */
export const wireSymbol = z.string().min(1).max(40);

/** An id: a text, or a number that JSON could hold. */
export const wireId = z.union([z.string().min(1), z.number().transform(String)]);

/** What is wrong with a message, in one sentence without its values. */
export function faultOf(error: z.ZodError): string {
  const issue = error.issues[0];
  const place = issue === undefined ? '' : issue.path.map(String).join('.');
  return `${place === '' ? 'it' : place} is not as expected: ${issue?.message ?? 'unknown'}`.slice(0, 300);
}
