// What does the status of a bot that is well look like? The facts that tests change.
import type { StatusFacts, SymbolStatus } from '../../../src/live/status/status-document.ts';

export const NOW = 1_700_000_000_000;
export const BAR = 3_600_000;

export const SYMBOL: SymbolStatus = {
  symbol: 'BTCUSDT',
  lastClose: NOW - 600_000,
  price: 30_000,
  verdict: 'holding',
  regime: 'trending',
  selected: null,
  modelId: 'abcdef0123456789',
  modelAgeHours: 48,
  closing: null,
  quarantine: [],
  position: {
    direction: 1,
    quantity: 0.5,
    entryPrice: 29_000,
    entryTime: NOW - 2 * BAR,
    stopPrice: 28_000,
    unrealised: 500,
    unprotectedSeconds: 0,
  },
};

export const FACTS: StatusFacts = {
  version: 1,
  instance: 'bot',
  mode: 'paper',
  program: '0.1.0',
  pid: 1,
  startedAt: NOW - 10 * BAR,
  writtenAt: NOW,
  loopAt: NOW,
  barMs: BAR,
  nextClose: NOW + BAR - 600_000,
  equity: 10_000,
  dayStartEquity: 10_000,
  peakEquity: 10_000,
  drawdown: 0,
  dailyLoss: 0,
  exposure: 15_000,
  guard: 'NORMAL',
  halted: false,
  latches: [],
  blocks: [],
  symbols: [SYMBOL],
  trades: 3,
  lastTrade: null,
  incidentsInWindow: 0,
  apiErrorsInWindow: 0,
  clockOffsetMs: 3,
  streamAgeSeconds: 1,
  orderLatencyMs: 80,
  slippageBps: 1.5,
  unprotectedSecondsMax: 2,
  canary: null,
  durable: true,
  machine: { memoryBytes: 200_000_000, diskFreeBytes: 20_000_000_000 },
  lastAlert: null,
};
