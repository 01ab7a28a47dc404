// How is the record of who trades what written? As JSON with a checksum over all of it, so that no change goes unseen.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PerpilotError } from '../../domain/errors.ts';
import type { Registry } from '../../ports/model-store.ts';

const FORMAT = 'perpilot-registry';

const version = z.string().regex(/^[0-9a-f]{64}$/);
const optional = version.nullable().transform((value) => value ?? undefined);
const slot = z.strictObject({
  symbol: z.string(),
  champion: optional,
  challenger: optional,
  challengerSince: z
    .number()
    .nullable()
    .transform((value) => value ?? undefined),
  predecessors: z.array(version),
});
const change = z.strictObject({
  revision: z.int(),
  at: z.number(),
  kind: z.enum(['challenge', 'promote', 'refuse', 'rollback', 'withdraw', 'restore']),
  symbol: z.string(),
  from: optional,
  to: optional,
  by: z.string(),
  reasons: z.array(z.string()),
});
const body = z.strictObject({ revision: z.int().min(1), slots: z.array(slot), changes: z.array(change) });
const file = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  sha256: z.string(),
  record: z.unknown(),
});

/** SHA-256 of a text, 64 hexadecimal digits. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The record as text; equal records give equal bytes. */
export function registryToText({ revision, slots, changes }: Registry): string {
  const record = JSON.stringify({
    revision,
    slots: slots.map(({ symbol, champion, challenger, challengerSince, predecessors }) => ({
      symbol,
      champion: champion ?? null,
      challenger: challenger ?? null,
      challengerSince: challengerSince ?? null,
      predecessors,
    })),
    changes: changes.map((each) => ({
      revision: each.revision,
      at: each.at,
      kind: each.kind,
      symbol: each.symbol,
      from: each.from ?? null,
      to: each.to ?? null,
      by: each.by,
      reasons: each.reasons,
    })),
  });
  return `{"format":"${FORMAT}","version":1,"sha256":"${textHash(record)}","record":${record}}\n`;
}

/** @throws PerpilotError MODEL_CORRUPT naming the file */
export function registryFromText(text: string, path: string): Registry {
  const outer = file.safeParse(jsonOf(text));
  if (!outer.success) throw corrupt(path, 'is no record of models');
  if (outer.data.sha256 !== textHash(JSON.stringify(outer.data.record))) throw corrupt(path, 'was changed or damaged');
  const inner = body.safeParse(outer.data.record);
  if (!inner.success) throw corrupt(path, `holds something else at ${inner.error.issues[0]?.path.join('.') ?? ''}`);
  return inner.data;
}

/** MODEL_CORRUPT for a file of the store. */
export function corrupt(path: string, problem: string): PerpilotError {
  const hint = 'perpilot models verify shows what is damaged, perpilot models restore brings a backup back';
  return new PerpilotError('MODEL_CORRUPT', [{ message: `${path} ${problem}`, where: path, hint }]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
