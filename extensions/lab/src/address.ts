/** Decides which notebook a page begins with: the one that its address names, opened once and before all others. */

import { ILabShell, JupyterFrontEnd, type JupyterFrontEndPlugin, type TreePaths, type TreeResolver } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';

/**
 * Stands in the place of JupyterLab's own, which page_config.json leaves out. That one has the file browser open the notebook,
 * after it has asked the server for folders and files: whatever a person had opened meanwhile was put behind it.
 */
export const addressPlugin: JupyterFrontEndPlugin<TreeResolver> = {
  id: 'viva-lab:address',
  description: 'Opens the notebook that the address names.',
  autoStart: true,
  requires: [ILabShell, IDocumentManager],
  provides: JupyterFrontEnd.ITreeResolver,
  activate: (_, shell: ILabShell, documents: IDocumentManager) => ({ paths: open(shell, documents) })
};

/** What is left for the file browser to open. */
async function open(shell: ILabShell, documents: IDocumentManager): Promise<TreePaths> {
  const path = PageConfig.getOption('treePath');
  // What the last page had open comes back first.
  await shell.restored;
  if (!path.endsWith('.ipynb')) {
    return { browser: '', file: path };
  }
  documents.openOrReveal(path);
  return { browser: '', file: '' };
}
