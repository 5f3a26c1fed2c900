/** Decides where a question's parts begin and end: by the author's headings, as they stand in the notebook. */

/** What is known of a cell without its content being shown anywhere. */
export interface CellFacts {
  readonly id: string;
  readonly type: 'code' | 'markdown' | 'raw';
  readonly source: string;
  /** The author's own: not to be edited. */
  readonly locked: boolean;
  readonly graded: boolean;
  readonly solution: boolean;
}

export interface Part {
  readonly title: string;
  readonly cells: readonly CellFacts[];
  /** The visible test cells, in order; what is hidden never came into this room. */
  readonly tests: readonly CellFacts[];
  readonly hasAnswer: boolean;
}

const HEADING = /^#{1,2}\s+(.+)$/m;
export const INTRODUCTION = 'Introduction';

interface Nbgrader {
  readonly grade?: boolean;
  readonly solution?: boolean;
  readonly locked?: boolean;
}

export function factsOf(
  cell: { id: string; type: CellFacts['type']; source: string },
  nbgrader: unknown
): CellFacts {
  const { grade, solution, locked } = (nbgrader ?? {}) as Nbgrader;
  const { id, type, source } = cell;
  return {
    id,
    type,
    source,
    locked: locked === true,
    graded: grade === true,
    solution: solution === true
  };
}

/** What comes before the first answer is the introduction; it is left out where there is none. */
export function partsOf(cells: readonly CellFacts[]): Part[] {
  const groups: { title: string; cells: CellFacts[] }[] = [{ title: INTRODUCTION, cells: [] }];
  for (const cell of cells) {
    const heading = cell.locked && cell.type === 'markdown' ? HEADING.exec(cell.source) : null;
    const last = groups.at(-1);
    if (heading?.[1] !== undefined && (last?.cells.length ?? 0) > 0) {
      groups.push({ title: heading[1], cells: [cell] });
    } else {
      last?.cells.push(cell);
    }
  }
  return groups.filter(each => each.cells.length > 0).map(({ title, cells: own }) => ({
    title,
    cells: own,
    tests: own.filter(isTest),
    hasAnswer: own.some(each => each.solution)
  }));
}

export function isTest(cell: CellFacts): boolean {
  return cell.type === 'code' && cell.graded && !cell.solution;
}

/** Cells that may be edited: answers, and whatever the candidate added. */
export function isEditable(cell: CellFacts): boolean {
  return !cell.locked && !(cell.graded && !cell.solution);
}

/** The part that a cell belongs to. */
export function partAround(parts: readonly Part[], cellId: string): Part | undefined {
  return parts.find(part => part.cells.some(each => each.id === cellId));
}

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The smallest replacement that turns one text into another: what was typed, not the whole cell. */
export function editBetween(before: string, after: string): Edit | null {
  if (before === after) {
    return null;
  }
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) {
    start += 1;
  }
  let same = 0;
  while (same < most - start && before[before.length - 1 - same] === after[after.length - 1 - same]) {
    same += 1;
  }
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}
