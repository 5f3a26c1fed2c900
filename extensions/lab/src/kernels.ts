/** Decides what the room says when a kernel ends by itself: in the panel, and in no dialog. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

const WORDS =
  'The kernel of this notebook ended and is being started again. Your notebook is kept, its variables are gone: run your cells again from the top.';
const GAVE_UP = 'The kernel of this notebook ends again and again. Choose Kernel, then Restart Kernel.';

/** `tell` hears what to say; an empty text once a cell has run again. */
export function followKernels(notebooks: INotebookTracker, tell: (text: string) => void): void {
  const follow = (panel: NotebookPanel): void => {
    let ended = false;
    const put = (text: string): void => {
      ended = text !== '';
      tell(text);
    };
    // JupyterLab says the same in a dialog that takes the keyboard, unless it believes that it has
    // said so already. It has no setting for it.
    Object.defineProperty(panel, '_autorestarting', { get: () => true, set: () => undefined });
    const { sessionContext } = panel.context;
    sessionContext.statusChanged.connect((_, status) => {
      if (status === 'autorestarting' || status === 'dead') {
        put(status === 'dead' ? GAVE_UP : WORDS);
      }
    });
    // Not when the kernel is merely "busy": it is so too when somebody asks for its name.
    sessionContext.iopubMessage.connect((_, message) => {
      if (ended && message.header.msg_type === 'execute_input') {
        put('');
      }
    });
  };
  notebooks.forEach(follow);
  notebooks.widgetAdded.connect((_, panel) => follow(panel));
}
