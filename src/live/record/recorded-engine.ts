// How does the bot's state survive? Every step is in the journal before anything of it leaves the program; a start feeds them all again.
import { invariant, PerpilotError } from '../../domain/errors.ts';
import type { Command } from '../../domain/order.ts';
import type { EngineEvent } from '../../engine/event.ts';
import { createEngineState, type EngineSetup, type EngineState } from '../../engine/state.ts';
import { step, type Note, type StepResult } from '../../engine/step.ts';
import type { Journal, NewJournalRow } from '../../ports/journal.ts';
import type { MetaModel } from '../../strategy/meta-model.ts';
import { decisionsOf } from './decisions.ts';
import { eventOf, recordedInput, recordFromText, recordText, type EngineRecord } from './engine-record.ts';

export interface RecordedEngineOptions {
  readonly setup: EngineSetup;
  readonly journal: Journal;
  readonly modelOf: (id: string) => MetaModel;
  /** Told of every step, those of earlier lives included. */
  readonly onRecord?: ((record: EngineRecord) => void) | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What a step led to. `durable` false: the disk refused, so that nothing new may be risked. */
export interface RecordedStep {
  readonly commands: readonly Command[];
  readonly notes: readonly Note[];
  readonly durable: boolean;
}

/** The engine with its memory on the disk. */
export class RecordedEngine {
  readonly state: EngineState;
  private readonly options: RecordedEngineOptions;
  /** Rows that the disk refused, oldest first; they are written before anything newer. */
  private waiting: NewJournalRow[] = [];
  private steps = 0;
  private lastSlice: number | undefined;
  /** Ids of all executions that were booked; undefined: not read yet. A disk that cannot be read must not stop an exit. */
  private booked: Set<string> | undefined;

  constructor(options: RecordedEngineOptions) {
    this.options = options;
    this.state = createEngineState(options.setup);
  }

  /** Steps that were taken, those of earlier lives included. */
  get stepCount(): number {
    return this.steps;
  }

  /** The close of the last slice that was taken, epoch milliseconds; undefined: none. */
  get lastClose(): number | undefined {
    return this.lastSlice;
  }

  /** False while the disk refuses: entries have to wait. */
  get durable(): boolean {
    return this.waiting.length === 0;
  }

  /**
   * Feeds all recorded steps of earlier lives from row `from` on; returns how many. What they led to must be what was recorded: other code or
   * settings than the recorded ones would silently be another bot.
   * @throws PerpilotError JOURNAL_CORRUPT where a step leads to something else than recorded
   */
  recover(from = 1): number {
    for (const { payload, sequence } of this.options.journal.read({ stream: 'event', from })) {
      const record = recordFromText(payload);
      const event = eventOf(record.input, this.options.modelOf);
      const { commands } = this.take(event);
      const isSame = recordText({ ...record, commands }) === payload;
      if (!isSame) throw differs(sequence, record.commands, commands);
      this.options.onRecord?.(record);
    }
    return this.steps;
  }

  /**
   * Takes one event; `beside` and what `planned` makes of the commands are written in the same commit, all or nothing.
   * @throws PerpilotError INVARIANT_BROKEN when `beside` holds an execution that was booked before: then nothing happened
   */
  digest(
    event: EngineEvent,
    beside: readonly NewJournalRow[] = [],
    planned: (commands: readonly Command[]) => readonly NewJournalRow[] = () => [],
  ): RecordedStep {
    for (const { stream, key } of beside) {
      const isBooked = stream === 'execution' && this.hasExecution(key);
      invariant(!isBooked, `execution ${key} has been booked before`);
    }
    const { commands, notes } = this.take(event);
    const record = { input: recordedInput(event), commands, notes, decisions: decisionsOf(this.state, event) };
    const row: NewJournalRow = {
      stream: 'event',
      key: '',
      eventTime: event.time,
      receivedTime: this.options.now(),
      payload: recordText(record),
    };
    const durable = this.write([row, ...beside, ...planned(commands)]);
    this.options.onRecord?.(record);
    return { commands, notes, durable };
  }

  private take(event: EngineEvent): StepResult {
    const result = step(this.state, event);
    this.steps += 1;
    if (event.kind === 'slice') this.lastSlice = event.time;
    return result;
  }

  /** Writes rows that are no step; false: the disk refused, they wait. */
  write(rows: readonly NewJournalRow[]): boolean {
    for (const { stream, key } of rows) if (stream === 'execution') this.bookedIds().add(key);
    this.waiting.push(...rows);
    try {
      this.options.journal.commit(this.waiting);
      this.waiting = [];
      return true;
    } catch (error) {
      if (!(error instanceof PerpilotError) || error.code !== 'JOURNAL_UNWRITABLE') throw error;
      return false;
    }
  }

  /** Tries again to write what waits. */
  flush(): boolean {
    return this.waiting.length === 0 || this.write([]);
  }

  /** Whether the execution was booked, on the disk or waiting for it. */
  hasExecution(executionId: string): boolean {
    return this.bookedIds().has(executionId);
  }

  private bookedIds(): Set<string> {
    this.booked ??= new Set([...this.options.journal.read({ stream: 'execution' })].map(({ key }) => key));
    return this.booked;
  }
}

function differs(sequence: number, recorded: readonly Command[], now: readonly Command[]): PerpilotError {
  return new PerpilotError('JOURNAL_CORRUPT', [
    {
      message: `step ${sequence} of the journal led to ${say(recorded)} then, and to ${say(now)} now`,
      hint: 'start with the settings, models and version that the journal was written with, or begin a new journal when flat',
    },
  ]);
}

const say = (commands: readonly Command[]): string => (commands.length === 0 ? 'nothing' : JSON.stringify(commands));
