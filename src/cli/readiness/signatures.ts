// Who has put a name to what no machine can know, and when? A file beside the journal, one signature per item.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../adapters/system/atomic-write.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { nearestNames } from '../../domain/nearest-name.ts';
import { DAY_MS } from '../../domain/time.ts';
import { READINESS_ITEMS } from './items.ts';

const FILE = 'readiness-signatures.json';
/** What was so in spring need not be so in autumn. */
const HOLDS_DAYS = 90;

const signatureSchema = z.object({
  item: z.string(),
  by: z.string().min(1),
  /** ISO date. */
  on: z.iso.date(),
  note: z.string(),
});

export type Signature = Readonly<z.output<typeof signatureSchema>>;

/** @throws PerpilotError DATA_CORRUPT for a file that is damaged */
export function readSignatures(folder: string): readonly Signature[] {
  const file = join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  try {
    return z.array(signatureSchema).parse(JSON.parse(text));
  } catch {
    const hint = 'remove the file and sign anew';
    throw new PerpilotError('DATA_CORRUPT', [{ message: 'the signatures cannot be read', where: file, hint }]);
  }
}

/** The signature that holds at `now`; an old one, or one of the future, does not. */
export function signatureFor(item: string, signatures: readonly Signature[], now: number): Signature | undefined {
  const found = signatures.find((signature) => signature.item === item);
  if (found === undefined) return undefined;
  const age = now - Date.parse(found.on);
  return age <= HOLDS_DAYS * DAY_MS && age > -DAY_MS ? found : undefined;
}

/** @throws PerpilotError ARGUMENT_INVALID for an item that there is not */
export async function sign(folder: string, signature: Signature): Promise<void> {
  const known = READINESS_ITEMS.map(({ id }) => id);
  if (!known.includes(signature.item)) {
    const [near] = nearestNames(signature.item, known, 1);
    const hint = near === undefined ? 'perpilot readiness items lists them' : `did you mean ${near}?`;
    throw new PerpilotError('ARGUMENT_INVALID', [{ message: `there is no item ${signature.item}`, hint }]);
  }
  const others = readSignatures(folder).filter(({ item }) => item !== signature.item);
  const text = `${JSON.stringify([...others, signature], undefined, 2)}\n`;
  await writeFileAtomically(join(folder, FILE), text);
}
