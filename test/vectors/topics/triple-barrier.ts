// Do the triple-barrier labels agree with the reference, barrier, price, costs and label?
import type { CandleSeries } from '../../../src/domain/candle.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import { labelTrade, type LabelMarket, type LabelOutcome } from '../../../src/strategy/triple-barrier.ts';
import { differences, toleranceOf, type TopicRunner } from '../format.ts';

function seriesOf(bars: any): CandleSeries {
  const length = bars.open.length;
  return {
    symbol: 'TEST',
    intervalMs: HOUR_MS,
    length,
    openTime: Float64Array.from({ length }, (_, bar) => bar * HOUR_MS),
    open: Float64Array.from(bars.open),
    high: Float64Array.from(bars.high),
    low: Float64Array.from(bars.low),
    close: Float64Array.from(bars.close),
    volume: new Float64Array(length).fill(1),
    flags: new Uint8Array(length),
  };
}

/** Funding entries are [bar at whose open the stamp falls, rate, mark]. */
function marketOf(input: any): LabelMarket {
  const { params } = input;
  const stamps: [number, number, number][] = params.funding ?? [];
  return {
    series: seriesOf(input.bars),
    funding: {
      symbol: 'TEST',
      length: stamps.length,
      time: Float64Array.from(stamps, ([bar]) => bar * HOUR_MS),
      rate: Float64Array.from(stamps, ([, rate]) => rate),
    },
    fundingMarks: Float64Array.from(stamps, ([, , mark]) => mark),
    params: {
      profitBarrier: params.profit,
      stopBarrier: params.loss,
      width: 'fixed',
      horizonHours: params.max_bars,
      minNetReturn: params.min_net_return,
    },
    costs: { takerFee: params.fee, slippage: params.slippage, missingFundingRate: NaN },
  };
}

const HOW = { touch: 'touch', gap: 'gap', both: 'both_touched', horizon: 'horizon' } as const;

function asReference(outcome: LabelOutcome): object {
  const barriers = {
    entry_price: outcome.entryPrice,
    take_profit: outcome.targetPrice,
    stop_loss: outcome.stopPrice,
  };
  if (outcome.kind === 'unlabelled') return { ...barriers, label: null, reason: outcome.reason.replaceAll('-', '_') };
  return {
    ...barriers,
    label: outcome.label,
    barrier: outcome.barrier,
    how: HOW[outcome.how],
    exit_index: outcome.exitIndex,
    exit_price: outcome.exitPrice,
    bars_held: outcome.exitIndex - outcome.entryIndex + 1,
    gross_return: outcome.grossReturn,
    fees: outcome.fees,
    funding: outcome.funding,
    net_return: outcome.netReturn,
  };
}

export const run: TopicRunner = ({ input, expected }, file) => {
  const market = marketOf(input);
  const actual = input.events.map((event: any) =>
    asReference(
      labelTrade(market, { signalIndex: event.entry_index - 1, direction: event.side, width: event.width ?? 1 }),
    ),
  );
  return differences(actual, expected, toleranceOf(file));
};
