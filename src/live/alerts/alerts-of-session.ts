// Which of the things that happen are told to a person, and how urgently? Incidents, notes, trades and changes of health as alerts.
import { isoTime } from '../../domain/iso-time.ts';
import type { RoundTrip } from '../../engine/round-trip.ts';
import type { Note } from '../../engine/step.ts';
import type { Alert, AlertKind, Severity } from '../../ports/notifier.ts';
import type { Incident } from '../session/session-setup.ts';
import type { StatusDocument } from '../status/status-document.ts';

/** Incidents with a kind and severity of their own; all others are warnings about orders. */
const INCIDENTS: Readonly<Record<string, readonly [AlertKind, Severity]>> = {
  killed: ['kill', 'critical'],
  'emergency-close': ['kill', 'critical'],
  'journal-unwritable': ['health', 'critical'],
  'foreign-fill': ['account', 'warning'],
  'foreign-symbol': ['account', 'warning'],
  'money-moved': ['account', 'warning'],
  'candle-missing': ['data', 'warning'],
  'candle-revised': ['data', 'info'],
  'contract-changed': ['data', 'warning'],
  'clock-jumped': ['health', 'warning'],
  'model-refused': ['model', 'warning'],
  'model-alarm': ['model', 'warning'],
  'retraining-failed': ['model', 'warning'],
  'model-lost': ['model', 'critical'],
  'registry-unreadable': ['model', 'warning'],
  'canary-failed': ['orders', 'critical'],
  'canary-left-over': ['orders', 'critical'],
  'code-unknown': ['data', 'warning'],
  'field-unknown': ['data', 'warning'],
  quarantined: ['data', 'warning'],
  'quarantine-lifted': ['data', 'info'],
  'quarantine-kept': ['data', 'warning'],
};

/** Of these each name is news of its own. */
const NAMED: ReadonlySet<string> = new Set(['code-unknown', 'field-unknown']);

export function alertOfIncident({ kind, symbol, detail, time }: Incident, text: string): Alert {
  const [about, severity] = INCIDENTS[kind] ?? ['orders', 'warning'];
  const what = NAMED.has(kind) && typeof detail['name'] === 'string' ? ` ${detail['name']}` : '';
  const where = symbol === undefined ? what : ` ${symbol}`;
  const facts = Object.keys(detail).length === 0 ? '' : text;
  return alert({
    kind: about,
    severity,
    title: `${kind.replaceAll('-', ' ')}${where}`,
    text: facts,
    time,
    key: kind === 'clock-jumped' ? CLOCK_KEY : `${kind}${where}`,
  });
}

/** A clock that jumped is also a change of health: whichever is seen first is told, once. */
const CLOCK_KEY = 'health DEGRADED clock-offset';

/** Undefined: nothing that a person is woken for. */
export function alertOfNote(note: Note): Alert | undefined {
  const { time } = note;
  switch (note.kind) {
    case 'guard': {
      const severity = note.mode === 'PAUSED' ? 'critical' : note.mode === 'REDUCED' ? 'warning' : 'info';
      const title = `performance guard is ${note.mode}`;
      return alert({
        kind: 'guard',
        severity,
        title,
        text: `Reason: ${note.reason}.`,
        time,
        key: `guard ${note.mode} ${time}`,
      });
    }
    case 'limit': {
      const title = `${note.limit} limit reached`;
      const text = 'Nothing new is opened. See docs/OPERATIONS_RUNBOOK.md.';
      return alert({ kind: 'guard', severity: 'critical', title, text, time, key: `limit ${note.limit} ${time}` });
    }
    case 'model': {
      const { symbol, modelId } = note;
      const title = modelId === undefined ? `${symbol}: no valid model` : `${symbol}: another model`;
      const text = modelId === undefined ? 'Nothing is opened in it.' : modelId;
      return alert({
        kind: 'model',
        severity: modelId === undefined ? 'warning' : 'info',
        title,
        text,
        time,
        key: `model ${symbol} ${modelId}`,
      });
    }
    default:
      return undefined;
  }
}

export function alertOfBackup(says: string, time: number): Alert {
  const text = `${says.slice(0, 300)} Look at the disk, then perpilot backup create.`;
  return alert({ kind: 'health', severity: 'warning', title: 'no backup could be made', text, time, key: 'backup' });
}

export function alertOfTrade(trade: RoundTrip): Alert {
  const { symbol, direction, netPnl, reason, exitPrice, entryPrice, exitTime, entryTime } = trade;
  return alert({
    kind: 'fills',
    severity: reason === 'liquidation' ? 'critical' : 'info',
    title: `${symbol} ${direction === 1 ? 'long' : 'short'} closed: ${netPnl >= 0 ? '+' : ''}${netPnl.toFixed(2)}`,
    text: `By ${reason}. In at ${entryPrice} (${isoTime(entryTime)}), out at ${exitPrice} (${isoTime(exitTime)}).`,
    time: exitTime,
    key: `trade ${symbol} ${exitTime}`,
  });
}

/** Undefined: the health is what it was. */
export function alertOfHealth(status: StatusDocument, before: StatusDocument['health'] | undefined): Alert | undefined {
  const { health, issues, warnings, writtenAt: time } = status;
  if (health === before || (before === undefined && health !== 'UNHEALTHY')) return undefined;
  const severity = health === 'UNHEALTHY' ? 'critical' : health === 'DEGRADED' ? 'warning' : 'info';
  const found = [...issues, ...warnings];
  const text = found.map(({ message }) => `- ${message}`).join('\n');
  // What is found again within a while is not told again, whatever came between.
  const key = `health ${health} ${found.map(({ code, symbol }) => `${code}${symbol ?? ''}`).join()}`;
  return alert({ kind: 'health', severity, title: `${status.instance} is ${health}`, text, time, key });
}

/** The daily word that all is well, or what is not. */
export function dailyAlert(status: StatusDocument): Alert {
  const { instance, mode, health, equity, dayStartEquity, drawdown, guard, trades, symbols, issues, warnings } = status;
  const held = symbols.flatMap(({ symbol, position }) =>
    position === null
      ? []
      : [
          `${symbol} ${position.direction === 1 ? 'long' : 'short'} ${position.quantity} (${position.unrealised.toFixed(2)})`,
        ],
  );
  const lines = [
    `Equity ${equity.toFixed(2)}, since midnight ${(equity - dayStartEquity).toFixed(2)}, drawdown ${(drawdown * 100).toFixed(2)} %.`,
    `Guard ${guard}, ${trades} closed trades. Held: ${held.length === 0 ? 'nothing' : held.join(', ')}.`,
    ...[...issues, ...warnings].map(({ message }) => `- ${message}`),
  ];
  const time = status.writtenAt;
  return alert({
    kind: 'daily',
    severity: 'info',
    title: `${instance} (${mode}) is ${health}`,
    text: lines.join('\n'),
    time,
    key: `daily ${time}`,
  });
}

const alert = (parts: Alert): Alert => parts;
