// Where do the marks of an axis stand? On round numbers and on whole hours, days, months or years.

// Page scripts use these functions too, as text: they must not refer to anything outside but each other.

export interface TimeTick {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
  /** The first of its year, month or day: worth more ink than the others. */
  readonly isMajor: boolean;
}

/** Round values in [low, high], about `wanted` of them, on a step of 1, 2 or 5 times a power of ten, in rising order. */
export function niceTicks(low: number, high: number, wanted: number): number[] {
  const span = high - low;
  if (!Number.isFinite(span)) return [];
  if (!(span > 0)) return [low];
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first;
  // A span that vanishes beside its place has no round values of its own.
  if (!(power > 0) || Math.abs(first) > 1e12 || count > 1000) return [low, high];
  const ticks: number[] = [];
  for (let index = 0; index <= count; index += 1) ticks.push(Number(((first + index) * step).toPrecision(12)) + 0);
  return ticks;
}

/** Round values in [low, high], about `wanted` of them but at least three where the span has as many. */
export function axisTicks(low: number, high: number, wanted: number): number[] {
  let ticks = niceTicks(low, high, wanted);
  for (let more = wanted + 1; ticks.length < 3 && more < wanted + 6; more += 1) ticks = niceTicks(low, high, more);
  return ticks;
}

/** Decimals that tell neighbouring `ticks` apart. */
export function tickDigits(ticks: readonly number[]): number {
  if (ticks.length < 2) return 2;
  const step = Math.abs(ticks[1] - ticks[0]);
  return Math.min(10, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

/** Marks on whole UTC hours, days, months or years of [from, to] (epoch milliseconds), at most about `wanted`. */
export function timeTicks(from: number, to: number, wanted: number): TimeTick[] {
  const hour = 3_600_000;
  const span = to - from;
  // Three centuries are no span of any market.
  if (!(span > 0 && span < 1e13)) return [];
  const most = Math.max(1, wanted);
  const hours = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336].find((step) => span / (step * hour) <= most);
  if (hours !== undefined && span < 60 * 24 * hour) {
    const step = hours * hour;
    const first = Math.ceil(from / step) * step;
    const count = Math.floor((to - first) / step) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, index) => timeTickAt(first + index * step, hours < 24));
  }
  const month = 730.5 * hour;
  const months = [1, 2, 3, 6, 12, 24, 60, 120].find((step) => span / (step * month) <= most) ?? 240;
  const start = new Date(from);
  const ticks: TimeTick[] = [];
  for (let at = start.getUTCFullYear() * 12 + start.getUTCMonth(); ; at += 1) {
    const time = Date.UTC(Math.floor(at / 12), at % 12, 1);
    if (!(time <= to)) return ticks;
    if (time < from || at % months !== 0) continue;
    const isYear = at % 12 === 0;
    const name = isYear ? String(Math.floor(at / 12)) : monthName(at % 12);
    ticks.push({ at: time, text: name, isMajor: isYear });
  }
}

/** A mark that names its hour, or at midnight its day. */
export function timeTickAt(time: number, showsHours: boolean): TimeTick {
  const date = new Date(time);
  const isMidnight = time % 86_400_000 === 0;
  if (showsHours && !isMidnight) {
    return { at: time, text: `${String(date.getUTCHours()).padStart(2, '0')}:00`, isMajor: false };
  }
  const day = date.getUTCDate();
  return { at: time, text: `${day} ${monthName(date.getUTCMonth())}`, isMajor: showsHours || day === 1 };
}

/** Short English name of a month, 0 is January. */
export function monthName(month: number): string {
  return ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][month];
}
