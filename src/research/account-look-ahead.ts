// Does one account over many symbols know the future? Everything that it decides and does before a cut, with the future and without.
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import { createRandom } from '../domain/random.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import { traceAccount, type AccountTrace } from './account-trace.ts';
import { barsClosedBy, closeOf, knownHistory, withoutFuture } from './known-history.ts';
import { leakFindings, placeOf, type LeakObservation } from './leak-findings.ts';
import { trained, type LookAheadReport, type LookAheadTask } from './look-ahead-check.ts';
import { planCuts, type CutWindow } from './look-ahead-plan.ts';
import { mismatchesBefore, type NamedColumns } from './look-ahead.ts';
import { listedAtOf, type SymbolMarket } from './market.ts';
import type { FoldWindow } from './outcome.ts';
import type { VariantSettings } from './settings.ts';
import { firstFedBar, type TradedSymbol } from './simulate-portfolio.ts';

export interface AccountLookAheadTask extends Omit<LookAheadTask, 'market' | 'trainBars'> {
  /** Of the report. */
  readonly name: string;
  /** At least one, of one interval. */
  readonly markets: readonly SymbolMarket[];
  /** Bars at the beginning of a symbol that its model learns from. */
  readonly trainBarsOf: (market: SymbolMarket) => number;
}

/** Bars of trading before the first cut of a window: seats and positions are taken then. */
const SETTLING_BARS = 240;
/** Draws for a close at which every symbol that is listed has a candle: one in a hole would look delisted on cut data. */
const MOST_DRAWS = 100;

/**
 * Cuts the future off at random closes and runs the account anew from candles and funding that end there, while the memory of
 * what follows holds nothing. Rankings, selections, weights and orders up to the cut, and fills and equity before it, must be
 * the same in every bit. A few cuts begin where the models do, the others in shorter windows. Models are trained once, on what
 * comes before. Yields how many cuts are done; closes are counted from the first that is decided at.
 */
export function* checkAccountLookAhead(task: AccountLookAheadTask): Generator<number, LookAheadReport, void> {
  const check = prepareCheck(task);
  const { closes } = check;
  const seed = `${task.seed}/${task.name}`;
  const random = createRandom(`${seed}/draws`);
  const settling = Math.min(SETTLING_BARS, closes >> 1);
  const plan = { length: closes, firstCut: settling, warmupBars: settling, cuts: task.cuts, seed: `${seed}/cuts` };
  const windows = planCuts(plan);
  let done = 0;
  for (const [index, window] of windows.entries()) {
    const account = accountOf(check, window, index === 0);
    const all = traceOf(check, account, undefined);
    for (const wanted of window.cuts) {
      const cut = wholeClose(check, wanted, () => window.from + 1 + random.below(window.to - window.from));
      if (cut !== undefined) compareAtCut(check, { account, all, cut });
      done += 1;
      yield done;
    }
  }
  return {
    symbol: task.name,
    bars: closes,
    cuts: done,
    wholeCuts: windows[0].cuts.length,
    valuesCompared: check.valuesCompared,
    ordersCompared: check.ordersCompared,
    noModel: check.noModel,
    findings: leakFindings(check.observations),
  };
}

interface Member {
  readonly market: SymbolMarket;
  readonly model: MetaModel | undefined;
  /** When its model is known, epoch milliseconds. */
  readonly knownFrom: number;
}

interface Check {
  readonly task: AccountLookAheadTask;
  readonly settings: VariantSettings;
  readonly members: readonly Member[];
  /** Why nothing but the primary signal decides; undefined: models do. */
  readonly noModel: string | undefined;
  readonly intervalMs: number;
  /** First decision, epoch milliseconds, and how many closes follow it. */
  readonly start: number;
  readonly closes: number;
  readonly observations: LeakObservation[];
  valuesCompared: number;
  ordersCompared: number;
}

function prepareCheck(task: AccountLookAheadTask): Check {
  const { markets, settings, prepare, seed } = task;
  const members = markets.map((market): Member => {
    const trainBars = task.trainBarsOf(market);
    const history = knownHistory(market, { from: 0, to: trainBars });
    const { model } = withoutFuture(market, trainBars, () => trained({ settings, trainBars, seed }, prepare(history)));
    return { market, model, knownFrom: closeOf(market.series, trainBars - 1) };
  });
  const isJudged = members.some(({ model }) => model?.skilled === true);
  const { intervalMs } = markets[0].series;
  const start = Math.min(...members.map(({ knownFrom }) => knownFrom));
  const end = Math.max(...markets.map(({ series }) => closeOf(series, series.length - 1)));
  return {
    task,
    settings: isJudged ? settings : { ...settings, metaModel: 'off' },
    members: isJudged ? members : members.map((member) => ({ ...member, model: undefined })),
    noModel: isJudged ? undefined : `none of ${members.length} models has skill`,
    intervalMs,
    start,
    closes: (end - start) / intervalMs,
    observations: [],
    valuesCompared: 0,
    ordersCompared: 0,
  };
}

/** A symbol of the account of one window, with the first candle that it is fed. */
interface FedMember extends Member {
  readonly window: FoldWindow;
  /** Bar of the stored series from which on it is prepared, and open of the first prepared candle that is fed. */
  readonly from: number;
  readonly firstOpen: number;
}

interface WindowAccount {
  readonly calendar: FoldWindow;
  readonly members: readonly FedMember[];
}

