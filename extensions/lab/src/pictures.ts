/** Decides what a picture that a cell made is called, for whoever does not see it. */

import { type DataModel, type IRenderMimeRegistry, RenderedImage } from '@jupyterlab/rendermime';

// Before JupyterLab's own, which gives it no name at all.
const RANK = 80;
const KINDS = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp'];

class NamedImage extends RenderedImage {
  override async renderModel(model: DataModel): Promise<void> {
    await super.renderModel(model);
    this.node.querySelector('img:not([alt])')?.setAttribute('alt', nameOf(model));
  }
}

/** The candidate's own words, as `Image(alt=…)` has them; otherwise what the object says of itself. */
export function nameOf({ data, metadata }: DataModel): string {
  const said = Object.values(metadata ?? {}).map(each => (each as { alt?: unknown } | null)?.alt);
  const alt = said.find(each => typeof each === 'string' && each !== '');
  const text = data['text/plain'];
  return String(alt ?? `Picture that this cell made${typeof text === 'string' ? `: ${text}` : ''}`);
}

export function namePictures(rendermime: IRenderMimeRegistry): void {
  rendermime.addFactory({ safe: true, mimeTypes: KINDS, createRenderer: options => new NamedImage(options) }, RANK);
}
