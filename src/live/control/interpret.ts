// What does a message from a chat tell the bot to do? Allow-listed users, few words, and a code before anything dangerous.
import type { LatchName } from '../../ports/latch-store.ts';

export interface ChatMessage {
  readonly user: number;
  readonly text: string;
  /** When it was written, epoch milliseconds. */
  readonly at: number;
}

export type ChatAction =
  | { readonly kind: 'show'; readonly what: 'status' | 'positions' | 'help' }
  | { readonly kind: 'set'; readonly latch: LatchName; readonly reason: string }
  | { readonly kind: 'resume'; readonly afterKill: boolean }
  | { readonly kind: 'flatten' };

export type Interpretation =
  | { readonly kind: 'do'; readonly action: ChatAction }
  | { readonly kind: 'say'; readonly text: string }
  /** Nothing is answered: the sender is nobody's business. */
  | { readonly kind: 'ignore'; readonly why: 'stranger' | 'old' | 'no-command' };

export interface ControlRules {
  readonly users: ReadonlySet<number>;
  /** A message may be so old, a code waited for so long, milliseconds. */
  readonly freshMs: number;
  readonly confirmMs: number;
}

interface Waiting {
  readonly action: ChatAction;
  readonly code: string;
  readonly until: number;
}

/** Wrong codes after which the wish is forgotten. */
const TRIES = 3;

export const HELP = [
  '/status: is it well?',
  '/positions: what is held, with stops',
  '/pause REASON: open nothing new',
  '/resume: go on',
  '/flatten: close everything, then pause',
  '/kill REASON: close everything and stay out until a person resumes',
].join('\n');

/** One conversation; a wish that waits for its code belongs to the user who had it. */
export class ChatControl {
  private readonly rules: ControlRules;
  private readonly newCode: () => string;
  private readonly waiting = new Map<number, Waiting & { tries: number }>();

  constructor(rules: ControlRules, newCode: () => string) {
    this.rules = rules;
    this.newCode = newCode;
  }

  /** `killed`: the kill switch is set, so that resuming is dangerous. */
  interpret({ user, text, at }: ChatMessage, now: number, killed: boolean): Interpretation {
    if (!this.rules.users.has(user)) return { kind: 'ignore', why: 'stranger' };
    // A bot that was down does not do today what was wished yesterday.
    if (now - at > this.rules.freshMs) return { kind: 'ignore', why: 'old' };
    const words = text.trim().split(/\s+/);
    const [command] = words[0].toLowerCase().split('@');
    const rest = words.slice(1).join(' ').slice(0, 200);
    if (command === '/confirm') return this.confirm(user, rest, now);
    this.waiting.delete(user);
    switch (command) {
      case '/status':
      case '/positions':
        return { kind: 'do', action: { kind: 'show', what: command === '/status' ? 'status' : 'positions' } };
      case '/start':
      case '/help':
        return { kind: 'do', action: { kind: 'show', what: 'help' } };
      case '/pause':
        return { kind: 'do', action: { kind: 'set', latch: 'pause', reason: rest === '' ? 'by chat' : rest } };
      case '/resume': {
        const action = { kind: 'resume', afterKill: killed } as const;
        return killed
          ? this.ask(user, { what: 'trade again after the kill switch', action }, now)
          : { kind: 'do', action };
      }
      case '/flatten':
        return this.ask(user, { what: 'close everything and pause', action: { kind: 'flatten' } }, now);
      case '/kill': {
        const action = { kind: 'set', latch: 'kill', reason: rest === '' ? 'by chat' : rest } as const;
        return this.ask(user, { what: 'close everything and stay out', action }, now);
      }
      default:
        return command.startsWith('/') ? { kind: 'say', text: HELP } : { kind: 'ignore', why: 'no-command' };
    }
  }

  private ask(user: number, wish: { readonly what: string; readonly action: ChatAction }, now: number): Interpretation {
    const code = this.newCode();
    const { confirmMs } = this.rules;
    this.waiting.set(user, { action: wish.action, code, until: now + confirmMs, tries: 0 });
    return { kind: 'say', text: `To ${wish.what}, answer within ${confirmMs / 1_000} s:\n/confirm ${code}` };
  }

  private confirm(user: number, code: string, now: number): Interpretation {
    const wish = this.waiting.get(user);
    if (wish === undefined) return { kind: 'say', text: 'There is nothing to confirm.' };
    if (now > wish.until) {
      this.waiting.delete(user);
      return { kind: 'say', text: 'That was too late; say it again.' };
    }
    if (code === wish.code) {
      this.waiting.delete(user);
      return { kind: 'do', action: wish.action };
    }
    wish.tries += 1;
    if (wish.tries >= TRIES) this.waiting.delete(user);
    return { kind: 'say', text: wish.tries >= TRIES ? 'Wrong three times: forgotten.' : 'That is not the code.' };
  }
}
