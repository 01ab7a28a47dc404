// How do new defaults come into force? Edited, read as a whole configuration at every risk level, and written all or none.
import { existsSync, mkdtempSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assertWritableFolder, writeFileAtomically } from '../adapters/system/atomic-write.ts';
import { outputError } from '../adapters/system/output-error.ts';
import type { InterruptGuard } from '../adapters/system/interrupt-guard.ts';
import { editConfig } from '../config/edit-config.ts';
import {
  DEFAULT_CONFIG_FILE,
  loadConfig,
  PROFILES_FOLDER,
  riskLevelsIn,
  tryLoadConfig,
} from '../config/load-config.ts';
import { readLayer } from '../config/read-layer.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import type { Change } from '../research/calibrate-changes.ts';
import { flatSettings, isSameValue, type ShippedLevel } from '../research/calibrate-run.ts';

/** Where the shipped configuration lies. */
export interface ConfigPlaces {
  readonly file: string;
  readonly profilesDir: string;
}

export const SHIPPED_PLACES: ConfigPlaces = { file: DEFAULT_CONFIG_FILE, profilesDir: PROFILES_FOLDER };

/** A file as it shall be. */
export interface NewText {
  readonly path: string;
  readonly text: string;
}

/** Every risk level as it is in force. @throws PerpilotError CONFIG_INVALID or CONFIG_MISSING */
export function shippedLevels({ file, profilesDir }: ConfigPlaces): ShippedLevel[] {
  return riskLevelsIn(profilesDir).map((riskLevel) => {
    const text = readFileSync(join(profilesDir, `${riskLevel}.yaml`), 'utf8');
    const profile = readLayer({ text, locate: (line) => `${riskLevel}.yaml:${line}` });
    const { resolved } = loadConfig({ file, profilesDir, riskLevel });
    return { riskLevel, settings: flatSettings(resolved), profileKeys: profile.settings.map(({ name }) => name) };
  });
}

export interface EditedConfig {
  /** Files that change. */
  readonly files: readonly NewText[];
  /** The risk levels as the edited files make them. */
  readonly levels: readonly ShippedLevel[];
}

/**
 * The files with the changes, read as a whole at every risk level before anything is written.
 * @throws PerpilotError CONFIG_INVALID with every problem that the new settings make
 */
export function editedConfig(changes: readonly Change[], places: ConfigPlaces): EditedConfig {
  const levels = riskLevelsIn(places.profilesDir);
  const edited = [undefined, ...levels].map((profile) => {
    const path = profile === undefined ? places.file : join(places.profilesDir, `${profile}.yaml`);
    const before = readFileSync(path, 'utf8');
    const edits = changes.filter((change) => change.profile === profile).map(({ key, to }) => ({ key, value: to }));
    return { profile, path, before, text: editConfig(before, edits) };
  });
  const staged = mkdtempSync(join(tmpdir(), 'perpilot-calibrate-'));
  try {
    const copy = { file: join(staged, 'config.yaml'), profilesDir: join(staged, 'profiles') };
    mkdirSync(copy.profilesDir);
    for (const { profile, text } of edited) {
      writeFileSync(profile === undefined ? copy.file : join(copy.profilesDir, `${profile}.yaml`), text);
    }
    refuseInvalid(copy, levels);
    const after = shippedLevels(copy);
    refuseMissed(changes, after);
    return { files: edited.filter(({ before, text }) => before !== text), levels: after };
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

function refuseInvalid(copy: ConfigPlaces, levels: readonly string[]): void {
  const problems = new Map<string, Problem>();
  for (const riskLevel of [undefined, ...levels]) {
    const outcome = tryLoadConfig({ ...copy, riskLevel });
    if (outcome.kind === 'loaded') continue;
    for (const { message } of outcome.problems) problems.set(message, { message, where: 'the proposed settings' });
  }
  if (problems.size > 0) throw new PerpilotError('CONFIG_INVALID', [...problems.values()]);
}

/** A change to config.yaml that a profile hides would change nothing. */
function refuseMissed(changes: readonly Change[], after: readonly ShippedLevel[]): void {
  const missed = changes.filter(
    ({ profile, key, to }) =>
      !after.some(({ riskLevel, settings }) => (profile ?? riskLevel) === riskLevel && isSameValue(settings[key], to)),
  );
  if (missed.length === 0) return;
  throw new PerpilotError('INVARIANT_BROKEN', `${missed.map(({ key }) => key).join(', ')} would not come into force`);
}

/**
 * All files or none: when one cannot be written, or the command is interrupted, those written before get their old text back.
 * @throws PerpilotError OUTPUT_UNWRITABLE
 */
export async function writeAllOrNone(files: readonly NewText[], guard: InterruptGuard): Promise<void> {
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await assertWritableFolder(folder);
  const old = new Map(files.map(({ path }) => [path, textOf(path)]));
  const written: string[] = [];
  const undo = (): void => {
    for (const path of written) {
      const text = old.get(path);
      if (!existsSync(path)) continue;
      if (text === undefined) rmSync(path);
      else if (readFileSync(path, 'utf8') !== text) putBack(path, text);
    }
  };
  const forget = guard.onInterrupt(undo);
  try {
    for (const { path, text } of files) {
      guard.signal.throwIfAborted();
      written.push(path);
      await writeFileAtomically(path, text, guard);
    }
  } catch (error) {
    undo();
    throw error;
  } finally {
    forget();
  }
}

/** Undefined: there is no such file yet. @throws PerpilotError OUTPUT_UNWRITABLE when a folder is in the way */
function textOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw outputError(path, error);
  }
}

/** Synchronous, because an interrupt waits for nothing; whole or not at all, as when it was written. */
function putBack(path: string, text: string): void {
  const temporary = `${path}.back.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
