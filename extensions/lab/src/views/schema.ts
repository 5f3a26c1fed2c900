/** Decides how the candidate's database is described: a picture, then table by table. */

import { pictureOf } from '../er.ts';
import type { DatabaseSchema, SchemaColumn, SchemaTable } from '../room.gen.ts';
import { button, element, setText } from './dom.ts';
import { gridElement } from './grid.ts';

const SVG = 'http://www.w3.org/2000/svg';
const LOADING = 'Reading your database…';

/** Gives the schema, or one line that says why there is none. */
export type ReadSchema = () => Promise<DatabaseSchema | string>;

export class SchemaView {
  readonly node = element('section', 'viva-Schema', [], { 'aria-label': 'Schema' });
  readonly #status = element('p', 'viva-Hint', [], { role: 'status' });
  readonly #body = element('div', 'viva-Schema-body');
  readonly #read: ReadSchema;
  #reading = false;
  #known = false;

  constructor(read: ReadSchema) {
    this.#read = read;
    const refresh = button('Read again', 'viva-Small', () => void this.refresh());
    this.node.append(element('div', 'viva-Row', [this.#status, refresh]), this.#body);
  }

  /** Read the schema when it is first looked at. */
  open(): void {
    if (!this.#known) {
      void this.refresh();
    }
  }

  async refresh(): Promise<void> {
    if (this.#reading) {
      return;
    }
    this.#reading = true;
    setText(this.#status, LOADING);
    const answer = await this.#read();
    this.#reading = false;
    if (typeof answer === 'string') {
      setText(this.#status, answer);
      this.#body.replaceChildren();
      return;
    }
    this.#known = true;
    const { tables, left_out } = answer;
    const more = left_out > 0 ? ` ${left_out} more are not shown.` : '';
    setText(this.#status, `${tables.length} table${tables.length === 1 ? '' : 's'} in your own database.${more}`);
    this.#body.replaceChildren(picture(answer), ...tables.map(tableElement));
  }
}

function tableElement(table: SchemaTable): HTMLElement {
  const rows = table.rows === null ? 'many rows' : `${table.rows.toLocaleString()} row${table.rows === 1 ? '' : 's'}`;
  const summary = element('summary', '', [
    element('code', 'viva-Schema-name', [table.name]),
    element('span', 'viva-Schema-rows', [` ${table.view ? 'view, ' : ''}${rows}`])
  ]);
  const parts: HTMLElement[] = [summary, columnsElement(table)];
  if (table.sample.rows.length > 0) {
    parts.push(gridElement(table.sample, { caption: `First rows of ${table.name}`, sortable: false }));
  }
  return element('details', 'viva-Details', parts);
}

function columnsElement(table: SchemaTable): HTMLElement {
  const heads = ['Column', 'Type and key'].map(each => element('th', '', [each], { scope: 'col' }));
  const rows = table.columns.map(column =>
    element('tr', '', [
      element('th', '', [element('code', '', [column.name])], { scope: 'row' }),
      element('td', '', [describe(column)])
    ])
  );
  return element('table', 'viva-Grid viva-Schema-columns', [
    element('caption', 'viva-Hidden', [`Columns of ${table.name}`]),
    element('thead', '', [element('tr', '', heads)]),
    element('tbody', '', rows)
  ]);
}

function describe({ type, nullable, primary, references }: SchemaColumn): string {
  const key = primary ? ['primary key'] : [];
  const leads = references === null ? [] : [`refers to ${references}`];
  return [shortType(type), ...key, ...(nullable ? ['may be NULL'] : []), ...leads].join(', ');
}

function shortType(type: string): string {
  return type.replace('timestamp with time zone', 'timestamptz').replace('timestamp without time zone', 'timestamp');
}

/** The tables as boxes and their references as lines; the same in words for who does not see it. */
function picture(schema: DatabaseSchema): HTMLElement {
  const { width, height, boxes, lines } = pictureOf(schema);
  const words = lines.map(each => `${each.from} refers to ${each.to}`);
  const said = words.length > 0 ? `${words.join('; ')}.` : 'No table refers to another by a declared key.';
  const svg = svgElement('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `Tables and references: ${said}` });
  svg.append(
    ...lines.map(each => svgElement('path', { d: each.path, class: 'viva-Er-line' })),
    ...boxes.flatMap(({ name, keys, x, y, width: w, height: h }) => [
      svgElement('rect', { x, y, width: w, height: h, rx: 4, class: 'viva-Er-box' }),
      svgElement('text', { x: x + 8, y: y + 15, class: 'viva-Er-name' }, clip(name)),
      ...keys.map((key, index) =>
        svgElement('text', { x: x + 8, y: y + 33 + index * 15, class: 'viva-Er-key' }, clip(key))
      )
    ])
  );
  const caption = lines.length > 0 ? '⚷ primary key, → refers to the table above' : said;
  return element('figure', 'viva-Er', [svg, element('figcaption', 'viva-Hint', [caption])]);
}

function clip(text: string): string {
  return text.length > 21 ? `${text.slice(0, 20)}…` : text;
}

function svgElement(tag: string, attributes: Readonly<Record<string, string | number>>, text = ''): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, String(value));
  }
  made.append(text);
  return made;
}
