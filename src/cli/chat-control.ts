// How does a chat command the bot? Through its switches and its status file, as any process beside it: so it works while the bot hangs.
import { randomInt } from 'node:crypto';
import { ChatControl, HELP, type ChatAction, type ChatMessage } from '../live/control/interpret.ts';
import type { StatusView } from '../live/status/read-status.ts';
import { LATCH_NAMES, type LatchStore } from '../ports/latch-store.ts';
import { statusLines } from './status-lines.ts';

export interface ChatControlSetup {
  readonly users: readonly number[];
  readonly latches: LatchStore;
  readonly view: () => StatusView;
  readonly now: () => number;
  /** Everything that was said and done is written down. */
  readonly record: (text: string, facts: Readonly<Record<string, unknown>>) => void;
}

const FRESH_MS = 120_000;
const CONFIRM_MS = 60_000;

/** Answers a message; undefined: with silence. */
export function chatAnswers(setup: ChatControlSetup): (message: ChatMessage) => Promise<string | undefined> {
  const rules = { users: new Set(setup.users), freshMs: FRESH_MS, confirmMs: CONFIRM_MS };
  const control = new ChatControl(rules, () => String(randomInt(100_000, 1_000_000)));
  return async (message) => {
    const { user } = message;
    const killed = setup.latches.read('kill') !== undefined;
    const meant = control.interpret(message, setup.now(), killed);
    if (meant.kind === 'ignore') {
      setup.record('a message in the chat was ignored', { user, why: meant.why });
      return undefined;
    }
    if (meant.kind === 'say') return meant.text;
    setup.record('a command came by chat', { user, action: meant.action.kind });
    return carryOut(meant.action, user, setup);
  };
}

function carryOut(action: ChatAction, user: number, { latches, view, now }: ChatControlSetup): string {
  const by = `chat user ${user}`;
  switch (action.kind) {
    case 'show':
      return action.what === 'help'
        ? HELP
        : action.what === 'status'
          ? statusLines(view(), false).join('\n')
          : positions(view());
    case 'set':
      latches.set(action.latch, { reason: action.reason, by, at: now() });
      return action.latch === 'kill'
        ? 'The kill switch is set: everything is being closed.'
        : 'Paused: nothing new is opened. /resume takes it back.';
    case 'resume': {
      // A kill that came after the question is not taken back by its answer.
      const names = LATCH_NAMES.filter(
        (name) => latches.read(name) !== undefined && (name !== 'kill' || action.afterKill),
      );
      for (const name of names) latches.clear(name);
      return names.length === 0 ? 'Nothing was set.' : `Taken back: ${names.join(', ')}.`;
    }
    default:
      latches.set('pause', { reason: 'flattened by chat', by, at: now() });
      latches.set('kill', { reason: 'flatten by chat', by, at: now() });
      return 'Everything is being closed, and nothing new is opened. /positions shows how far it is; /resume takes it back.';
  }
}

function positions(view: StatusView): string {
  if (view.kind !== 'status') return view.finding.message;
  const held = view.document.symbols.flatMap(({ symbol, position }) =>
    position === null
      ? []
      : [
          `${symbol} ${position.direction === 1 ? 'long' : 'short'} ${position.quantity} at ${position.entryPrice}, stop ${position.stopPrice ?? 'NONE'}, ${position.unrealised.toFixed(2)}`,
        ],
  );
  return held.length === 0 ? 'Nothing is held.' : held.join('\n');
}
