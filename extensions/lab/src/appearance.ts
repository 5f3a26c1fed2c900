/** Decides how the candidate changes the room's looks: theme by name, one step of every font at a time. */

import type { IThemeManager } from '@jupyterlab/apputils';

import contrastStyle from '../style/contrast.css';

export type Look = 'system' | 'light' | 'dark' | 'contrast-light' | 'contrast-dark';

const LIGHT = 'JupyterLab Light';
const DARK = 'JupyterLab Dark';
const CONTRAST_LIGHT = 'Viva Light High Contrast';
const CONTRAST_DARK = 'JupyterLab Dark High Contrast';
const THEMES: Readonly<Record<Exclude<Look, 'system'>, string>> = {
  light: LIGHT,
  dark: DARK,
  'contrast-light': CONTRAST_LIGHT,
  'contrast-dark': CONTRAST_DARK
};
const LIGHT_STYLE = '@jupyterlab/theme-light-extension/index.css';
const FONTS = ['code-font-size', 'content-font-size1', 'ui-font-size1'];
const MORE_CONTRAST = '(prefers-contrast: more)';

export class Appearance {
  readonly #themes: IThemeManager;

  constructor(themes: IThemeManager) {
    this.#themes = themes;
    registerContrastLight(themes);
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

  /** Whoever asked their system for more contrast gets it here, as long as the look is the system's. */
  async followContrast(): Promise<void> {
    const more = window.matchMedia(MORE_CONTRAST);
    more.addEventListener('change', () => void this.#prefer(more.matches));
    await this.#prefer(more.matches);
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

  async #prefer(contrast: boolean): Promise<void> {
    const [light, dark] = contrast ? [CONTRAST_LIGHT, CONTRAST_DARK] : [LIGHT, DARK];
    // Each of these is written to the room's server: only what differs.
    if (this.#themes.preferredLightTheme !== light) {
      await this.#themes.setPreferredLightTheme(light);
    }
    if (this.#themes.preferredDarkTheme !== dark) {
      await this.#themes.setPreferredDarkTheme(dark);
    }
  }
}

/** JupyterLab brings high contrast on black only. */
function registerContrastLight(themes: IThemeManager): void {
  const style = document.createElement('style');
  style.textContent = contrastStyle;
  themes.register({
    name: CONTRAST_LIGHT,
    displayName: CONTRAST_LIGHT,
    isLight: true,
    themeScrollbars: false,
    load: async () => {
      await themes.loadCSS(LIGHT_STYLE);
      document.body.append(style);
    },
    unload: () => {
      style.remove();
      return Promise.resolve();
    }
  });
}
