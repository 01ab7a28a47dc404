// How is a setting found in the schema by its dotted name, and which names are there?
import { z } from 'zod';
import { configSchema } from './schema.ts';

export type SectionSchema = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/** Sections have settings beneath them; everything else is a setting. */
export function isSection(schema: z.ZodType): schema is SectionSchema {
  return schema instanceof z.ZodObject;
}

/** A setting and its full name. */
export interface NamedSetting {
  /** Dotted: `primary.ema.fast`. */
  readonly name: string;
  readonly schema: z.ZodType;
}

/** Every setting beneath `section` in the order of the file, with dotted names that start with `prefix`. */
export function settingsOf(section: SectionSchema, prefix = ''): NamedSetting[] {
  return Object.entries(section.shape).flatMap(([key, schema]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    return isSection(schema) ? settingsOf(schema, name) : [{ name, schema }];
  });
}

/** The dotted names of all settings. */
export const SETTING_NAMES: readonly string[] = settingsOf(configSchema).map((setting) => setting.name);

/** The schema of a setting or section by its path; undefined: there is none. */
export function schemaAt(path: readonly string[]): z.ZodType | undefined {
  let schema: z.ZodType = configSchema;
  for (const key of path) {
    if (!isSection(schema) || !Object.hasOwn(schema.shape, key)) return undefined;
    schema = schema.shape[key];
  }
  return schema;
}
