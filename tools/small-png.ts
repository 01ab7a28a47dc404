// How small can a picture of a page be? A PNG of at most 256 colours, every hue among them; the rest take the nearest.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_COLOURS = 256;
const MOST_HUES = 200;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** One number per pixel, row by row: red, green and blue in its three lowest bytes. */
  readonly colours: Uint32Array;
}

/** The same picture in fewer bytes. Expects what browsers write: 8 bits a channel, RGB or opaque RGBA, not interlaced. */
export function smallPng(png: Uint8Array): Uint8Array {
  const picture = readPng(Buffer.from(png));
  const palette = commonColours(picture.colours);
  return writePng(picture, palette);
}

/** The picture in a PNG of 8 bits a channel. @throws Error where it is of another kind */
export function readPng(file: Buffer): Picture {
  const chunks = chunksOf(file);
  const head = chunks.find(({ type }) => type === 'IHDR');
  if (head === undefined) throw new Error('this PNG has no head');
  const [width, height, depth, kind, interlaced] = [
    head.data.readUInt32BE(0),
    head.data.readUInt32BE(4),
    head.data[8],
    head.data[9],
    head.data[12],
  ];
  const channels = kind === 6 ? 4 : kind === 2 ? 3 : 0;
  if (depth !== 8 || channels === 0 || interlaced !== 0)
    throw new Error(`a PNG of kind ${kind}, ${depth} bits, cannot be read`);
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const bytes = unfiltered(inflateSync(packed), { stride: width * channels, height, channels });
  const colours = new Uint32Array(width * height);
  for (let pixel = 0; pixel < colours.length; pixel += 1) {
    const at = pixel * channels;
    colours[pixel] = bytes[at] * 65_536 + bytes[at + 1] * 256 + bytes[at + 2];
  }
  return { width, height, colours };
}

function chunksOf(file: Buffer): { readonly type: string; readonly data: Buffer }[] {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new Error('this is no PNG');
  const chunks = [];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    chunks.push({ type: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

/** Rows are stored as differences to their neighbours; the first byte of each says to which (PNG, third edition, clause 9). */
function unfiltered(
  raw: Buffer,
  { stride, height, channels }: { readonly stride: number; readonly height: number; readonly channels: number },
): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = row * stride + x;
      const left = x >= channels ? out[at - channels] : 0;
      const above = row > 0 ? out[at - stride] : 0;
      const corner = x >= channels && row > 0 ? out[at - stride - channels] : 0;
      out[at] = (raw[row * (stride + 1) + 1 + x] + guessOf(filter, left, above, corner)) & 255;
    }
  }
  return out;
}

function guessOf(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, corner);
    default:
      return 0;
  }
}

/** The neighbour nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/**
 * Of every hue that occurs its most frequent colour, then the most frequent of all: lines of few pixels keep their colour
 * beside the many greys of text. Equal counts go by value, so that equal pictures give equal bytes.
 */
function commonColours(colours: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts]
    .toSorted(([a, countA], [b, countB]) => countB - countA || a - b)
    .map(([colour]) => colour);
  const hues = new Map<number, number>();
  for (const colour of byCount) if (!hues.has(hueOf(colour))) hues.set(hueOf(colour), colour);
  return [...new Set([...[...hues.values()].slice(0, MOST_HUES), ...byCount])].slice(0, MOST_COLOURS);
}

/** The four highest bits of every channel. */
function hueOf(colour: number): number {
  return colour & 0xf0f0f0;
}

function writePng({ width, height, colours }: Picture, palette: readonly number[]): Buffer {
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let pixel = 0; pixel < colours.length; pixel += 1) {
    const colour = colours[pixel];
    const place = places.get(colour) ?? nearest(colour, palette);
    places.set(colour, place);
    rows[pixel + Math.floor(pixel / width) + 1] = place;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(channelsOf))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function channelsOf(colour: number): [red: number, green: number, blue: number] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function nearest(colour: number, palette: readonly number[]): number {
  const [red, green, blue] = channelsOf(colour);
  let best = 0;
  let least = Infinity;
  for (const [place, other] of palette.entries()) {
    const [otherRed, otherGreen, otherBlue] = channelsOf(other);
    const distance = (red - otherRed) ** 2 + (green - otherGreen) ** 2 + (blue - otherBlue) ** 2;
    if (distance < least) [best, least] = [place, distance];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
