// O8: does a file that others add lines to stay small, and is nothing lost that is newer than the last turn?
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { turnWhenFull } from './turn-when-full.ts';

it('O8: keeps one full file beside the one that is written to, which its writer need not open anew', () => {
  const folder = mkdtempSync(join(tmpdir(), 'perpilot-turn-'));
  const file = join(folder, 'watchdog.log');
  try {
    turnWhenFull(file, 100);
    expect(readdirSync(folder)).toEqual([]);
    const handle = openSync(file, 'a', 0o600);
    for (let line = 0; line < 1_000; line += 1) {
      turnWhenFull(file, 100);
      writeSync(handle, `line ${line}\n`);
      expect(statSync(file).size).toBeLessThan(120);
    }
    closeSync(handle);
    expect(readdirSync(folder)).toEqual(['watchdog.log', 'watchdog.log.1']);
    expect(statSync(`${file}.1`).mode & 0o077).toBe(0);
    const kept = `${readFileSync(`${file}.1`, 'utf8')}${readFileSync(file, 'utf8')}`.trim().split('\n');
    expect(kept).toEqual(kept.map((_, index) => `line ${1_000 - kept.length + index}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
