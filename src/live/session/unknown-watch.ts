// Does the venue say what nobody here knows? Each unknown code and each unknown field is an incident once, over all lives of the bot.
import type { Journal } from '../../ports/journal.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';

/** A code with which something was refused, or a field of a reply or message, that is not known. */
export interface UnknownWord {
  readonly kind: 'code-unknown' | 'field-unknown';
  /** The code, or where the field stands and what it is called. */
  readonly name: string;
  /** What the venue said with it. */
  readonly words: string;
}

const KINDS = ['code-unknown', 'field-unknown'] as const;

/** Unknown words of one session. */
export class UnknownWatch {
  private readonly session: Pick<SessionHand, 'queue' | 'incident'>;
  private readonly setup: Pick<SessionSetup, 'clock'>;
  private readonly told = new Set<string>();
  private readonly heardCodes: string[] = [];

  constructor(session: Pick<SessionHand, 'queue' | 'incident'>, setup: Pick<SessionSetup, 'clock'>) {
    this.session = session;
    this.setup = setup;
  }

  /** Codes that were heard in this life, every time anew. */
  get codes(): readonly string[] {
    return this.heardCodes;
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
    if (kind === 'code-unknown') this.heardCodes.push(`${name} ${words}`);
    this.session.queue.enqueue(() => {
      const key = `${kind} ${name}`;
      if (this.told.has(key)) return;
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
