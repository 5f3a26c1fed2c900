/** Decides how a question's brief is rendered: JupyterLab's Markdown, sanitised, never trusted. */

import type { IRenderMimeRegistry, Renderer } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import type { PanelQuestion } from '../panel.gen.ts';
import { phaseOf, type Room } from '../room.ts';
import { element } from './dom.ts';

const MARKDOWN = 'text/markdown';

export class BriefView {
  readonly node = element('section', 'viva-Brief', [], { 'aria-label': 'Brief' });
  readonly #rendermime: IRenderMimeRegistry;
  #renderer: Renderer | null = null;
  #shown = '';

  constructor(rendermime: IRenderMimeRegistry) {
    this.#rendermime = rendermime;
  }

  update(room: Room): void {
    const question = questionInFront(room);
    this.node.hidden = question === null || phaseOf(room) === 'submitted';
    // A renderer can be attached only to a node that stands in the page.
    if (question === null || question.brief === this.#shown || !this.node.isConnected) {
      return;
    }
    this.#shown = question.brief;
    void this.#render(question.brief);
  }

  async #render(markdown: string): Promise<void> {
    this.#renderer?.dispose();
    const renderer = this.#rendermime.createRenderer(MARKDOWN);
    this.#renderer = renderer;
    Widget.attach(renderer, this.node);
    const data = { [MARKDOWN]: markdown };
    await renderer.renderModel(this.#rendermime.createModel({ data, trusted: false }));
    this.node.scrollTop = 0;
  }
}

/** The question whose notebook is in front; the first one while none is. */
function questionInFront(room: Room): PanelQuestion | null {
  const questions = room.brief?.questions ?? [];
  return questions.find(each => each.path === room.current) ?? questions[0] ?? null;
}
