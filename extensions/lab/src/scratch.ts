/** Decides where a candidate tries things out: a notebook that nobody collects. */

import type { IDocumentManager } from '@jupyterlab/docmanager';
import { ServerConnection, type Contents } from '@jupyterlab/services';

export const SCRATCH_PATH = 'scratch.ipynb';

const WORDS =
  '### Scratch\n\nTry things here. This notebook is not handed in and not graded; it has a kernel of its own, so names from your answers are not known in it.';

/** Open the scratch notebook; it is made when it is first asked for. */
export async function openScratch(contents: Contents, documents: IDocumentManager): Promise<void> {
  try {
    await contents.get(SCRATCH_PATH, { content: false });
  } catch (error) {
    // Whatever else went wrong, what was written there before may still be there.
    if (!(error instanceof ServerConnection.ResponseError && error.response.status === 404)) {
      return;
    }
    await contents.save(SCRATCH_PATH, { type: 'notebook', format: 'json', content: EMPTY });
  }
  documents.openOrReveal(SCRATCH_PATH);
}

const EMPTY = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
  cells: [
    { id: 'words', cell_type: 'markdown', metadata: {}, source: WORDS },
    { id: 'first', cell_type: 'code', metadata: {}, source: '', outputs: [], execution_count: null }
  ]
};
