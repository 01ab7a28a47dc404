// What are sections of the report built of? Headings, tables that scroll inside themselves, switches between panes, legends.
import { markup, type Content, type Markup } from '../markup.ts';

export interface SectionSpec {
  /** Anchor of the section; a plain word. */
  readonly id: string;
  readonly title: string;
  /** What it shows and how to read it, in a sentence or two. */
  readonly lead?: Content;
}

export function section({ id, title, lead }: SectionSpec, body: Content): Markup {
  return markup`<section id="${id}"><h2>${title}</h2>${lead === undefined ? undefined : markup`<p class="lead">${lead}</p>`}
${body}</section>
`;
}

export interface TableSpec {
  /** Name of the table for people who do not see it. */
  readonly label: string;
  /** The first column names the row; the others are numbers unless marked as text. */
  readonly head: readonly (string | { readonly text: string })[];
  /** Cells, or whole `td` elements where they are given as such. */
  readonly rows: readonly (readonly Content[])[];
  /** Columns that name a row, from the left; 1 unless given. */
  readonly keys?: number;
  /** On a narrow page every row becomes a card that names its figures, where the rows are few. */
  readonly isCards?: boolean;
}

/** A longer table scrolls inside itself under a head that stays. */
const TALL = 24;
/** More cards than these are no easier to read than a table that scrolls. */
const MOST_CARDS = 12;

/** A table with aligned numbers that scrolls inside itself when it is wider than the page, or long. */
export function dataTable({ label, head, rows, keys = 1, isCards = false }: TableSpec): Markup {
  const isText = head.map((column, index) => index < keys || typeof column !== 'string');
  const heads = head.map((column, index) => {
    const text = typeof column === 'string' ? column : column.text;
    return isText[index] ? markup`<th scope="col" class="text">${text}</th>` : markup`<th scope="col">${text}</th>`;
  });
  const asCards = isCards && rows.length <= MOST_CARDS;
  const lines = rows.map((cells) => {
    const row = cells.map((cell, index) => {
      if (index < keys) return isWhole(cell) ? cell : markup`<th scope="row">${cell}</th>`;
      const column = head[index] ?? '';
      const name = asCards ? (typeof column === 'string' ? column : column.text) : undefined;
      return tableCell(cell, isText[index] ?? false, name);
    });
    return markup`<tr>${row}</tr>
`;
  });
  return scrolling(
    label,
    markup`<table${asCards ? markup` class="cards"` : undefined}><thead><tr>${heads}</tr></thead><tbody>
${lines}</tbody></table>`,
    rows.length > TALL ? 'scroll tall' : 'scroll',
  );
}

/** What scrolls sideways inside itself; reachable by keyboard. */
export function scrolling(label: string, body: Content, kind: 'scroll' | 'scroll tall' = 'scroll'): Markup {
  return markup`<div class="${kind}" role="region" aria-label="${label}" tabindex="0">${body}</div>`;
}

/** Whether a cell is given as an element of its own. */
function isWhole(cell: Content): boolean {
  return typeof cell === 'object' && 'markup' in cell && cell.markup.startsWith('<td');
}

/** `name`: what stands before the figure on a card. */
function tableCell(cell: Content, isText: boolean, name: string | undefined): Content {
  if (isWhole(cell)) return cell;
  const label = name === undefined ? undefined : markup` data-name="${name}"`;
  return isText ? markup`<td class="text"${label}>${cell}</td>` : markup`<td${label}>${cell}</td>`;
}

export interface Pane {
  readonly name: string;
  readonly body: Content;
}

/** More panes than these are chosen from a list instead of by a button each. */
const MOST_BUTTONS = 6;

/**
 * One of several panes at a time, chosen by radio buttons or, of many, from a list: needs no script. A single pane stands
 * without a switch. With `isOfSymbols` the page's script makes every such switch show the symbol that one of them is given.
 */
export function switchPanes(
  { id, label, isOfSymbols = false }: { readonly id: string; readonly label: string; readonly isOfSymbols?: boolean },
  panes: readonly Pane[],
): Markup {
  if (panes.length === 1) return markup`<div>${panes[0].body}</div>`;
  const isLong = panes.length > MOST_BUTTONS;
  const symbols = isOfSymbols ? markup` data-symbols` : undefined;
  const choice = isLong
    ? markup`<label>${label} <select id="${id}" autocomplete="off">${panes.map(({ name }) => markup`<option>${name}</option>`)}</select></label>`
    : panes.map(
        ({ name }, index) =>
          markup`<input type="radio" name="${id}" id="${id}-${index}" autocomplete="off" value="${name}"${index === 0 ? markup` checked` : undefined}><label for="${id}-${index}">${name}</label>`,
      );
  return markup`<div class="${isLong ? 'choose' : 'switch'}" role="group" aria-label="${label}"${symbols}>${choice}
${panes.map(({ name, body }) => markup`<div class="pane"><p class="pane-name">${name}</p>${body}</div>`)}</div>`;
}

/** One pane per symbol; the page shows the same symbol everywhere. */
export function symbolPanes(id: string, symbols: readonly string[], body: (symbol: string) => Content): Markup {
  return switchPanes(
    { id, label: 'Symbol', isOfSymbols: true },
    symbols.map((symbol) => ({ name: symbol, body: body(symbol) })),
  );
}

/** Style rules that show the chosen one of at most `most` panes. */
export function paneRules(most: number): string {
  const places = Array.from({ length: most }, (_, index) => index + 1);
  const rules = [
    ...places.slice(0, MOST_BUTTONS).map((at) => `.switch>input:nth-of-type(${at}):checked~.pane:nth-of-type(${at})`),
    ...(most > MOST_BUTTONS
      ? places.map((at) => `.choose:has(>label option:nth-of-type(${at}):checked)>.pane:nth-of-type(${at})`)
      : []),
  ];
  return `${rules.join(',')}{display:block}`;
}

export interface LegendEntry {
  readonly kind: string;
  readonly name: string;
  readonly note?: string | undefined;
}

/** Names of the lines, each with a piece of it. */
export function legend(entries: readonly LegendEntry[]): Markup {
  return markup`<ul class="legend">${entries.map(
    ({ kind, name, note }) =>
      markup`<li><svg width="26" height="10" aria-hidden="true"><path class="line ${kind}" d="M0 5h26"/></svg>${name}${note === undefined ? undefined : markup` <span class="note">${note}</span>`}</li>`,
  )}</ul>`;
}

/** Names of bars or areas, each with a patch of its colour. */
export function patchLegend(entries: readonly LegendEntry[]): Markup {
  return markup`<ul class="legend">${entries.map(
    ({ kind, name, note }) =>
      markup`<li><svg width="12" height="12" aria-hidden="true"><rect class="bar ${kind}" width="12" height="12"/></svg>${name}${note === undefined ? undefined : markup` <span class="note">${note}</span>`}</li>`,
  )}</ul>`;
}

/** A chart with its caption above it. */
export function figure(caption: Content, body: Content): Markup {
  return markup`<figure><figcaption>${caption}</figcaption>${body}</figure>`;
}

/** Several charts side by side where there is room. */
export function figureGrid(figures: readonly Content[]): Markup {
  return markup`<div class="figures">${figures}</div>`;
}
