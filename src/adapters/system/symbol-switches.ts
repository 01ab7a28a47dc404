// How are the switches of single symbols kept? As small files in a folder beside the bot's journal, which any process and any person can see.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Latch } from '../../ports/latch-store.ts';
import type { SymbolSwitches } from '../../ports/symbol-switches.ts';
import { latchOfText, writeWhole } from './latch-files.ts';

const FILE = /^([A-Z0-9]{2,40})\.(pause|resume)$/;

/** Files `symbols/SYMBOL.pause` and `symbols/SYMBOL.resume` in the folder of the bot. An empty file made by hand counts as one as well. */
export function createSymbolSwitches(folder: string): SymbolSwitches {
  const place = join(folder, 'symbols');
  const fileOf = (symbol: string, name: 'pause' | 'resume'): string => join(place, `${symbol}.${name}`);
  const found = (name: 'pause' | 'resume'): ReadonlyMap<string, Latch> => {
    const matches = namesIn(place).flatMap((file) => {
      const match = FILE.exec(file);
      return match?.[2] === name ? [match[1]] : [];
    });
    return new Map(matches.map((symbol) => [symbol, latchOfText(textOf(fileOf(symbol, name)))]));
  };
  const write = (symbol: string, name: 'pause' | 'resume', latch: Latch): void => {
    mkdirSync(place, { recursive: true });
    writeWhole(fileOf(symbol, name), `${JSON.stringify(latch)}\n`);
  };
  return {
    paused: () => found('pause'),
    resumed: () => found('resume'),
    pause(symbol, latch) {
      if (!found('pause').has(symbol)) write(symbol, 'pause', latch);
    },
    resume(symbol, latch) {
      write(symbol, 'resume', latch);
      rmSync(fileOf(symbol, 'pause'), { force: true });
    },
    answered: (symbol) => rmSync(fileOf(symbol, 'resume'), { force: true }),
  };
}

function namesIn(place: string): readonly string[] {
  try {
    return readdirSync(place);
  } catch {
    // No folder: nobody has ever thrown one.
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It is there, whatever it says.
    return '';
  }
}
