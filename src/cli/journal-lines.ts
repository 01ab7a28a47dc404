// What does a row of the journal say to a person? One line: what happened, what was decided, and why nothing was.
import { fromExactJson } from '../domain/exact-json.ts';
import { isoTime } from '../domain/iso-time.ts';
import type { JournalRow } from '../ports/journal.ts';

type Plain = Readonly<Record<string, unknown>>;

const WIDEST = 240;

/** The row for people. */
export function personLine(row: JournalRow): string {
  const { sequence, stream, key, eventTime, payload } = row;
  const name = key === '' || stream === 'incident' ? stream : `${stream} ${key}`;
  const said = meaningOf(row) ?? payload;
  return `${sequence}  ${isoTime(eventTime)}  ${name}  ${said.length > WIDEST ? `${said.slice(0, WIDEST)}…` : said}`;
}

function meaningOf({ stream, payload }: JournalRow): string | undefined {
  const value = plain(fromExactJson(payload));
  if (value === undefined) return undefined;
  switch (stream) {
    case 'event':
      return eventWords(value);
    case 'order':
      return orderWords(value);
    case 'execution':
      return words([
        value['kind'],
        value['symbol'],
        value['side'],
        value['quantity'],
        'at',
        value['price'],
        'fee',
        value['fee'],
      ]);
    case 'model':
      return words(['kept here,', value['bytes'], 'bytes']);
    case 'shadow':
      return shadowWords(value);
    case 'renewal':
      return words([value['kind'], ...(Array.isArray(value['causes']) ? value['causes'] : []), value['outcome']]);
    case 'equity':
      return words(['equity', value['equity'], 'wallet', value['wallet']]);
    case 'incident':
      return words([value['kind'], value['symbol'], JSON.stringify(value['detail'])]);
    default:
      return undefined;
  }
}

function eventWords(value: Plain): string {
  const input = plain(value['input']) ?? {};
  const decisions = list(value['decisions']).map((each) => words([each['symbol'], each['verdict']]));
  const commands = list(value['commands']).map((command) => {
    const order = plain(command['order']);
    return order === undefined
      ? words([command['kind'], command['symbol']])
      : words([order['reason'], order['side'], order['quantity'], order['symbol']]);
  });
  const notes = list(value['notes']).map((note) =>
    words([note['kind'], note['mode'] ?? note['limit'], note['reason']]),
  );
  const lifted = input['blocked'] === false ? 'lifted' : undefined;
  const facts = [
    input['symbol'],
    input['side'],
    input['quantity'],
    input['price'],
    input['payment'],
    input['reason'],
    lifted,
  ];
  const parts = [
    words([input['kind'], input['use'], ...facts]),
    ...notes,
    ...commands.map((each) => `→ ${each}`),
    ...decisions,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function shadowWords(value: Plain): string {
  if (value['kind'] === 'outcome') return words([value['won'] === true ? 'won' : 'lost', value['netReturn']]);
  const sides = ['challenger', 'champion'].map((name) => {
    const side = plain(value[name]);
    return side && words([name, side['wanted'] === true ? 'wants it' : 'does not', side['confidence']]);
  });
  return words([value['direction'] === 1 ? 'long' : 'short', ...sides]);
}

function orderWords(value: Plain): string {
  const request = plain(value['request']) ?? {};
  return words([
    value['phase'],
    request['type'],
    request['side'],
    request['quantity'],
    request['symbol'],
    value['ending'],
  ]);
}

function words(parts: readonly unknown[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map(String)
    .join(' ');
}

function plain(value: unknown): Plain | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function list(value: unknown): readonly Plain[] {
  if (!Array.isArray(value)) return [];
  return value.map(plain).filter((each) => each !== undefined);
}
