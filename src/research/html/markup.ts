// How does foreign text get into a page without becoming part of it? Every value put into a template is escaped, unless it is markup already.

/** Text that is safe to stand in a page as it is. */
export interface Markup {
  readonly markup: string;
}

/** What a template takes: markup as it is, text and numbers escaped, lists end to end, undefined as nothing. */
export type Content = Markup | string | number | undefined | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** `text` with everything that could end an element, an attribute or a comment written as an entity; control characters go. */
export function escapeText(text: string): string {
  // Lone surrogates and control characters are not text; a page that holds them is not valid.
  const clean = text.toWellFormed().replaceAll(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, '\uFFFD');
  return clean.replaceAll(/[&<>"'`]/g, (character) => ESCAPES[character]);
}

/** Template tag: the literal parts are markup, the values are content. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0];
  values.forEach((value, index) => {
    text += contentText(value) + parts[index + 1];
  });
  return { markup: text };
}

/** Text that this package made itself and that is markup already: paths of charts, styles, scripts. Never foreign text. */
export const trusted = (text: string): Markup => ({ markup: text });

function contentText(value: Content): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return escapeText(String(value));
  return 'markup' in value ? value.markup : value.map(contentText).join('');
}

/** JSON that may stand inside a script element of any type: no character in it can end the element or start a comment. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
