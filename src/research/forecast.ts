// How long will a run take, and how much memory? Foretold from its size and from one probe on this machine.
import { PerpilotError } from '../domain/errors.ts';
import type { SuiteWork } from './suite-work.ts';

/** What a probe measured for one fold and one variant of one symbol. Seconds of each of its threads, once warm, and bytes. */
export interface ProbeFigures {
  /** Until new threads are as fast as they get: their start, and code that still runs cold. */
  readonly startSeconds: number;
  readonly datasetSecondsPerBar: number;
  /** Per unit of `SymbolWork.trainWork`. */
  readonly trainSecondsPerWork: number;
  /** Per day of test windows. */
  readonly simulateSecondsPerDay: number;
  /** Columns of the data set that models learn from. */
  readonly columns: number;
  /** One model, and one outcome, as they cross the border of a thread. */
  readonly modelBytes: number;
  readonly outcomeBytes: number;
  /** The whole process with the data loaded, before any thread. */
  readonly residentBytes: number;
}

export interface Machine {
  readonly threads: number;
  /** Threads beyond the cores do not make a run faster. */
  readonly cores: number;
  /** Free before any thread of the run was started. */
  readonly freeBytes: number;
}

export interface Forecast {
  readonly rows: number;
  readonly models: number;
  readonly seconds: number;
  readonly bytes: number;
}

/** A thread's own heap with the room its garbage takes: measured peaks of 1 to 4 threads, less the parts counted below. */
const THREAD_BYTES = 150_000_000;
/** Plain objects, such as those of an outcome, take so many times the bytes they cross a thread's border with. */
const IN_MEMORY = 3.5;
/** So do models, which are few large arrays and few objects. */
const MODEL_IN_MEMORY = 1.2;
/** A data set is held once as built and twice more, in parts, while a fold trains. */
const DATASET_COPIES = 3;
/** Models of a task are held by the thread and by the message that brought them. */
const MODEL_COPIES = 2;

/**
 * Time: every data set once on each thread that trains with it, every fold, every simulation, shared by the threads; plus
 * one start. Memory: the process as it is, models held at once, all outcomes, and per thread its heap, a copy of all
 * candles, one data set of bars × columns doubles and the models of one simulation.
 */
export function forecastOf(
  work: SuiteWork,
  probe: ProbeFigures,
  { threads, cores }: Omit<Machine, 'freeBytes'>,
): Forecast {
  const parallel = Math.max(1, Math.min(threads, cores, work.tasks));
  const total = (pick: (symbol: SuiteWork['symbols'][number]) => number): number =>
    work.symbols.reduce((sum, symbol) => sum + pick(symbol), 0);
  const most = (pick: (symbol: SuiteWork['symbols'][number]) => number): number => Math.max(...work.symbols.map(pick));
  const datasetSeconds = total(
    ({ bars, trainTasks }) => work.datasets * bars * probe.datasetSecondsPerBar * Math.min(parallel, trainTasks),
  );
  const trainSeconds = total(({ trainWork }) => trainWork) * probe.trainSecondsPerWork;
  const simulateSeconds = total(({ testDays }) => testDays) * work.simulations * probe.simulateSecondsPerDay;
  const models = total(({ folds }) => folds) * work.modelKeys;
  const perThread =
    THREAD_BYTES +
    total(({ candleBytes }) => candleBytes) +
    most(({ bars }) => bars) * probe.columns * Float64Array.BYTES_PER_ELEMENT * DATASET_COPIES +
    work.foldsPerSimulation * probe.modelBytes * MODEL_IN_MEMORY * MODEL_COPIES;
  return {
    rows: work.symbols.length * work.variants,
    models,
    seconds: probe.startSeconds + (datasetSeconds + trainSeconds + simulateSeconds) / parallel,
    bytes: probe.residentBytes + threads * perThread + keptBytes(work, probe),
  };
}

/** Outcomes stay until the end of the run, models as far as they are read again. Both grow with the rows. */
function keptBytes(
  { symbols, simulations, heldModels }: SuiteWork,
  { modelBytes, outcomeBytes }: ProbeFigures,
): number {
  return heldModels * modelBytes * MODEL_IN_MEMORY + symbols.length * simulations * outcomeBytes * IN_MEMORY;
}

/** Such as `36 rows, 72 models: about 20 s and 700 MB with 2 threads`. */
export function forecastText({ rows, models, seconds, bytes }: Forecast, threads: number): string {
  const size = `${counted(rows, 'row')}, ${counted(models, 'model')}`;
  return `${size}: about ${roughTime(seconds)} and ${roughBytes(bytes)} with ${counted(threads, 'thread')}`;
}

/**
 * The forecast of a run that fits into the free memory.
 * @throws PerpilotError ARGUMENT_INVALID for one that does not, with the threads or else the rows that would fit
 */
export function refuseTooLarge(work: SuiteWork, probe: ProbeFigures, machine: Machine): Forecast {
  const { threads, cores, freeBytes } = machine;
  const forecast = forecastOf(work, probe, { threads, cores });
  // What the process holds already is not free any more, and need not be again.
  const limit = freeBytes + probe.residentBytes;
  if (forecast.bytes <= limit) return forecast;
  const bytesOf = (count: number): number => forecastOf(work, probe, { threads: count, cores }).bytes;
  let fitting = threads - 1;
  while (fitting > 0 && bytesOf(fitting) > limit) fitting -= 1;
  const message = `${forecastText(forecast, threads)}, but only ${roughBytes(freeBytes)} of memory are free`;
  const hint =
    fitting > 0
      ? `it fits with --jobs ${fitting}`
      : rowsHint(forecast.rows, (limit - bytesOf(1)) / keptBytes(work, probe));
  throw new PerpilotError('ARGUMENT_INVALID', [{ message, where: fitting > 0 ? '--jobs' : '--sweep', hint }]);
}

/** `excess`: free bytes (negative: lacking) as a share of the bytes that all rows take. */
function rowsHint(rows: number, excess: number): string {
  const fitting = Math.floor(rows * (1 + excess));
  return fitting < 1
    ? 'not even one row fits: free some memory, or take fewer symbols'
    : `about ${counted(fitting, 'row')} fit with --jobs 1: draw fewer combinations with --sweep-sample, or take fewer symbols`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Two digits are all that a forecast knows. */
function rough(value: number): number {
  return Number(value.toPrecision(2));
}

function roughTime(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(rough(seconds)))} s`;
  if (seconds < 5_400) return `${Math.round(rough(seconds / 60))} min`;
  return seconds < 172_800 ? `${rough(seconds / 3_600)} h` : `${rough(seconds / 86_400)} days`;
}

function roughBytes(bytes: number): string {
  return bytes < 999.5e6 ? `${Math.max(1, rough(bytes / 1e6))} MB` : `${rough(bytes / 1e9)} GB`;
}
