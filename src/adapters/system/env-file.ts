// Which variables stand in the file `.env`, and may others read it?
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvFile {
  readonly path: string;
  /** Only variables of perpilot: whatever else stands there is not for it. */
  readonly values: Readonly<Record<string, string>>;
  /** Rights of the file, such as 0o600. */
  readonly mode: number;
}

/** Names another file than `.env` in the working folder. */
const FILE_VARIABLE = 'PERPILOT_ENV_FILE';
const OURS = /^PERPILOT_/;
const OTHERS = 0o077;

export const envFilePath = (env: Environment, folder: string): string => env[FILE_VARIABLE] ?? join(folder, '.env');

/** Undefined: there is none, or it cannot be read. */
export function readEnvFile(path: string): EnvFile | undefined {
  try {
    const { mode } = statSync(path);
    const entries = Object.entries(parseEnv(readFileSync(path, 'utf8')));
    const values = entries.flatMap(([name, value]) => (value !== undefined && OURS.test(name) ? [[name, value]] : []));
    return { path, values: Object.fromEntries(values), mode: mode & 0o777 };
  } catch {
    return undefined;
  }
}

/** Keys that somebody else on this machine may read are no longer ours alone. One sentence with the mend; undefined: all is well. */
export function envFileFault({ path, mode }: EnvFile): string | undefined {
  if ((mode & OTHERS) === 0) return undefined;
  return `${path} can be read by others (mode ${mode.toString(8)}): chmod 600 ${path}, and make new keys if others use this machine`;
}

/** The environment over the file: what is set there wins. */
export function withEnvFile(env: Environment, folder: string): { readonly env: Environment; readonly fault?: string } {
  const file = readEnvFile(envFilePath(env, folder));
  if (file === undefined) return { env };
  const fault = envFileFault(file);
  return { env: { ...file.values, ...env }, ...(fault === undefined ? {} : { fault }) };
}
