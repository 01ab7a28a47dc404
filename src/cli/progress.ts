// How far is a long command? A bar with the time left on a terminal, a few plain lines elsewhere.
import type { TerminalStream } from './terminal.ts';

const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001B[2K';

export interface ProgressOptions {
  readonly stream: TerminalStream;
  readonly label: string;
  /** Steps until the end; 0 is allowed. */
  readonly total: number;
  /** Milliseconds of a clock that only rises; handed in by tests. */
  readonly now?: () => number;
}

export interface Progress {
  /** `steps` more are done (default 1); `note` says what was last. */
  advance(steps?: number, note?: string): void;
  /** The end: removes the bar, or writes the last line. Further calls do nothing. */
  done(): void;
}

/** A reporter that has begun at nothing done. */
export function createProgress(options: ProgressOptions): Progress {
  return options.stream.isTTY === true ? terminalProgress(options) : plainProgress(options);
}

function terminalProgress({ stream, label, total, now = () => performance.now() }: ProgressOptions): Progress {
  const startedAt = now();
  let drawnAt = -Infinity;
  let count = 0;
  let note = '';
  let isOver = false;
  const draw = (): void => {
    const time = now();
    if (time - drawnAt < REDRAW_MS) return;
    drawnAt = time;
    const left = timeLeft(time - startedAt, count, total);
    stream.write(`${CLEAR_LINE}${barLine({ label, count, total, left, note }, (stream.columns ?? 80) - 1)}`);
  };
  draw();
  return {
    advance(steps = 1, latest = note) {
      if (isOver) return;
      count = Math.min(total, count + steps);
      note = latest;
      draw();
    },
    done() {
      if (isOver) return;
      isOver = true;
      stream.write(CLEAR_LINE);
    },
  };
}

function plainProgress({ stream, label, total, now = () => performance.now() }: ProgressOptions): Progress {
  const startedAt = now();
  let count = 0;
  let tenth = 0;
  let isOver = false;
  stream.write(`${label}: 0 of ${total}\n`);
  return {
    advance(steps = 1, note = '') {
      if (isOver) return;
      count = Math.min(total, count + steps);
      const reached = Math.floor((10 * count) / Math.max(1, total));
      if (reached <= tenth || count === total) return;
      tenth = reached;
      const left = timeLeft(now() - startedAt, count, total);
      stream.write(`${label}: ${count} of ${total}, ${percent(count, total)} %, ${left} left${suffix(note)}\n`);
    },
    done() {
      if (isOver) return;
      isOver = true;
      stream.write(`${label}: ${count} of ${total} in ${durationText(now() - startedAt)}\n`);
    },
  };
}

interface BarState {
  readonly label: string;
  readonly count: number;
  readonly total: number;
  readonly left: string;
  readonly note: string;
}

/** One line of at most `width` characters; the bar shrinks first, then the note, then the label. */
function barLine({ label, count, total, left, note }: BarState, width: number): string {
  const share = `${percent(count, total).padStart(3)} %`;
  const facts = `${share} ${count}/${total} ${left} left`;
  const room = width - label.length - facts.length - 4;
  if (room < 5) {
    const short = `${label} ${facts}`;
    return short.length <= width ? short : share.slice(0, Math.max(0, width));
  }
  const bars = Math.min(30, room);
  const filled = total === 0 ? bars : Math.floor((bars * count) / total);
  const bar = `${label} [${'#'.repeat(filled)}${'-'.repeat(bars - filled)}] ${facts}`;
  return `${bar}${suffix(note)}`.slice(0, width);
}

const suffix = (note: string): string => (note === '' ? '' : ` ${note.replaceAll(/\s+/g, ' ')}`);

const percent = (count: number, total: number): string => String(total === 0 ? 100 : Math.floor((100 * count) / total));

/** At the speed so far; `?` before the first step. */
function timeLeft(elapsedMs: number, count: number, total: number): string {
  return count === 0 ? '?' : durationText((elapsedMs / count) * (total - count));
}

/** Milliseconds as people say them: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
