// How is a JSON file of contract rules read? Absent is undefined; unreadable or of another shape is an error that names the place.
import { readFile, readdir } from 'node:fs/promises';
import type { z } from 'zod';
import { PerpilotError } from '../../domain/errors.ts';

/** The parsed value of `file`; undefined when there is no such file. @throws PerpilotError DATA_CORRUPT */
export async function readJson<Value>(file: string, shape: z.ZodType<Value>): Promise<Value | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw corrupt(file, [error instanceof Error ? error.message : String(error)]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(file, ['it is not JSON']);
  }
  return checked(file, value, shape);
}

/** `value` of `file` in the wanted shape. @throws PerpilotError DATA_CORRUPT with every difference */
export function checked<Value>(file: string, value: unknown, shape: z.ZodType<Value>): Value {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw corrupt(
    file,
    result.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`),
  );
}

/** Names in `folder` that match `pattern`, sorted; none when there is no such folder. */
export async function filesLike(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => pattern.test(name)).sort();
}

function corrupt(file: string, messages: readonly string[]): PerpilotError {
  return new PerpilotError(
    'DATA_CORRUPT',
    messages.map((message) => ({ message: `${file}: ${message}`, where: file })),
  );
}
