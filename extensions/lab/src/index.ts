/** Decides what is added to JupyterLab: the interview's room, the notebook it begins with, and quiet when a connection is lost. */

import { IConnectionLost, type JupyterFrontEndPlugin } from '@jupyterlab/application';

import { addressPlugin } from './address.ts';
import { roomPlugin } from './plugin.ts';

const connectionPlugin: JupyterFrontEndPlugin<IConnectionLost> = {
  id: 'viva-lab:connection-lost',
  description: 'Says nothing in a dialog when the server is lost: the panel says it.',
  autoStart: true,
  provides: IConnectionLost,
  activate: () => () => Promise.resolve()
};

export default [roomPlugin, addressPlugin, connectionPlugin];
