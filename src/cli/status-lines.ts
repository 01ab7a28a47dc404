// How does a person see the status? A few lines and a table; colour only where it may be.
import { styleText } from 'node:util';
import { isoTime } from '../domain/iso-time.ts';
import type { StatusView } from '../live/status/read-status.ts';
import type { Health, StatusDocument, SymbolStatus } from '../live/status/status-document.ts';

type Paint = (style: 'green' | 'yellow' | 'red' | 'dim' | 'bold', text: string) => string;

const COLOUR: Readonly<Record<Health, 'green' | 'yellow' | 'red'>> = {
  HEALTHY: 'green',
  DEGRADED: 'yellow',
  UNHEALTHY: 'red',
};

export function statusLines(view: StatusView, colour: boolean): readonly string[] {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  if (view.kind !== 'status') return [`${paint('red', 'UNHEALTHY')}  ${view.finding.message}`];
  const { document: status, ageMs } = view;
  return [
    `${paint(COLOUR[status.health], status.health)}  ${paint('bold', status.instance)}, mode ${status.mode}, perpilot ${status.program}, up ${spanOf(status.writtenAt - status.startedAt)}, written ${spanOf(ageMs)} ago`,
    ...status.issues.map(({ message }) => `  ${paint('red', 'issue')}    ${message}`),
    ...status.warnings.map(({ message }) => `  ${paint('yellow', 'warning')}  ${message}`),
    '',
    ...accountLines(status),
    '',
    ...tableOf([HEAD, ...status.symbols.map((symbol) => row(symbol, status))]).map((line, index) =>
      index === 0 ? paint('dim', line) : line,
    ),
  ];
}

function accountLines(status: StatusDocument): string[] {
  const { equity, drawdown, dailyLoss, exposure, guard, latches, lastTrade, machine, clockOffsetMs } = status;
  const trade =
    lastTrade === null
      ? 'none yet'
      : `${lastTrade.symbol} ${lastTrade.netPnl.toFixed(2)} (${lastTrade.reason}) at ${isoTime(lastTrade.exitTime)}`;
  const switches = latches.length === 0 ? 'none' : latches.map(({ name, reason }) => `${name} (${reason})`).join(', ');
  return [
    `equity ${equity.toFixed(2)}   drawdown ${percent(drawdown)}   loss today ${percent(dailyLoss)}   exposure ${exposure.toFixed(2)}`,
    `guard ${guard}   switches ${switches}   trades ${status.trades}, last: ${trade}`,
    `next close ${isoTime(status.nextClose)}   clock ${clockOffsetMs === null ? 'n/a' : `${clockOffsetMs.toFixed(0)} ms`}   errors/h ${status.apiErrorsInWindow}   latency ${status.orderLatencyMs === null ? 'n/a' : `${status.orderLatencyMs.toFixed(0)} ms`}   memory ${(machine.memoryBytes / 1_048_576).toFixed(0)} MB   disk free ${machine.diskFreeBytes === null ? 'n/a' : `${(machine.diskFreeBytes / 1_073_741_824).toFixed(1)} GB`}`,
  ];
}

const HEAD = [
  'symbol',
  'candle',
  'regime',
  'verdict',
  'position',
  'entry',
  'stop',
  'unrealised',
  'unprotected',
  'model',
];

function row(
  { symbol, lastClose, regime, verdict, quarantine, position, modelId }: SymbolStatus,
  status: StatusDocument,
): string[] {
  const candle = lastClose === null ? 'none' : `${spanOf(Math.max(0, status.writtenAt - lastClose))} ago`;
  const held =
    position === null
      ? ['flat', '', '', '', '']
      : [
          `${position.direction === 1 ? 'long' : 'short'} ${position.quantity}`,
          String(position.entryPrice),
          position.stopPrice === null ? 'NONE' : String(position.stopPrice),
          position.unrealised.toFixed(2),
          `${position.unprotectedSeconds.toFixed(0)} s`,
        ];
  const said = quarantine.length === 0 ? verdict : `quarantine (${quarantine.join(', ')})`;
  return [symbol, candle, regime ?? 'n/a', said, ...held, modelId === null ? 'none' : modelId.slice(0, 12)];
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

/** `3d 4h`, `5m 2s`: the two largest units. */
function spanOf(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const units: readonly (readonly [string, number])[] = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3_600) % 24],
    ['m', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  if (first === -1) return '0s';
  return units
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count}${unit}`)
    .join(' ');
}
