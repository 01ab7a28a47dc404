// How are orders and executions named? Like the venue's random ids, but from the seed alone.
import type { Random } from '../../domain/random.ts';

/** Names of the form 8-4-4-4-12 hexadecimal digits, marked as random (version 4). */
export function createIds(random: Random): () => string {
  const digits = (count: number): string => {
    let text = '';
    for (let index = 0; index < count; index += 4) text += random.below(65_536).toString(16).padStart(4, '0');
    return text;
  };
  return () => {
    const variant = (8 + random.below(4)).toString(16);
    return `${digits(8)}-${digits(4)}-4${digits(4).slice(1)}-${variant}${digits(4).slice(1)}-${digits(12)}`;
  };
}
