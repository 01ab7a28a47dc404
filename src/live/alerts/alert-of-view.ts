// What does a watch beside the bot tell? What the bot itself cannot say: that it is silent, and that it is back.
import type { Alert } from '../../ports/notifier.ts';
import type { StatusView } from '../status/read-status.ts';

/** What only somebody outside can see. */
const SILENCE = new Set(['status-stale', 'status-missing', 'status-unreadable', 'loop-hangs']);

export interface Watching {
  readonly alert: Alert | undefined;
  readonly silent: boolean;
}

export function alertOfView(view: StatusView, wasSilent: boolean, now: number): Watching {
  const found = view.kind === 'status' ? view.document.issues : [view.finding];
  const silence = found.find(({ code }) => SILENCE.has(code));
  const silent = silence !== undefined;
  if (silent === wasSilent) return { alert: undefined, silent };
  const name = view.kind === 'status' ? view.document.instance : 'the bot';
  const alert: Alert = {
    kind: 'health',
    severity: silent ? 'critical' : 'info',
    title: silent ? `${name} is silent` : `${name} is back`,
    text: silence?.message ?? '',
    time: now,
    // Each silence is told, however soon it comes after the last one.
    key: `silence ${silent} ${now}`,
  };
  return { alert, silent };
}
