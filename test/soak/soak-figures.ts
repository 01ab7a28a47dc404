// Does memory grow? Medians of one day of the market against those of another, from samples after all garbage was collected.
import { existsSync, readFileSync } from 'node:fs';
import type { HeapSample } from './heap-probe.ts';

export function readSamples(file: string): readonly HeapSample[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as HeapSample);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

export interface DayMemory {
  /** 1: the first day. */
  readonly day: number;
  readonly samples: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly rssBytes: number;
  readonly resources: number;
}

/** `startedAt`: of the machine, when the market began to run; a day of it lasts `dayMs` there. */
export function memoryByDay(
  samples: readonly HeapSample[],
  span: { readonly startedAt: number; readonly dayMs: number; readonly days: number },
): readonly DayMemory[] {
  return Array.from({ length: Math.ceil(span.days) }, (_, index): DayMemory => {
    const of = samples.filter(({ at }) => Math.floor((at - span.startedAt) / span.dayMs) === index);
    return {
      day: index + 1,
      samples: of.length,
      heapBytes: median(of.map(({ heapBytes }) => heapBytes)),
      externalBytes: median(of.map(({ externalBytes }) => externalBytes)),
      rssBytes: median(of.map(({ rssBytes }) => rssBytes)),
      resources: median(of.map(({ resources }) => Object.values(resources).reduce((sum, count) => sum + count, 0))),
    };
  });
}

/** Growth from `from` to `to`, a fraction. */
export const growth = (from: number, to: number): number => to / from - 1;
