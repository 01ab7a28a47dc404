// Where does the status of a bot lie, and what does it say now?
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PerpilotError } from '../domain/errors.ts';
import type { HealthRules } from '../live/status/judge-health.ts';
import { viewStatus, type StatusView } from '../live/status/read-status.ts';

export const LOG_FOLDER = 'logs';

export const statusFileOf = (folder: string): string => join(folder, LOG_FOLDER, 'bot_status.json');

export function readStatus(folder: string, rules: HealthRules, now: number): StatusView {
  return viewStatus(textOf(statusFileOf(folder)), rules, now);
}

/** @throws PerpilotError DATA_MISSING for a folder that no bot has worked in */
export function assertBotFolder(folder: string): void {
  if (existsSync(join(folder, 'journal.sqlite')) || existsSync(join(folder, LOG_FOLDER))) return;
  const hint = 'name the folder that the bot was started with: where its journal lies';
  throw new PerpilotError('DATA_MISSING', [{ message: `no bot has worked in ${folder}`, where: folder, hint }]);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : '';
  }
}
