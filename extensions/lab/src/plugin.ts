/** Decides how the room's pieces are put together in JupyterLab. */

import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IThemeManager } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import style from '../style/panel.css';
import rowsStyle from '../style/rows.css';
import formStyle from '../style/form.css';
import { Appearance } from './appearance.ts';
import { CellRuns, partsIn } from './cellruns.ts';
import { addCommands } from './commands.ts';
import { Desk } from './desk.ts';
import { dismissDialogs } from './dialogs.ts';
import { EagerRuns } from './eager.ts';
import { finishWidget } from './finish.ts';
import { FormMode } from './form/form.ts';
import { Interview } from './interview.ts';
import { Keeper } from './keeper.ts';
import { followKernels } from './kernels.ts';
import { InterviewPanel } from './panel.ts';
import { labelJupyterLab } from './labels.ts';
import { partAround } from './parts.ts';
import { labelMenus } from './menus.ts';
import { namePictures } from './pictures.ts';
import { NOTHING_TO_SAVE, type Room } from './room.ts';
import { showRows } from './rows.ts';
import { openScratch } from './scratch.ts';
import { enterAgain, fetchPackages, fetchSchema, fetchSession, fetchSpace } from './session.ts';
import { followSpace } from './space.ts';
import { colourSqlCells } from './sqlcells.ts';
import { element } from './views/dom.ts';
import { FORM_KEYS, NOTEBOOK_KEYS, type HelpActions } from './views/help.ts';
import type { Checker } from './views/parts.ts';
import type { ReadSchema } from './views/schema.ts';

// Below this width a notebook beside a panel cannot be used: the form is opened by itself, and put away again.
const NARROW = '(width <= 700px)';

interface Services {
  app: JupyterFrontEnd;
  shell: ILabShell;
  notebooks: INotebookTracker;
  documents: IDocumentManager;
  rendermime: IRenderMimeRegistry;
  palette: ICommandPalette;
  themes: IThemeManager;
}

export const roomPlugin: JupyterFrontEndPlugin<void> = {
  id: 'viva-lab:interview',
  description: 'The interview: brief, checks, schema, help, time left, submit.',
  autoStart: true,
  requires: [
    ILabShell,
    INotebookTracker,
    IDocumentManager,
    IRenderMimeRegistry,
    ICommandPalette,
    IThemeManager
  ],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    notebooks: INotebookTracker,
    documents: IDocumentManager,
    rendermime: IRenderMimeRegistry,
    palette: ICommandPalette,
    themes: IThemeManager
  ) => build({ app, shell, notebooks, documents, rendermime, palette, themes })
};

