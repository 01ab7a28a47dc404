// Which lines does a log have, and which ones come? Files in their order, compressed ones too, then what is appended.
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { logFiles } from '../adapters/logging/rotating-file.ts';

export function* storedLines(folder: string): Generator<string> {
  for (const name of existsSync(folder) ? logFiles(folder) : []) {
    const content = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(content) : content).toString();
    for (const line of text.split('\n')) if (line !== '') yield line;
  }
}

/** Reads what came since it was asked last, across files that turn: a file that was renamed is read to its end first. */
export class LogTail {
  private readonly folder: string;
  private file: { readonly inode: number; readonly handle: number; read: number } | undefined;
  private isFirst = true;
  private rest = '';

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The first call begins at the end of what is there. */
  newLines(): readonly string[] {
    const path = this.newest();
    const inode = path === undefined ? undefined : statSync(path).ino;
    let text = '';
    if (path !== undefined && inode !== undefined && inode !== this.file?.inode) {
      text += this.more();
      this.close();
      const handle = openSync(path, 'r');
      this.file = { inode, handle, read: this.isFirst ? fstatSync(handle).size : 0 };
    }
    this.isFirst = false;
    text += this.more();
    const lines = `${this.rest}${text}`.split('\n');
    this.rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file.handle);
    this.file = undefined;
  }

  private more(): string {
    const { file } = this;
    if (file === undefined) return '';
    const buffer = Buffer.alloc(Math.max(0, fstatSync(file.handle).size - file.read));
    file.read += readSync(file.handle, buffer, 0, buffer.length, file.read);
    return buffer.toString();
  }

  private newest(): string | undefined {
    const name = existsSync(this.folder)
      ? logFiles(this.folder).findLast((each) => /^bot_[\d-]+\.log$/.test(each))
      : undefined;
    return name === undefined ? undefined : join(this.folder, name);
  }
}
