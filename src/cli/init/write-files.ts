// Which files does a new bot begin with? Settings, and keys that only their owner can read; what is there is never overwritten in silence.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { tryLoadConfig } from '../../config/load-config.ts';
import { PerpilotError, type Problem } from '../../domain/errors.ts';
import type { InitWishes } from './init-names.ts';

export const CONFIG_NAME = 'perpilot.yaml';
export const ENV_NAME = '.env';
/** What was there before, where it was to be replaced. */
const KEPT = '.before-init';

export interface InitFiles {
  readonly folder: string;
  readonly wishes: InitWishes;
  /** Values of the variables, in their order; empty where somebody has to fill them in. */
  readonly variables: ReadonlyMap<string, string>;
  /** Replace what is there, which is kept beside it. */
  readonly force: boolean;
}

/** @throws PerpilotError OUTPUT_UNWRITABLE where files are there; CONFIG_INVALID where the settings would be refused */
export function writeInitFiles({ folder, wishes, variables, force }: InitFiles): void {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, CONFIG_NAME);
  const env = join(folder, ENV_NAME);
  const present = [config, env].filter((file) => existsSync(file));
  if (present.length > 0 && !force) {
    const hint = `--force puts new ones there, and keeps the old ones as *${KEPT}`;
    throw new PerpilotError(
      'OUTPUT_UNWRITABLE',
      present.map((where): Problem => ({ message: 'it is there already', where, hint })),
    );
  }
  const unfinished = `${config}.part`;
  writeFileSync(unfinished, settingsText(wishes));
  const outcome = tryLoadConfig({ file: unfinished, riskLevel: wishes.profile });
  if (outcome.kind === 'refused') {
    rmSync(unfinished);
    throw new PerpilotError(outcome.code, outcome.problems);
  }
  for (const file of present) renameSync(file, `${file}${KEPT}`);
  // A new file, so that the rights are these whatever stood there before.
  writeFileSync(env, envText(variables), { mode: 0o600, flag: 'wx' });
  renameSync(unfinished, config);
}

function settingsText({ exchange, symbols, channels, telegramChat, emailTo, emailHost }: InitWishes): string {
  const alerts = {
    channels: [...channels],
    ...(telegramChat === undefined ? {} : { telegram_chat: telegramChat }),
    ...(emailTo === undefined ? {} : { email_to: emailTo }),
    ...(emailHost === undefined ? {} : { email_host: emailHost }),
  };
  const settings = {
    discovery: { universe_mode: 'fixed', symbols: [...symbols] },
    live: { exchange },
    ...(channels.length === 0 ? {} : { alerts }),
  };
  return `# Laid over the shipped settings: docs/reference/config.md has all of them.\n${stringify(settings)}`;
}

function envText(variables: ReadonlyMap<string, string>): string {
  const lines = [...variables].map(([name, value]) => `${name}=${quoted(value)}`);
  return ['# Keys and secrets: nobody else may read this file (mode 600).', ...lines, ''].join('\n');
}

/** As `util.parseEnv` reads it. */
function quoted(value: string): string {
  if (/^[\w./:@+-]*$/.test(value)) return value;
  const mark = ["'", '"', '`'].find((each) => !value.includes(each));
  if (mark !== undefined && !value.includes('\n')) return `${mark}${value}${mark}`;
  throw new PerpilotError('ARGUMENT_INVALID', 'a secret has all three kinds of quotes, or a new line, in it');
}