/** The account over a window. What is fed first is settled with the future at hand: that a history begins there is no secret. */
function accountOf(check: Check, { from, to }: CutWindow, isWhole: boolean): WindowAccount {
  const { start, intervalMs, settings, task } = check;
  const [testStart, testEnd] = [start + from * intervalMs, start + to * intervalMs];
  const calendar: FoldWindow = { index: 0, trainStart: start, testStart, testEnd };
  const members = check.members.flatMap((member): FedMember[] => {
    const { series } = member.market;
    const own = { ...calendar, testStart: Math.max(testStart, member.knownFrom) };
    if (own.testStart >= testEnd || closeOf(series, series.length - 1) <= testStart) return [];
    // Finer candles are many, and copied for every cut.
    const market = isWhole ? member.market : { ...member.market, finer: [] };
    const { strategy } = task.prepare(knownHistory({ ...market, finer: [] }, { from: 0, to: series.length }));
    const bar = firstFedBar(series, settings, { strategy, testStart: own.testStart });
    const prepared = task.prepare(knownHistory({ ...market, finer: [] }, { from: bar, to: series.length }));
    const fed = firstFedBar(prepared.series, settings, { strategy, testStart: own.testStart });
    return [{ ...member, market, window: own, from: bar, firstOpen: prepared.series.openTime[fed] }];
  });
  return { calendar, members };
}

/** The account on what is known by the close `cut`; undefined: on everything. */
function traceOf(check: Check, { calendar, members }: WindowAccount, cut: number | undefined): AccountTrace {
  const { settings, start, intervalMs, task } = check;
  const time = cut === undefined ? Infinity : start + cut * intervalMs;
  const prepared = members.map(({ market, from, firstOpen, window, model }) => {
    const { series } = market;
    const to = Math.max(from, barsClosedBy(series, time));
    const known = { ...knownHistory(market, { from, to }), listedAt: listedAtOf(market) };
    const folds = [{ window, model }];
    if (to === from) return { strategy: undefined, symbol: { market: known, folds } };
    const own = task.prepare(known);
    const fed = sliceSeries(own.series, firstBarAtOrAfter(own.series, firstOpen), own.series.length);
    const symbol: TradedSymbol = { market: { ...known, series: fed, funding: own.funding }, folds };
    return { strategy: own.strategy, symbol };
  });
  const strategy = prepared.flatMap((each) => each.strategy ?? [])[0];
  const span = {
    firstClose: calendar.testStart,
    intervalMs,
    closes: (calendar.testEnd - calendar.testStart) / intervalMs + 1,
  };
  const symbols = prepared.map(({ symbol }) => symbol);
  return traceAccount({ symbols, settings, strategy, calendar: [calendar] }, span);
}

/** `wanted`, or another cut of `draw`, at whose close every symbol that is listed then and goes on has a candle; undefined: none was found. */
function wholeClose(check: Check, wanted: number, draw: () => number): number | undefined {
  const { start, intervalMs, task } = check;
  let cut = wanted;
  for (let draws = 0; draws < MOST_DRAWS; draws += 1) {
    const time = start + cut * intervalMs;
    const isWhole = task.markets.every(({ series }) => {
      const isListed = series.openTime[0] < time && closeOf(series, series.length - 1) > time;
      return !isListed || series.openTime[barsClosedBy(series, time) - 1] + intervalMs === time;
    });
    if (isWhole) return cut;
    cut = draw();
  }
  return undefined;
}

interface CutComparison {
  readonly account: WindowAccount;
  readonly all: AccountTrace;
  readonly cut: number;
}

function compareAtCut(check: Check, { account, all, cut }: CutComparison): void {
  const { start, intervalMs, task } = check;
  const time = start + cut * intervalMs;
  const onCut = blinded(task.markets, time, () => traceOf(check, account, cut));
  const first = (account.calendar.testStart - start) / intervalMs;
  // At the cut itself is decided what the last candle calls for; what happens then is made by the end of the candles too.
  note(check, { first, cut, entries: cut - first + 1 }, { onCut: onCut.decided, all: all.decided });
  note(check, { first, cut, entries: cut - first }, { onCut: onCut.happened, all: all.happened });
}

/** Does `action` while no market's arrays hold anything that is not known at `time`. */
function blinded<Result>(markets: readonly SymbolMarket[], time: number, action: () => Result): Result {
  const [market, ...rest] = markets;
  if (market === undefined) return action();
  return withoutFuture(market, barsClosedBy(market.series, time), () => blinded(rest, time, action));
}

function note(
  check: Check,
  at: { readonly first: number; readonly cut: number; readonly entries: number },
  { onCut, all }: { readonly onCut: NamedColumns; readonly all: NamedColumns },
): void {
  const nothing = new Float64Array(at.entries).fill(NaN);
  const absent = Object.keys(onCut).filter((name) => all[name] === undefined);
  const known = { ...all, ...Object.fromEntries(absent.map((name) => [name, nothing])) };
  for (const { column, bar, onCut: cutValue, onAll } of mismatchesBefore(at.entries, onCut, known)) {
    check.observations.push({
      ...placeOf(column),
      cut: at.cut + 1,
      bar: at.first + bar,
      time: check.start + (at.first + bar) * check.intervalMs,
      withFuture: Number.isNaN(onAll) ? undefined : onAll,
      withoutFuture: Number.isNaN(cutValue) ? undefined : cutValue,
    });
  }
  for (const [name, column] of Object.entries(known)) {
    check.valuesCompared += at.entries;
    if (!name.startsWith('order ')) continue;
    for (let entry = 0; entry < at.entries; entry += 1) if (!Number.isNaN(column[entry])) check.ordersCompared += 1;
  }
}
