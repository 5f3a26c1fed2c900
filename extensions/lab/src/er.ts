/** Decides where tables stand in the small picture of a database: those that are referred to above. */

import type { DatabaseSchema } from './room.gen.ts';

export interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly keys: readonly string[];
}

export interface Line {
  readonly from: string;
  readonly to: string;
  /** A curve from the lower table's top to the upper table's bottom. */
  readonly path: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

const WIDTH = 320;
const PER_ROW = 2;
const GAP = 12;
const RISE = 32;
const LINE_HEIGHT = 15;
const HEAD = 22;

export function pictureOf(schema: DatabaseSchema): Picture {
  const links = schema.tables.flatMap(table =>
    table.columns
      .filter(column => column.references !== null)
      .map(column => ({ from: table.name, to: tableOf(column.references ?? ''), column: column.name }))
  );
  const depth = depths(schema, links);
  const boxes = new Map<string, Box>();
  let y = 1;
  for (let level = 0; level <= Math.max(0, ...depth.values()); level += 1) {
    const names = schema.tables.map(each => each.name).filter(name => depth.get(name) === level);
    for (let start = 0; start < names.length; start += PER_ROW) {
      const row = names.slice(start, start + PER_ROW);
      y = placeRow(schema, row, y, boxes) + RISE;
    }
  }
  const lines = links.flatMap(({ from, to }) => line(boxes.get(from), boxes.get(to)));
  return { width: WIDTH, height: y - RISE + 1, boxes: [...boxes.values()], lines };
}

function placeRow(schema: DatabaseSchema, names: readonly string[], y: number, boxes: Map<string, Box>): number {
  const width = (WIDTH - 2 - GAP * (PER_ROW - 1)) / PER_ROW;
  const indent = (WIDTH - names.length * width - (names.length - 1) * GAP) / 2;
  let bottom = y;
  names.forEach((name, index) => {
    const columns = schema.tables.find(each => each.name === name)?.columns ?? [];
    const keys = columns
      .filter(each => each.primary || each.references !== null)
      .map(each => `${each.primary ? '⚷ ' : ''}${each.name}${each.references === null ? '' : ' →'}`);
    const height = HEAD + keys.length * LINE_HEIGHT + (keys.length > 0 ? 6 : 0);
    boxes.set(name, { name, keys, width, height, y, x: indent + index * (width + GAP) });
    bottom = Math.max(bottom, y + height);
  });
  return bottom;
}

function line(from: Box | undefined, to: Box | undefined): Line[] {
  if (from === undefined || to === undefined || from === to) {
    return [];
  }
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
  const upward = from.y > to.y;
  const y1 = upward ? from.y : from.y + from.height;
  const y2 = upward ? to.y + to.height : to.y;
  const middle = (y1 + y2) / 2;
  return [{ from: from.name, to: to.name, path: `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}` }];
}

/** How many references lead on from a table; a circle of references ends where it began. */
function depths(schema: DatabaseSchema, links: readonly { from: string; to: string }[]): Map<string, number> {
  const known = new Map<string, number>();
  const visit = (name: string, path: readonly string[]): number => {
    const done = known.get(name);
    if (done !== undefined) {
      return done;
    }
    const next = links.filter(each => each.from === name && each.to !== name && !path.includes(each.to));
    const depth = Math.max(0, ...next.map(each => 1 + visit(each.to, [...path, name])));
    known.set(name, depth);
    return depth;
  };
  schema.tables.forEach(each => visit(each.name, []));
  return known;
}

/** The table of `table.column`; a table's own name may have a dot in front of it. */
export function tableOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf('.'));
}
