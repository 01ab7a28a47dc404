// How does market time run when faults act at moments of it? In stretches, each up to the next such moment.
import type { SimulatedExchange } from '../core/exchange.ts';
import type { FaultPipeline } from './fault-pipeline.ts';

/** Lets market time run to `time`, stopping wherever a fault acts by itself. */
export function advanceThroughFaults(
  exchange: Pick<SimulatedExchange, 'now' | 'advanceTo'>,
  faults: Pick<FaultPipeline, 'nextTime' | 'onTime'>,
  time: number,
): void {
  faults.onTime?.(exchange.now);
  for (;;) {
    const next = faults.nextTime?.() ?? Infinity;
    if (!(next > exchange.now) || next >= time) break;
    const before = exchange.now;
    exchange.advanceTo(next);
    faults.onTime?.(exchange.now);
    // The market has ended.
    if (exchange.now === before) break;
  }
  exchange.advanceTo(time);
  faults.onTime?.(exchange.now);
}

/** The exchange as the pace drives it: its time stops wherever a fault acts by itself. */
export function stoppingAtFaults(
  exchange: Pick<SimulatedExchange, 'now' | 'ended' | 'advanceTo'>,
  faults: Pick<FaultPipeline, 'nextTime' | 'onTime'>,
): Pick<SimulatedExchange, 'now' | 'ended' | 'advanceTo'> {
  return {
    get now() {
      return exchange.now;
    },
    get ended() {
      return exchange.ended;
    },
    advanceTo: (time) => advanceThroughFaults(exchange, faults, time),
  };
}
