// Is there a browser to look at pages with? A real Chromium through playwright-core, or the reason why not.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** No network, no service of the vendor, no root sandbox. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The parts of playwright that are used here. */
export interface BrowserPage {
  goto(url: string): Promise<unknown>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  emulateMedia(media: { readonly colorScheme?: 'light' | 'dark'; readonly media?: 'screen' | 'print' }): Promise<void>;
  evaluate<Result>(script: string): Promise<Result>;
  click(selector: string): Promise<void>;
  hover(selector: string, options?: { readonly position: { readonly x: number; readonly y: number } }): Promise<void>;
  selectOption(selector: string, value: string): Promise<unknown>;
  locator(selector: string): {
    screenshot(options: { readonly animations: 'disabled'; readonly scale: 'css' }): Promise<Uint8Array>;
  };
  readonly keyboard: { press(key: string): Promise<void> };
  readonly mouse: { wheel(x: number, y: number): Promise<void> };
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  on(event: 'dialog', listener: (dialog: { message(): string; dismiss(): Promise<void> }) => void): void;
}

interface BrowserContext {
  newPage(): Promise<BrowserPage>;
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launchPersistentContext(folder: string, options: object): Promise<BrowserContext>;
  };
}

export interface Browser {
  readonly newPage: () => Promise<BrowserPage>;
  /** Ends the browser and forgets its profile. */
  readonly close: () => Promise<void>;
}

/** What is missing; undefined: a browser can be opened. */
export function whyNoBrowser(): string | undefined {
  if (findChromium() === undefined) return 'no Chromium is installed';
  return findPlaywright() === undefined ? 'playwright-core is not installed' : undefined;
}

/** A browser with an empty profile of its own. @throws Error where there is none */
export async function openBrowser(): Promise<Browser> {
  const playwright = findPlaywright();
  const executablePath = findChromium();
  if (playwright === undefined || executablePath === undefined) throw new Error(whyNoBrowser());
  const profile = mkdtempSync(join(tmpdir(), 'perpilot-browser-'));
  const context = await playwright.chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: FLAGS,
  });
  return {
    newPage: () => context.newPage(),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function findChromium(): string | undefined {
  return PLACES.find((path) => existsSync(path));
}

function findPlaywright(): Playwright | undefined {
  try {
    return createRequire(import.meta.url)('playwright-core') as Playwright;
  } catch {
    return undefined;
  }
}
