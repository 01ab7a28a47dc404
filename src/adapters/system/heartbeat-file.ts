// Where does the bot's loop write that it lives? A small file beside its journal, replaced as a whole.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Heartbeat, HeartbeatStore } from '../../ports/heartbeat.ts';
import { LATCH_NAMES } from '../../ports/latch-store.ts';

/** The file `heartbeat.json` in the bot's folder. It need not survive a loss of power. */
export function createHeartbeatFile(folder: string): HeartbeatStore {
  const file = join(folder, 'heartbeat.json');
  return {
    read() {
      try {
        return beatOf(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        // Not there, or not to be read: nobody is known to live.
        return undefined;
      }
    },
    write(beat) {
      try {
        const unfinished = `${file}.${beat.pid}.part`;
        writeFileSync(unfinished, `${JSON.stringify(beat)}\n`);
        renameSync(unfinished, file);
      } catch {
        // A full disk makes the bot look dead to its watchdog, which then cares for stops: that is wanted.
      }
    },
  };
}

function beatOf(value: unknown): Heartbeat | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('sequence' in value && 'at' in value && 'pid' in value && 'running' in value)) return undefined;
  const latches = 'latches' in value && Array.isArray(value.latches) ? value.latches : [];
  const positions = 'positions' in value && Array.isArray(value.positions) ? value.positions : [];
  return {
    sequence: Number(value.sequence),
    at: Number(value.at),
    pid: Number(value.pid),
    running: value.running === true,
    latches: LATCH_NAMES.filter((name) => latches.includes(name)),
    positions: positions.flatMap(positionOf),
  };
}

function positionOf(value: unknown): Heartbeat['positions'] {
  if (typeof value !== 'object' || value === null || !('symbol' in value)) return [];
  const stopPrice = 'stopPrice' in value && typeof value.stopPrice === 'number' ? value.stopPrice : undefined;
  return [{ symbol: String(value.symbol), stopPrice }];
}
