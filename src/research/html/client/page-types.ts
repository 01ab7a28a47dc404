// Which parts of a browser does the page's script use? Only these; the project knows no other part of it.

export interface PageEvent {
  readonly key?: string;
  readonly deltaY?: number;
  readonly ctrlKey?: boolean;
  readonly metaKey?: boolean;
  readonly clientX?: number;
  readonly pointerId?: number;
  preventDefault(): void;
}

export interface PageBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface PageElement {
  textContent: string | null;
  className: string;
  value?: string;
  checked?: boolean;
  selectedIndex?: number;
  scrollTop: number;
  readonly offsetTop: number;
  readonly clientHeight: number;
  readonly dataset: Record<string, string | undefined>;
  readonly parentElement: PageElement | null;
  append(...children: PageElement[]): void;
  replaceChildren(...children: PageElement[]): void;
  setAttribute(name: string, value: string): void;
  getAttribute(name: string): string | null;
  closest(selector: string): PageElement | null;
  querySelector(selector: 'canvas.candles' | 'canvas.overview'): PageCanvas | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  getBoundingClientRect(): PageBox;
  dispatchEvent(event: object): boolean;
  scrollIntoView(options: { readonly block: 'nearest' }): void;
  addEventListener(type: string, listener: (event: PageEvent) => void, options?: { readonly passive?: boolean }): void;
}

export interface PageCanvas extends PageElement {
  width: number;
  height: number;
  getContext(kind: '2d'): Drawing | null;
  focus(options: { readonly preventScroll: boolean }): void;
  setPointerCapture(pointerId: number): void;
}

export interface PageDocument {
  readonly documentElement: PageElement;
  readonly activeElement: PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  createElement(name: string): PageElement;
  createElementNS(namespace: string, name: string): PageElement;
}

/** The window. */
export interface Page {
  readonly document: PageDocument;
  readonly devicePixelRatio: number;
  readonly Event: new (type: string) => object;
  readonly ResizeObserver: new (listener: () => void) => { observe(element: PageElement): void };
  getComputedStyle(element: PageElement): { getPropertyValue(name: string): string };
  matchMedia(query: string): { addEventListener(type: 'change', listener: () => void): void };
  requestAnimationFrame(callback: () => void): number;
}

/** A canvas context. */
export interface Drawing {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  textAlign: 'left' | 'right' | 'center';
  textBaseline: 'middle' | 'top' | 'bottom';
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { readonly width: number };
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  rect(x: number, y: number, width: number, height: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  closePath(): void;
  fill(): void;
  stroke(): void;
  save(): void;
  restore(): void;
  clip(): void;
  setLineDash(pattern: readonly number[]): void;
}
