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
}

/** A table with aligned numbers that scrolls inside itself when it is wider than the page. */
export function dataTable({ label, head, rows, keys = 1 }: TableSpec): Markup {
  const isText = head.map((column, index) => index < keys || typeof column !== 'string');
  const heads = head.map((column, index) => {
    const text = typeof column === 'string' ? column : column.text;
    return isText[index] ? markup`<th scope="col" class="text">${text}</th>` : markup`<th scope="col">${text}</th>`;
  });
  const lines = rows.map((cells) => {
    const row = cells.map((cell, index) => tableCell(cell, index < keys, isText[index] ?? false));
    return markup`<tr>${row}</tr>
`;
  });
  return scrolling(
    label,
    markup`<table><thead><tr>${heads}</tr></thead><tbody>
${lines}</tbody></table>`,
  );
}

/** What scrolls sideways inside itself; reachable by keyboard. */
export function scrolling(label: string, body: Content): Markup {
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${body}</div>`;
}

function tableCell(cell: Content, isKey: boolean, isText: boolean): Content {
  if (typeof cell === 'object' && 'markup' in cell && cell.markup.startsWith('<td')) return cell;
  if (isKey) return markup`<th scope="row">${cell}</th>`;
  return isText ? markup`<td class="text">${cell}</td>` : markup`<td>${cell}</td>`;
}

export interface Pane {
  readonly name: string;
  readonly body: Content;
}

/** One of several panes at a time, chosen by radio buttons: needs no script. A single pane stands without a switch. */
export function switchPanes(id: string, label: string, panes: readonly Pane[]): Markup {
  if (panes.length === 1) return markup`<div>${panes[0].body}</div>`;
  const inputs = panes.map(
    ({ name }, index) =>
      markup`<input type="radio" name="${id}" id="${id}-${index}"${index === 0 ? markup` checked` : undefined}><label for="${id}-${index}">${name}</label>`,
  );
  return markup`<div class="switch" role="group" aria-label="${label}">${inputs}
${panes.map(({ name, body }) => markup`<div class="pane"><p class="pane-name">${name}</p>${body}</div>`)}</div>`;
}

/** Style rules that show the chosen one of at most `most` panes. */
export function paneRules(most: number): string {
  const rules = Array.from(
    { length: most },
    (_, index) => `.switch>input:nth-of-type(${index + 1}):checked~.pane:nth-of-type(${index + 1})`,
  );
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
