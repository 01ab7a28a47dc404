// What does the status file say? Its schema, versioned; docs/reference/status.schema.json is made from it.
import { z } from 'zod';

/** Rises when a field changes its meaning or goes away; new fields do not raise it. */
export const STATUS_VERSION = 1;

const time = z.int().describe('UTC, epoch milliseconds.');
const amount = z.number().describe('Quote currency.');

export const HEALTH_STATES = ['HEALTHY', 'DEGRADED', 'UNHEALTHY'] as const;

const findingSchema = z.object({
  code: z.string().describe('Stable name of what was found.'),
  message: z.string().describe('One sentence, with the mend.'),
  symbol: z.string().nullable(),
});

const positionSchema = z.object({
  direction: z.union([z.literal(1), z.literal(-1)]).describe('1 long, -1 short.'),
  quantity: z.number().describe('Base units held.'),
  entryPrice: z.number(),
  entryTime: time,
  stopPrice: z.number().nullable().describe('null: no stop is known.'),
  unrealised: amount.describe('At the last close, before fees.'),
  unprotectedSeconds: z.number().describe('For so long its stop has not been seen at the venue; 0: it was.'),
});

const symbolSchema = z.object({
  symbol: z.string(),
  lastClose: time.nullable().describe('Close of its last candle; null: none yet.'),
  price: z.number().nullable(),
  verdict: z.string().describe('What came of the last close.'),
  regime: z.string().nullable(),
  selected: z.boolean().nullable().describe('Whether the portfolio layer trades it; null: the layer is off.'),
  modelId: z.string().nullable(),
  modelAgeHours: z.number().nullable().describe('Since it took over; null: unknown, or no model.'),
  closing: z.string().nullable().describe('Why all of it is to be closed.'),
  quarantine: z.array(z.string()).default([]).describe('Why it is in quarantine; empty: it is not.'),
  position: positionSchema.nullable(),
});

const machineSchema = z.object({
  memoryBytes: z.number().describe('Resident memory of the program.'),
  diskFreeBytes: z.number().nullable(),
});

const alertSchema = z.object({
  kind: z.string(),
  channel: z.string().nullable().describe('Channel that took it; null: none did.'),
  time,
});

const tradeSchema = z.object({ symbol: z.string(), exitTime: time, netPnl: amount, reason: z.string() });

const canarySchema = z.object({
  symbol: z.string().nullable().describe('Where the last one ordered; null: nowhere yet.'),
  startedAt: time.nullable().describe('When the last one began; null: none did.'),
  endedAt: time.nullable().describe('null: it is on, or what it left is being cleared.'),
  outcome: z.enum(['passed', 'failed', 'interrupted', 'impossible']).nullable(),
  failedStep: z.string().nullable(),
  reason: z.string().nullable(),
  passedAt: time.nullable().describe('When the last one that passed ended.'),
  maxAgeHours: z.number(),
});

/** What is known, before it is judged. */
const factsShape = {
  version: z.literal(STATUS_VERSION),
  instance: z.string(),
  mode: z.string(),
  program: z.string().describe('Version of perpilot.'),
  pid: z.int(),
  startedAt: time,
  writtenAt: time,
  loopAt: time.describe('When the main loop last answered.'),
  barMs: z.int().describe('Length of a candle, milliseconds.'),
  nextClose: time.describe('The first close that has not been decided at.'),
  equity: amount,
  dayStartEquity: amount,
  peakEquity: amount,
  drawdown: z.number().describe('Fraction below the peak.'),
  dailyLoss: z.number().describe('Fraction of the equity at the start of the day; 0: no loss.'),
  exposure: amount.describe('Sum of all positions at the last close.'),
  guard: z.enum(['NORMAL', 'REDUCED', 'PAUSED']),
  halted: z.boolean().describe('The drawdown limit has latched.'),
  latches: z.array(z.object({ name: z.string(), reason: z.string(), at: time })),
  blocks: z.array(z.object({ reason: z.string(), symbols: z.array(z.string()).nullable().describe('null: all.') })),
  symbols: z.array(symbolSchema),
  trades: z.int().describe('Closed trades in all.'),
  lastTrade: tradeSchema.nullable(),
  incidentsInWindow: z.int().describe('Of the last hour.'),
  apiErrorsInWindow: z.int().describe('Of the last hour.'),
  clockOffsetMs: z.number().nullable(),
  streamAgeSeconds: z.number().nullable().describe('Since anything was heard from the venue.'),
  orderLatencyMs: z.number().nullable().describe('From sending to acknowledgement, median of the last orders.'),
  slippageBps: z.number().nullable().describe('Mean of the last trades; positive: a cost. null: none yet.'),
  unprotectedSecondsMax: z.number().describe('Longest time without a stop in this life of the program.'),
  canary: canarySchema.nullable().describe('null: the bot runs none by itself.'),
  durable: z.boolean().describe('False: the journal cannot be written.'),
  machine: machineSchema,
  lastAlert: alertSchema.nullable(),
};

export const statusSchema = z.object({
  ...factsShape,
  health: z.enum(HEALTH_STATES),
  issues: z.array(findingSchema).describe('What makes it UNHEALTHY.'),
  warnings: z.array(findingSchema).describe('What makes it DEGRADED.'),
});

const factsSchema = z.object(factsShape);

export type StatusDocument = z.output<typeof statusSchema>;
export type StatusFacts = Readonly<z.output<typeof factsSchema>>;
export type SymbolStatus = z.output<typeof symbolSchema>;
export type Finding = z.output<typeof findingSchema>;
export type Health = StatusDocument['health'];

/** JSON Schema of the status file, as text. */
export function statusJsonSchema(): string {
  return `${JSON.stringify({ title: 'Status of a perpilot bot', ...z.toJSONSchema(statusSchema) }, undefined, 2)}\n`;
}
