/** Decides which of the room's actions have a key, a place in the palette and a name there. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';

import { checkIcon } from './icon.ts';

export type Actions = Readonly<Record<'focus' | 'check' | 'form' | 'scratch', () => void>>;

const COMMANDS: readonly { id: string; action: keyof Actions; label: string; key?: string }[] = [
  { id: 'viva:focus-panel', action: 'focus', label: 'Go to the Interview Panel', key: 'V' },
  // Named in default_setting_overrides.json too: it stands in every cell's toolbar.
  { id: 'viva:check-part', action: 'check', label: 'Check This Part', key: 'C' },
  { id: 'viva:form-mode', action: 'form', label: 'Show One Part at a Time', key: 'F' },
  { id: 'viva:scratch', action: 'scratch', label: 'Open the Scratch Notebook' }
];

export function addCommands(app: JupyterFrontEnd, palette: ICommandPalette, actions: Actions): void {
  for (const { id, action, label, key } of COMMANDS) {
    const icon = action === 'check' ? { icon: checkIcon } : {};
    app.commands.addCommand(id, { label, caption: label, ...icon, execute: actions[action] });
    if (key !== undefined) {
      app.commands.addKeyBinding({ command: id, keys: [`Alt Shift ${key}`], selector: 'body' });
    }
    palette.addItem({ command: id, category: 'Interview' });
  }
}