function build(services: Services): void {
  const { app, shell, notebooks, documents, rendermime, palette, themes } = services;
  document.head.append(element('style', '', [style, rowsStyle, formStyle]));
  showRows(rendermime);
  namePictures(rendermime);
  colourSqlCells(notebooks);
  labelJupyterLab(notebooks, app.restored);
  labelMenus();
  dismissDialogs();
  const runs = new CellRuns(notebooks);
  const desk = new Desk(notebooks, documents);
  let waiting = 0;
  let saved = NOTHING_TO_SAVE;
  const eager = new EagerRuns(
    notebooks,
    count => {
      waiting = count;
      interview.look();
    },
    text => panel.displayKernel(text)
  );
  const interview = new Interview({
    desk,
    desktop: () => desk.stateOfCurrent(panel => runs.checksOf(panel), { saved, waiting }),
    fetchSession: () => fetchSession(app.serviceManager.serverSettings),
    display: room => {
      panel.display(room);
      form.display(room);
    },
    finish: room => {
      keeper.stop();
      shell.add(finishWidget(room), 'main');
    },
    // A new page, so that nothing of practice is left in this one.
    enter: path => window.location.assign(`${app.serviceManager.serverSettings.baseUrl}lab/tree/${encodeURI(path)}`)
  });
  const keeper = new Keeper({
    notebooks,
    ask: () => interview.saved(),
    enterAgain: () => enterAgain(app.serviceManager.serverSettings),
    brief: () => interview.brief,
    display: state => {
      saved = state;
      interview.look();
    }
  });
  const receiptUrl = (room: Room): string | null => interview.receiptUrl(room);
  const submit = (): void => void interview.submit();
  const begin = (): void => void interview.begin();
  const appearance = new Appearance(themes);
  const schema: ReadSchema = () => fetchSchema(app.serviceManager.serverSettings);
  const help: Pick<HelpActions, 'scratch' | 'packages'> = {
    scratch: () => {
      form.leave();
      void openScratch(app.serviceManager.contents, documents);
    },
    packages: () => fetchPackages(app.serviceManager.serverSettings)
  };
  const form: FormMode = new FormMode(rendermime, runs, appearance, {
    open: path => openNotebook(documents, path),
    submit,
    begin,
    receiptUrl,
    schema,
    help: { ...help, other: null, keys: FORM_KEYS }
  });
  const openForm = (): void => void form.enter(runs.panel?.context.path ?? '');
  const switchForm = (): void => (form.isOpen ? form.leave() : openForm());
  const panel = new InterviewPanel(rendermime, appearance, {
    open: path => desk.open(path),
    submit,
    begin,
    receiptUrl,
    reveal: () => {
      if (shell.rightCollapsed) {
        shell.expandRight();
      }
    },
    ...help,
    other: { label: 'One part at a time', go: openForm },
    keys: NOTEBOOK_KEYS,
    schema,
    checker: checkerOf(runs)
  });
  shell.add(panel, 'right', { rank: 1 });
  addCommands(app, palette, {
    focus: () => {
      shell.activateById(panel.id);
      panel.focus();
    },
    check: () => {
      const part = partInFront(runs);
      if (part !== null) {
        shell.activateById(panel.id);
        void panel.check(part);
      }
    },
    form: switchForm,
    scratch: help.scratch
  });
  void start(services, interview, panel).then(() => {
    followWidth(form, openForm);
    keeper.start();
    followKernels(notebooks, text => {
      panel.displayKernel(text);
      form.displayKernel(text);
    });
    followSpace(
      () => fetchSpace(app.serviceManager.serverSettings),
      text => {
        panel.displaySpace(text);
        form.displaySpace(text);
      }
    );
  });
  void app.restored.then(() => appearance.followContrast());
  eager.start();
}

async function start(
  { shell }: Services,
  interview: Interview,
  panel: InterviewPanel
): Promise<void> {
  const { fresh } = await shell.restored;
  shell.activateById(panel.id);
  if (fresh === true) {
    // The file browser opens itself on the same signal: let it, then fold it away.
    window.setTimeout(() => shell.collapseLeft(), 0);
  }
  await interview.start();
}

/** Whoever opened the form themselves keeps it, however wide the window becomes. */
function followWidth(form: FormMode, open: () => void): void {
  const narrow = window.matchMedia(NARROW);
  let opened = false;
  const follow = (): void => {
    if (narrow.matches && !form.isOpen) {
      opened = true;
      open();
    } else if (!narrow.matches && opened) {
      opened = false;
      form.leave();
    }
  };
  narrow.addEventListener('change', follow);
  follow();
}

function checkerOf(runs: CellRuns): Checker {
  return {
    path: () => runs.panel?.context.path ?? '',
    parts: () => (runs.panel === null ? null : partsIn(runs.panel)),
    check: part =>
      runs.panel === null
        ? Promise.resolve({ part: part.title, reports: [], problem: 'No notebook is open.' })
        : runs.check(runs.panel, part),
    stop: path => void runs.panelOf(path)?.context.sessionContext.session?.kernel?.interrupt()
  };
}

/** The title of the part that the active cell belongs to. */
function partInFront(runs: CellRuns): string | null {
  const { panel } = runs;
  const cell = panel?.content.activeCell;
  return panel && cell ? (partAround(partsIn(panel), cell.model.id)?.title ?? null) : null;
}

async function openNotebook(documents: IDocumentManager, path: string): Promise<NotebookPanel | null> {
  const widget = documents.openOrReveal(path) as NotebookPanel | undefined;
  await widget?.context.ready;
  return widget ?? null;
}
