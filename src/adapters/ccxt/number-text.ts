// How is a number written for a venue? As a plain decimal, the shortest that reads back as the same number.
import { decimalsOf } from '../../domain/instrument.ts';
import { refuse } from './names.ts';

/** @throws VenueError PARAMETER_REFUSED for what is no positive number */
export function positiveText(value: number, name: string): string {
  if (!Number.isFinite(value) || value <= 0) throw refuse('PARAMETER_REFUSED', `${name} must be above 0, not ${value}`);
  const text = String(value);
  if (!text.includes('e')) return text;
  return value.toFixed(text.includes('e-') ? Math.min(100, decimalsOf(value)) : 0);
}
