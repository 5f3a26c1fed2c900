/** Decides how the candidate changes the room's looks: theme by name, one step of every font at a time. */

import type { IThemeManager } from '@jupyterlab/apputils';

export type Look = 'system' | 'light' | 'dark' | 'contrast';

const THEMES: Readonly<Record<Exclude<Look, 'system'>, string>> = {
  light: 'JupyterLab Light',
  dark: 'JupyterLab Dark',
  contrast: 'JupyterLab Dark High Contrast'
};
const FONTS = ['code-font-size', 'content-font-size1', 'ui-font-size1'];

export class Appearance {
  readonly #themes: IThemeManager;

  constructor(themes: IThemeManager) {
    this.#themes = themes;
  }

  get look(): Look {
    if (this.#themes.isToggledAdaptiveTheme()) {
      return 'system';
    }
    const named = Object.entries(THEMES).find(([, theme]) => theme === this.#themes.theme);
    return (named?.[0] as Look | undefined) ?? 'light';
  }

  /** Call `tell` when another theme is in force. */
  watch(tell: () => void): void {
    this.#themes.themeChanged.connect(tell);
  }

  async choose(look: Look): Promise<void> {
    if ((look === 'system') !== this.#themes.isToggledAdaptiveTheme()) {
      await this.#themes.toggleAdaptiveTheme();
    }
    if (look !== 'system') {
      await this.#themes.setTheme(THEMES[look]);
    }
  }

  async resize(larger: boolean): Promise<void> {
    for (const key of FONTS) {
      await (larger ? this.#themes.incrFontSize(key) : this.#themes.decrFontSize(key));
    }
  }
}
