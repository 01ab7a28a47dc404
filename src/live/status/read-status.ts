// What does a status file say now, to somebody who did not write it? Its age counts: a bot that hangs cannot say so itself.
import { judgeHealth, type HealthRules } from './judge-health.ts';
import { STATUS_VERSION, statusSchema, type Finding, type StatusDocument } from './status-document.ts';

/** `missing`: no bot has written one; `unreadable`: what is there is no status of this version. */
export type StatusView =
  | { readonly kind: 'status'; readonly document: StatusDocument; readonly ageMs: number }
  | { readonly kind: 'missing' | 'unreadable'; readonly finding: Finding };

/** Judges `text`, the content of the file or undefined where there is none, at `now`. */
export function viewStatus(text: string | undefined, rules: HealthRules, now: number): StatusView {
  if (text === undefined)
    return without('missing', 'no status was written: the bot has not started, or writes it elsewhere');
  const parsed = statusSchema.safeParse(jsonOf(text));
  if (!parsed.success) {
    return without(
      'unreadable',
      `the status file is damaged or not of version ${STATUS_VERSION}: ${parsed.error.issues[0].message}`,
    );
  }
  const { health, issues, warnings } = judgeHealth(parsed.data, rules, now);
  const document = { ...parsed.data, health, issues: [...issues], warnings: [...warnings] };
  return { kind: 'status', document, ageMs: now - document.writtenAt };
}

/** Whether new business may be sent there: the loop runs, and nothing keeps entries from being made. */
export function isReady(view: StatusView): boolean {
  if (view.kind !== 'status' || view.document.health === 'UNHEALTHY') return false;
  const { latches, blocks } = view.document;
  return latches.length === 0 && blocks.every(({ symbols }) => symbols !== null);
}

function without(kind: 'missing' | 'unreadable', message: string): StatusView {
  return { kind, finding: { code: `status-${kind}`, message, symbol: null } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
