// Which symbol is shown? The one that was chosen last, anywhere on the page, is shown everywhere.
import type { Page } from './page-types.ts';

// The page carries these functions as text: they must not refer to anything but each other.

/** Lets every choice of a symbol follow the one that the reader changed; choices that do not know the symbol stay. */
export function startSymbolChoice(page: Page): void {
  const choices = [...page.document.querySelectorAll('[data-symbols] > label > select, #trade-symbol')];
  const buttons = [...page.document.querySelectorAll('[data-symbols] > input')];
  let current: string | undefined;
  const follow = (symbol: string | undefined): void => {
    if (symbol === undefined || symbol === current) return;
    current = symbol;
    for (const button of buttons) if (button.value === symbol) button.checked = true;
    for (const choice of choices) {
      const options = [...choice.querySelectorAll('option')];
      const wanted = options.findIndex((option) => option.textContent === symbol);
      if (wanted < 0 || choice.selectedIndex === wanted) continue;
      choice.selectedIndex = wanted;
      choice.dispatchEvent(new page.Event('change'));
    }
  };
  for (const button of buttons) button.addEventListener('change', () => follow(button.value));
  for (const choice of choices) {
    choice.addEventListener('change', () => {
      const options = [...choice.querySelectorAll('option')];
      follow(options[choice.selectedIndex ?? 0]?.textContent ?? undefined);
    });
  }
}
