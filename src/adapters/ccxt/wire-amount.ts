// How much, to the last digit? An amount as the venue wrote it, beside the number that it is.
import { z } from 'zod';
import { decimal } from './streams/wire-values.ts';

export const wireAmount = z.string().transform((text, context): { readonly text: string; readonly value: number } => {
  const parsed = decimal.safeParse(text);
  if (parsed.success) return { text, value: parsed.data };
  context.addIssue({ code: 'custom', message: 'not a decimal number' });
  return z.NEVER;
});
