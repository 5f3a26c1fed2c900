/** Decides which of JupyterLab's dialogs are put away: those about what the room settles by itself. */

import { Dialog } from '@jupyterlab/apputils';

// A browser's own words for a request that reached nobody: Chromium's, Firefox's, Safari's.
const NO_NETWORK = /Failed to fetch|NetworkError when attempting to fetch|Load failed/;
// The room's server writes shared notebooks by itself. Whoever saves at that very moment is asked
// which of two versions to keep, and there are no two.
const WRITTEN = /has changed on disk since the last time it was opened or saved/;

/** Put away what would cover the work: the status line says that the network is cut, a save is repeated. */
export function dismissDialogs(): void {
  Dialog.tracker.widgetAdded.connect((_, dialog) => {
    const words = dialog.node.textContent ?? '';
    if (NO_NETWORK.test(words) || WRITTEN.test(words)) {
      // It is made now and shown next: only what is shown can be answered.
      window.setTimeout(() => dialog.reject(), 0);
    }
  });
}
