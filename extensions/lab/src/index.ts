/** Decides what is added to JupyterLab: the interview's panel, and quiet when a connection is lost. */

import {
  IConnectionLost,
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import style from '../style/panel.css';
import { Desk } from './desk.ts';
import { finishWidget } from './finish.ts';
import { Interview } from './interview.ts';
import { Keeper } from './keeper.ts';
import { followKernels } from './kernels.ts';
import { InterviewPanel } from './panel.ts';
import { enterAgain, fetchSession } from './session.ts';
import { element } from './views/dom.ts';

const FOCUS_PANEL = 'viva:focus-panel';

const interviewPlugin: JupyterFrontEndPlugin<void> = {
  id: 'viva-lab:interview',
  description: 'The interview: brief, time left, submit.',
  autoStart: true,
  requires: [ILabShell, INotebookTracker, IDocumentManager, IRenderMimeRegistry, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    notebooks: INotebookTracker,
    documents: IDocumentManager,
    rendermime: IRenderMimeRegistry,
    palette: ICommandPalette
  ) => {
    document.head.append(element('style', '', [style]));
    const interview = new Interview({
      desk: new Desk(notebooks, documents),
      fetchSession: () => fetchSession(app.serviceManager.serverSettings),
      display: room => panel.display(room),
      finish: () => {
        keeper.stop();
        shell.add(finishWidget(), 'main');
      }
    });
    const keeper = new Keeper({
      notebooks,
      ask: () => interview.saved(),
      enterAgain: () => enterAgain(app.serviceManager.serverSettings),
      brief: () => interview.brief,
      display: state => panel.displaySaved(state)
    });
    const panel = new InterviewPanel(rendermime, {
      open: path => void documents.openOrReveal(path),
      submit: () => void interview.submit(),
      reveal: () => {
        if (shell.rightCollapsed) {
          shell.expandRight();
        }
      },
      receiptUrl: room => interview.receiptUrl(room)
    });
    shell.add(panel, 'right', { rank: 1 });
    addFocusCommand(app, palette, () => {
      shell.activateById(panel.id);
      panel.focus();
    });
    void shell.restored.then(async ({ fresh }) => {
      shell.activateById(panel.id);
      if (fresh === true) {
        // The file browser opens itself on the same signal: let it, then fold it away.
        window.setTimeout(() => shell.collapseLeft(), 0);
      }
      await interview.start();
      keeper.start();
      followKernels(notebooks, text => panel.displayKernel(text));
    });
  }
};

function addFocusCommand(app: JupyterFrontEnd, palette: ICommandPalette, execute: () => void): void {
  app.commands.addCommand(FOCUS_PANEL, { label: 'Go to the Interview Panel', execute });
  app.commands.addKeyBinding({ command: FOCUS_PANEL, keys: ['Alt Shift V'], selector: 'body' });
  palette.addItem({ command: FOCUS_PANEL, category: 'Interview' });
}

const connectionPlugin: JupyterFrontEndPlugin<IConnectionLost> = {
  id: 'viva-lab:connection-lost',
  description: 'Says nothing in a dialog when the server is lost: the panel says it.',
  autoStart: true,
  provides: IConnectionLost,
  activate: () => () => Promise.resolve()
};

export default [interviewPlugin, connectionPlugin];
