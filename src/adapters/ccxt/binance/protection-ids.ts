// What are stop and target of an entry called, where they are orders of their own? Names that lead back to the entry.
import { createHash } from 'node:crypto';

const LONGEST = 36;
const NAMED = /^(?:sl|tp)_(.+)$/;

export type ProtectionKind = 'sl' | 'tp';

/** The client order id of the stop (`sl`) or target (`tp`) of an entry; a digest where the entry's own is too long. */
export function protectionId(kind: ProtectionKind, entryId: string): string {
  const plain = `${kind}_${entryId}`;
  if (plain.length <= LONGEST) return plain;
  return `${kind}-${createHash('sha256').update(entryId).digest('hex').slice(0, 32)}`;
}

/** The entry that an order of this name protects; undefined: the name does not say. */
export const protectedEntry = (clientOrderId: string): string | undefined => NAMED.exec(clientOrderId)?.[1];
