// Is the machine fit for a bot? Runtime, clock, disk, and who may read what lies on it.
import { execFile } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, freemem, platform, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { envFileFault, envFilePath, readEnvFile } from '../../adapters/system/env-file.ts';
import { machineFacts } from '../../adapters/system/machine-facts.ts';
import type { Config } from '../../config/schema.ts';
import type { Environment } from '../terminal.ts';
import { checksOf, type Check } from './check.ts';

const { ok, warning, failed, unknown } = checksOf('machine');

const RUNTIME = 24;
const MEGABYTE = 1_048_576;
/** With less the journal may be refused within minutes. */
const LEAST_DISK_MB = 100;
const LEAST_MEMORY_MB = 256;
const ASK_MS = 3_000;
const OTHERS = 0o077;

export interface MachineQuestion {
  readonly folder: string;
  readonly operations: Config['operations'];
  readonly env: Environment;
  /** Where `.env` lies. */
  readonly workingFolder: string;
}

export interface MachineAnswer {
  readonly checks: readonly Check[];
  /** Undefined: it cannot be asked. */
  readonly diskFreeMb: number | undefined;
}

export async function machineChecks(question: MachineQuestion): Promise<MachineAnswer> {
  const place = existing(question.folder);
  const { diskFreeBytes } = await machineFacts(place);
  return {
    checks: [
      runtimeCheck(process.versions.node),
      ok('system', `${platform()} ${release()} on ${arch()}`),
      memoryCheck(),
      await timeSyncCheck(),
      spaceCheck(diskFreeBytes, question.operations.diskFreeMb),
      writeCheck(place),
      ...rightsChecks(question),
    ],
    diskFreeMb: diskFreeBytes === null ? undefined : diskFreeBytes / MEGABYTE,
  };
}

export function runtimeCheck(version: string): Check {
  if (Number.parseInt(version, 10) >= RUNTIME) return ok('runtime', `Node.js ${version}`);
  return failed('runtime', `Node.js ${version} is too old: ${RUNTIME} is needed`, 'start perpilot by npx after npm ci');
}

function memoryCheck(): Check {
  const free = Math.round(freemem() / MEGABYTE);
  const says = `${free} MB of ${Math.round(totalmem() / MEGABYTE)} MB of memory are free`;
  return free >= LEAST_MEMORY_MB ? ok('memory', says) : warning('memory', says, 'end other programs, or add memory');
}

/** systemd knows whether the clock is kept right; elsewhere the venue's clock tells. */
async function timeSyncCheck(): Promise<Check> {
  const id = 'time-sync';
  try {
    const asked = await promisify(execFile)('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
      timeout: ASK_MS,
    });
    if (asked.stdout.trim() === 'yes') return ok(id, 'the clock is synchronised');
    return warning(id, 'the clock is not synchronised', 'sudo timedatectl set-ntp true, or install chrony');
  } catch {
    return unknown(id, 'whether the clock is kept right cannot be asked here; compare the check clock');
  }
}

export function spaceCheck(freeBytes: number | null, wantedMb: number): Check {
  if (freeBytes === null) return unknown('disk', 'the free space of the disk cannot be asked');
  const free = Math.floor(freeBytes / MEGABYTE);
  const says = `${free} MB of disk are free`;
  const mend = 'remove old backups and logs, or make the disk larger';
  if (free < LEAST_DISK_MB) return failed('disk', says, mend);
  return free < wantedMb ? warning('disk', `${says}, ${wantedMb} are wanted`, mend) : ok('disk', says);
}

/** Rights say little (the disk may be read-only), so it is tried. */
function writeCheck(place: string): Check {
  const probe = join(place, `.doctor-${process.pid}`);
  try {
    writeFileSync(probe, 'x', { flag: 'wx' });
    rmSync(probe);
    return ok('folder', `${place} can be written`);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return failed('folder', `${place} cannot be written: ${why}`, 'make room, mount it writable, or mend its owner');
  }
}

function rightsChecks({ folder, env, workingFolder }: MachineQuestion): readonly Check[] {
  const file = readEnvFile(envFilePath(env, workingFolder));
  const fault = file === undefined ? undefined : envFileFault(file);
  const keys =
    file === undefined
      ? ok('env-file', 'there is no .env; keys come from the environment alone')
      : fault === undefined
        ? ok('env-file', `${file.path} can be read by its owner alone`)
        : failed('env-file', fault.replace(/: chmod.*/, ''), `chmod 600 ${file.path}`);
  return [keys, ...openChecks(folder)];
}

/** Files that others should not read; the token lets whoever reads it throw the kill switch. */
function openChecks(folder: string): readonly Check[] {
  const token = modeOf(join(folder, 'control-token'));
  const journal = modeOf(folder);
  const found: Check[] = [];
  if (token !== undefined && (token & OTHERS) !== 0) {
    const path = join(folder, 'control-token');
    found.push(failed('rights', `${path} can be read by others, who could stop the bot`, `chmod 600 ${path}`));
  }
  if (journal !== undefined && (journal & OTHERS) !== 0) {
    const mend = `chmod 700 ${folder}`;
    found.push(warning('rights', `${folder} can be entered by others (mode ${journal.toString(8)})`, mend));
  }
  return found.length > 0 ? found : [ok('rights', 'nobody else can read what the bot keeps')];
}

function modeOf(path: string): number | undefined {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? undefined : facts.mode & 0o777;
}

/** The folder, or the nearest one above that there is. */
function existing(folder: string): string {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  const above = dirname(folder);
  return above === folder ? folder : existing(above);
}
