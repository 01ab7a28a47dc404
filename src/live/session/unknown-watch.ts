// Does the venue say what nobody here knows? Each unknown code and each unknown field is an incident once, over all lives of the bot.
import type { Journal } from '../../ports/journal.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';
import type { UnknownWord } from './unknown-word.ts';

/** Somebody who makes up ever new words is told of no more. */
const MOST = 500;

const KINDS = ['code-unknown', 'field-unknown'] as const;

/** Unknown words of one session. */
export class UnknownWatch {
  private readonly session: Pick<SessionHand, 'queue' | 'incident'>;
  private readonly setup: Pick<SessionSetup, 'clock'>;
  private readonly told = new Set<string>();
  private collected: string[] | undefined;

  constructor(session: Pick<SessionHand, 'queue' | 'incident'>, setup: Pick<SessionSetup, 'clock'>) {
    this.session = session;
    this.setup = setup;
  }

  /** Codes that are heard from now on, every time anew, as long as whoever asked for them wants to know. */
  collect(): { readonly codes: readonly string[]; readonly stop: () => void } {
    const codes: string[] = [];
    this.collected = codes;
    const stop = (): void => {
      this.collected = undefined;
    };
    return { codes, stop };
  }

  /** What earlier lives have told of is not told again. */
  recover(journal: Journal): void {
    for (const kind of KINDS) {
      for (const { payload } of journal.read({ stream: 'incident', key: kind })) {
        const name = nameIn(payload);
        if (name !== undefined) this.told.add(`${kind} ${name}`);
      }
    }
  }

  readonly heard = ({ kind, name, words }: UnknownWord): void => {
    if (kind === 'code-unknown') this.collected?.push(`${name} ${words}`);
    this.session.queue.enqueue(() => {
      const key = `${kind} ${name}`;
      if (this.told.has(key) || this.told.size >= MOST) return;
      this.told.add(key);
      this.session.incident({ kind, symbol: undefined, detail: { name, words }, time: this.setup.clock.now() });
    });
  };
}

function nameIn(payload: string): string | undefined {
  const value: unknown = JSON.parse(payload);
  const detail = typeof value === 'object' && value !== null && 'detail' in value ? value.detail : undefined;
  const isNamed = typeof detail === 'object' && detail !== null && 'name' in detail && typeof detail.name === 'string';
  return isNamed ? String(detail.name) : undefined;
}
