// Is the bot after a restart the bot that it was, whatever the disk did in between?
import { expect, test } from 'vitest';
import {
  A,
  B,
  botOf,
  calm,
  modelOf,
  paramsOf,
  scripted,
  type Script,
} from '../../../test/scenarios/engine/scripted-bot.ts';
import { memoryJournal } from '../../../test/scenarios/live/memory-journal.ts';
import { toExactJson } from '../../domain/exact-json.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { exactEquity } from '../../domain/ledger.ts';
import type { EngineEvent } from '../../engine/event.ts';
import type { EngineSetup } from '../../engine/state.ts';
import { recordFromText } from './engine-record.ts';
import { RecordedEngine } from './recorded-engine.ts';

const script: Script = (bar, symbol) => ({ signal: bar % 7 === symbol ? 1 : bar % 11 === symbol ? -1 : 0 });
const MODEL = modelOf();
const setup = (): EngineSetup => ({
  barMs: 3_600_000,
  initialEquity: 10_000,
  params: paramsOf({ metaModel: 'on' }),
  strategy: scripted(script),
  symbols: [A, B].map((instrument) => ({ instrument, hasFunding: true })),
});

/** What a bot with a real simulated venue went through. */
function someEvents(): readonly EngineEvent[] {
  const bot = botOf({ script, instruments: [A, B], metaModel: 'on', model: MODEL, fundingRate: 0.0001 });
  for (let bar = 0; bar < 60; bar += 1) {
    const price = 100 + Math.sin(bar) * 3;
    bot.bar([100, price + 1, price - 1, price], bar === 20 ? undefined : calm(price));
  }
  return bot.events.map((event) => (event.kind === 'model-promoted' ? { ...event, model: MODEL } : event));
}

const engineOver = (journal: ReturnType<typeof memoryJournal>): RecordedEngine =>
  new RecordedEngine({ setup: setup(), journal, modelOf: () => MODEL, now: () => 1 });

test('a new life fed from the journal is the old one, ledger and all, and goes on as that would', () => {
  const events = someEvents();
  const whole = engineOver(memoryJournal());
  const commands = events.flatMap((event) => whole.digest(event).commands);
  expect(commands.length).toBeGreaterThan(10);
  for (const cut of [0, 1, 17, 40, events.length]) {
    const journal = memoryJournal();
    const first = engineOver(journal);
    const before = events.slice(0, cut).flatMap((event) => first.digest(event).commands);
    const second = engineOver(journal);
    expect(second.recover()).toBe(cut);
    const after = events.slice(cut).flatMap((event) => second.digest(event).commands);
    expect(toExactJson([...before, ...after])).toBe(toExactJson(commands));
    expect(exactEquity(second.state.ledger)).toBe(exactEquity(whole.state.ledger));
    expect(toExactJson(second.state.guard)).toBe(toExactJson(whole.state.guard));
  }
});

test('every slice leaves a decision per symbol, with the row where there was a signal', () => {
  const journal = memoryJournal();
  const engine = engineOver(journal);
  for (const event of someEvents()) engine.digest(event);
  const decisions = [...journal.read({ stream: 'event' })].flatMap(({ payload }) => recordFromText(payload).decisions);
  expect(decisions.filter(({ symbol }) => symbol === 'AUSDT').length).toBeGreaterThan(60);
  expect(new Set(decisions.map(({ verdict }) => verdict)).size).toBeGreaterThan(3);
  for (const { signal, row } of decisions) expect(row === undefined).toBe(signal === 0);
});

test('a step that leads to something else than recorded stops the start', () => {
  const journal = memoryJournal();
  const engine = engineOver(journal);
  for (const event of someEvents()) engine.digest(event);
  const other = new RecordedEngine({
    setup: { ...setup(), initialEquity: 20_000 },
    journal,
    modelOf: () => MODEL,
    now: () => 1,
  });
  expect(() => other.recover()).toThrowError(expect.objectContaining({ code: 'JOURNAL_CORRUPT' }));
});

test('what the disk refused waits, and is written before anything newer', () => {
  const journal = memoryJournal();
  const engine = engineOver(journal);
  const events = someEvents();
  const durable = events.map((event, index) => {
    journal.refuse(
      index >= 10 && index < 20 ? new PerpilotError('JOURNAL_UNWRITABLE', 'no space left on the disk') : undefined,
    );
    return engine.digest(event).durable;
  });
  expect(durable.map((each, index) => each === (index < 10 || index >= 20)).every(Boolean)).toBe(true);
  expect(engine.durable).toBe(true);
  expect(engineOver(journal).recover()).toBe(events.length);
});

test('an execution is booked once, also while the disk refuses', () => {
  const journal = memoryJournal();
  const engine = engineOver(journal);
  const row = { stream: 'execution', key: 'x1', eventTime: 0, receivedTime: 0, payload: '{}' } as const;
  const event: EngineEvent = { kind: 'guard-resumed', time: 0 };
  journal.refuse(new PerpilotError('JOURNAL_UNWRITABLE', 'read-only'));
  expect(engine.digest(event, [row]).durable).toBe(false);
  expect(engine.hasExecution('x1')).toBe(true);
  expect(() => engine.digest(event, [row])).toThrowError(/booked before/);
  journal.refuse(undefined);
  expect(engine.flush()).toBe(true);
  expect([...journal.read()].length).toBe(2);
});
