// What does a calibration look at? The rows of several runs, each with the whole configuration it was made with.
import type { GateBasis } from './selection-deflation.ts';
import type { SweepRecord } from './sweep.ts';

/** Every setting by its dotted name, such as `labeling.profit_barrier`; lists are one value. */
export type FlatSettings = Readonly<Record<string, unknown>>;

/** The figures that targets are held against; undefined where a figure has no meaning. */
export interface JudgedFigures {
  readonly sharpe: number | undefined;
  readonly profitFactor: number | undefined;
  readonly maxDrawdown: number | undefined;
  readonly trades: number | undefined;
}

/** One variant on one symbol in one run. */
export interface CalibrationRow {
  readonly symbol: string;
  readonly riskLevel: string;
  readonly variant: string;
  readonly configHash: string;
  readonly dataHash: string;
  /** Span of the joined tests, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Final less initial equity, quote currency, after all costs. */
  readonly netPnl: number;
  /** Annualised, of daily returns. */
  readonly sharpe: number | undefined;
  /** Of the deflated Sharpe ratio that decides; undefined: too few days, or returns that do not vary. */
  readonly gateBasis: GateBasis | undefined;
  /** More than the luck of the search in its own run. */
  readonly survives: boolean;
  readonly trades: number;
  readonly folds: { readonly planned: number; readonly won: number; readonly failed: number };
  readonly judged: JudgedFigures;
}

export interface CalibrationRun {
  readonly id: string;
  readonly codeVersion: string;
  readonly synthetic: boolean;
  readonly seed: number;
  readonly rows: readonly CalibrationRow[];
  /** By configuration hash; holds every hash of the rows. */
  readonly settings: ReadonlyMap<string, FlatSettings>;
  readonly sweep: SweepRecord | undefined;
  /** A model of the run was too good to be true. */
  readonly leakSuspected: boolean;
}

/** What is in force for a risk level before anything is changed. */
export interface ShippedLevel {
  readonly riskLevel: string;
  readonly settings: FlatSettings;
  /** Settings that the profile of the level gives itself. */
  readonly profileKeys: readonly string[];
}

/** Sections that describe the world a result was made in: a result under other ones says nothing of the shipped ones. */
const WORLD = ['account', 'costs', 'data'];
/** Sections that say how results are made and judged, not how the bot trades. */
const RUN = ['research', 'walk_forward', 'targets'];
/** Where the data lies changes no result. */
const WITHOUT_EFFECT = 'data.root';

const sectionOf = (key: string): string => key.split('.')[0];

/** Whether a setting may be proposed: it says how the bot trades. */
export function isCalibrated(key: string): boolean {
  return ![...WORLD, ...RUN].includes(sectionOf(key));
}

export function isWorld(key: string): boolean {
  return WORLD.includes(sectionOf(key)) && key !== WITHOUT_EFFECT;
}

/** Equal for equal trading settings in an equal world, whatever the run and the targets. */
export function identityOf(settings: FlatSettings): string {
  const keys = Object.keys(settings).filter((key) => isCalibrated(key) || isWorld(key));
  return JSON.stringify(keys.sort().map((key) => [key, settings[key]]));
}

/** Dotted names of nested plain data. */
export function flatSettings(tree: object): FlatSettings {
  return Object.fromEntries(entriesOf(tree, ''));
}

function entriesOf(tree: object, prefix: string): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
    const name = `${prefix}${key}`;
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isSection ? entriesOf(value, `${name}.`) : [[name, value] satisfies [string, unknown]];
  });
}

export function isSameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Symbol and history of a row: the same market in the same state. */
export function marketKey({ symbol, dataHash }: CalibrationRow): string {
  return `${symbol} ${dataHash}`;
}

/** The runs without those that are given twice. */
export function distinctRuns(runs: readonly CalibrationRun[]): CalibrationRun[] {
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}
