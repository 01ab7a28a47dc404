// Which numbers does a monitoring system get? Everything that the status says, as gauges with names that stay.
import { LATCH_NAMES } from '../../ports/latch-store.ts';
import type { StatusView } from './read-status.ts';
import { HEALTH_STATES, type StatusDocument, type SymbolStatus } from './status-document.ts';

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly name: string;
  readonly help: string;
  /** None: the metric is unknown now, and stands in no answer. */
  readonly samples: readonly MetricSample[];
}

const GUARDS = ['NORMAL', 'REDUCED', 'PAUSED'] as const;

export function statusMetrics(view: StatusView, now: number): readonly Metric[] {
  const up = one('perpilot_up', '1: a status can be read and the bot is not unhealthy', isUp(view) ? 1 : 0);
  if (view.kind !== 'status') return [up];
  const { document } = view;
  return [up, ...botMetrics(document, now), ...accountMetrics(document), ...symbolMetrics(document, now)];
}

const isUp = (view: StatusView): boolean => view.kind === 'status' && view.document.health !== 'UNHEALTHY';

function botMetrics(status: StatusDocument, now: number): Metric[] {
  return [
    states(
      'perpilot_health',
      'Health of the bot',
      'state',
      HEALTH_STATES.map((state) => [state, state === status.health]),
    ),
    one('perpilot_uptime_seconds', 'Since the program started', (now - status.startedAt) / 1_000),
    one('perpilot_status_age_seconds', 'Since the status was written', (now - status.writtenAt) / 1_000),
    one('perpilot_loop_age_seconds', 'Since the main loop last answered', (now - status.loopAt) / 1_000),
    one(
      'perpilot_close_delay_seconds',
      'How late the next close to decide is; negative: it is to come',
      (now - status.nextClose) / 1_000,
    ),
    one('perpilot_stream_age_seconds', 'Since anything was heard from the venue', status.streamAgeSeconds),
    one('perpilot_clock_offset_seconds', 'Between our clock and the venue', scaled(status.clockOffsetMs)),
    one(
      'perpilot_order_latency_seconds',
      'From sending to acknowledgement, median of the last orders',
      scaled(status.orderLatencyMs),
    ),
    one('perpilot_slippage_bps', 'Mean of the last trades; positive: a cost', status.slippageBps),
    one('perpilot_api_errors', 'Errors of the venue in the last hour', status.apiErrorsInWindow),
    one('perpilot_incidents', 'Incidents of the last hour', status.incidentsInWindow),
    one('perpilot_canary_passed', '1: the last canary passed', passedOf(status)),
    one(
      'perpilot_canary_age_seconds',
      'Since the last canary that passed',
      status.canary === null || status.canary.passedAt === null ? null : (now - status.canary.passedAt) / 1_000,
    ),
    one('perpilot_journal_durable', '1: the journal can be written', status.durable ? 1 : 0),
    one('perpilot_memory_bytes', 'Resident memory of the bot', status.machine.memoryBytes),
    one('perpilot_disk_free_bytes', 'Free disk', status.machine.diskFreeBytes),
  ];
}

function passedOf({ canary }: StatusDocument): number | null {
  return canary === null || canary.outcome === null ? null : Number(canary.outcome === 'passed');
}

function accountMetrics(status: StatusDocument): Metric[] {
  const held = status.symbols.flatMap(({ position }) => (position === null ? [] : [position]));
  const isSet = (name: string): boolean => status.latches.some((latch) => latch.name === name);
  return [
    one('perpilot_equity', 'Quote currency', status.equity),
    one('perpilot_drawdown_ratio', 'Fraction below the peak', status.drawdown),
    one('perpilot_daily_loss_ratio', 'Fraction of the equity at midnight', status.dailyLoss),
    one('perpilot_exposure', 'Sum of all positions, quote currency', status.exposure),
    one('perpilot_positions', 'Open positions', held.length),
    one('perpilot_trades', 'Closed trades in all', status.trades),
    one(
      'perpilot_unprotected_seconds',
      'Longest time that a position is without its stop now',
      Math.max(0, ...held.map((each) => each.unprotectedSeconds)),
    ),
    one('perpilot_unprotected_seconds_max', 'Longest time without a stop in this life', status.unprotectedSecondsMax),
    states(
      'perpilot_guard',
      'Performance guard',
      'state',
      GUARDS.map((state) => [state, state === status.guard]),
    ),
    states(
      'perpilot_switch',
      'Switches that a person or a rule has set',
      'name',
      LATCH_NAMES.map((name) => [name, isSet(name)]),
    ),
    one('perpilot_halted', '1: the drawdown limit has latched', status.halted ? 1 : 0),
    one('perpilot_entries_blocked', 'Reasons why nothing is opened', status.blocks.length),
  ];
}

function symbolMetrics({ symbols }: StatusDocument, now: number): Metric[] {
  const each = (name: string, help: string, valueOf: (symbol: SymbolStatus) => number | null): Metric => ({
    name,
    help,
    samples: symbols.flatMap((symbol) => {
      const value = valueOf(symbol);
      return value === null ? [] : [{ labels: { symbol: symbol.symbol }, value }];
    }),
  });
  return [
    each('perpilot_candle_age_seconds', 'Since the last candle closed', ({ lastClose }) =>
      lastClose === null ? null : (now - lastClose) / 1_000,
    ),
    each('perpilot_position', 'Base units held, negative: short', ({ position }) =>
      position === null ? 0 : position.direction * position.quantity,
    ),
    each('perpilot_unrealised', 'Of the position, quote currency', ({ position }) => position?.unrealised ?? 0),
    each('perpilot_quarantined', '1: nothing is opened in it, and the others go on', ({ quarantine }) =>
      quarantine.length > 0 ? 1 : 0,
    ),
    each('perpilot_model_age_seconds', 'Since the model took over', ({ modelAgeHours }) =>
      modelAgeHours === null ? null : modelAgeHours * 3_600,
    ),
    each('perpilot_model_present', '1: there is a valid model', ({ modelId }) => (modelId === null ? 0 : 1)),
  ];
}

function one(name: string, help: string, value: number | null): Metric {
  return { name, help, samples: value === null ? [] : [{ labels: {}, value }] };
}

const scaled = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);

type State = readonly [string, boolean];

/** One sample for every state that it may have; the label names it. */
const states = (name: string, help: string, ...[label, of]: readonly [string, readonly State[]]): Metric => ({
  name,
  help,
  samples: of.map(([state, isSo]) => ({ labels: { [label]: state }, value: isSo ? 1 : 0 })),
});
