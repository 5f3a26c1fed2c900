/** Decides when the room says that its disk is full, and what of the candidate's work is kept then. */

import type { Space } from './room.gen.ts';

const LOOK_MS = 10_000;
// Whoever has been told frees some, and waits for the word.
const FULL_LOOK_MS = 3000;

/** Empty while there is space. */
export function spaceText(space: Space): string {
  if (!space.full) {
    return '';
  }
  return (
    `The disk of your room is full (${space.size_mib} MiB). The question notebooks are recorded elsewhere: ` +
    'as long as the status says Saved, they are kept and will be handed in. Not kept: files that your code ' +
    'writes, and the scratch notebook. Delete files that you do not need, and this goes away by itself.'
  );
}

/** `look` gives null where the room does not answer: then what was said last stays. */
export function followSpace(look: () => Promise<Space | null>, tell: (text: string) => void): void {
  const again = async (): Promise<void> => {
    const space = await look();
    if (space !== null) {
      tell(spaceText(space));
    }
    window.setTimeout(() => void again(), space?.full === true ? FULL_LOOK_MS : LOOK_MS);
  };
  void again();
}
