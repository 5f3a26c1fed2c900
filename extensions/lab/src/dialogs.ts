/** Decides which of JupyterLab's dialogs are put away: those that only say what the status line says. */

import { Dialog } from '@jupyterlab/apputils';

// A browser's own words for a request that reached nobody: Chromium's, Firefox's, Safari's.
const NO_NETWORK = /Failed to fetch|NetworkError when attempting to fetch|Load failed/;

/** A cut network is said in the status line; a dialog would cover what is being typed. */
export function dismissNetworkDialogs(): void {
  Dialog.tracker.widgetAdded.connect((_, dialog) => {
    if (NO_NETWORK.test(dialog.node.textContent ?? '')) {
      // It is made now and shown next: only what is shown can be answered.
      window.setTimeout(() => dialog.reject(), 0);
    }
  });
}
