// Where do the lines of the log go? Into one file a day, a new one when it is full; closed files are compressed, old ones go.
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { isoDate } from '../../domain/iso-time.ts';
import { DAY_MS } from '../../domain/time.ts';

export interface RotatingFileSetup {
  readonly folder: string;
  readonly maxBytes: number;
  readonly keepDays: number;
  /** Of all files together. */
  readonly keepBytes: number;
  readonly now: () => number;
}

/** `bot_2026-03-01.log`; closed ones `bot_2026-03-01.0001.log` and then with .gz. */
const LOG_NAME = /^bot_(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.log(\.gz)?$/;

/** Names of the files of a log, oldest line first; the one that is written to is the last of its day. */
export function logFiles(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => LOG_NAME.test(name));
  // A name with and without .gz: the compression was cut short, and the whole file is the other one.
  const whole = names.filter((name) => !name.endsWith('.gz') || !names.includes(name.slice(0, -3)));
  return whole.toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)));
}

function orderOf(name: string): string {
  const [, day, part] = LOG_NAME.exec(name) ?? [];
  return `${day} ${(part ?? '99999999').padStart(8, '0')}`;
}

export class RotatingFile {
  private readonly setup: RotatingFileSetup;
  private handle: number | undefined;
  private day = '';
  private bytes = 0;
  private lost = 0;
  private compressing: Promise<void> = Promise.resolve();

  constructor(setup: RotatingFileSetup) {
    this.setup = setup;
  }

  /** Lines that the disk refused since the last one that it took. */
  get lostLines(): number {
    return this.lost;
  }

  /** Never throws: a disk that is full is no reason to leave positions alone. */
  write(line: string): void {
    try {
      this.turn(Buffer.byteLength(line));
      if (this.handle === undefined) return;
      if (this.lost > 0) {
        const remark = `${JSON.stringify({ level: 'warn', time: this.setup.now(), msg: `${this.lost} lines were lost: the disk refused them` })}\n`;
        this.put(remark);
        this.lost = 0;
      }
      this.put(line);
    } catch {
      this.lost += 1;
      this.close();
    }
  }

  async end(): Promise<void> {
    this.close();
    await this.compressing;
  }

  private put(line: string): void {
    if (this.handle === undefined) return;
    this.bytes += writeSync(this.handle, line);
  }

  private close(): void {
    if (this.handle === undefined) return;
    const { handle } = this;
    this.handle = undefined;
    closeSync(handle);
  }

  /** Opens the file that the next line of `length` bytes goes to. */
  private turn(length: number): void {
    const { folder, maxBytes, now } = this.setup;
    const day = isoDate(now());
    if (this.handle !== undefined && day === this.day && this.bytes + length <= maxBytes) return;
    const isFull = this.handle !== undefined && day === this.day;
    this.close();
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `bot_${day}.log`);
    this.day = day;
    if (isFull || sizeOf(path) + length > maxBytes) this.shelve(`bot_${day}.log`);
    this.handle = openSync(path, 'a', 0o600);
    this.bytes = fstatSync(this.handle).size;
    this.tidy();
  }

  /** Gives a full file of today its number, so that a new one can be begun. */
  private shelve(name: string): void {
    const { folder } = this.setup;
    if (sizeOf(join(folder, name)) === 0) return;
    const taken = readdirSync(folder).flatMap((each) => {
      const [, day, part] = LOG_NAME.exec(each) ?? [];
      return part !== undefined && name === `bot_${day}.log` ? [Number(part)] : [];
    });
    const next = String(Math.max(0, ...taken) + 1).padStart(4, '0');
    renameSync(join(folder, name), join(folder, name.replace(/\.log$/, `.${next}.log`)));
  }

  /** Compresses what is closed and removes what is too old or too much, one round after the other. */
  private tidy(): void {
    this.compressing = this.compressing.then(() => this.compressAndPrune()).catch(() => undefined);
  }

  private async compressAndPrune(): Promise<void> {
    const { folder, keepDays, keepBytes, now } = this.setup;
    const open = `bot_${this.day}.log`;
    for (const name of logFiles(folder)) {
      if (!name.endsWith('.gz') && name !== open) await compress(join(folder, name));
    }
    const oldest = isoDate(now() - keepDays * DAY_MS);
    let total = 0;
    for (const name of logFiles(folder).toReversed()) {
      total += sizeOf(join(folder, name));
      const isOld = (LOG_NAME.exec(name)?.[1] ?? '') < oldest;
      if (name !== open && (isOld || total > keepBytes)) rmSync(join(folder, name), { force: true });
    }
  }
}

async function compress(path: string): Promise<void> {
  const unfinished = `${path}.gz.tmp`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(unfinished, { mode: 0o600 }));
  await rename(unfinished, `${path}.gz`);
  rmSync(path, { force: true });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
