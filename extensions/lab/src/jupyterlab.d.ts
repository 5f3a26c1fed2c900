/**
 * Decides which part of JupyterLab's interface the room leans on, and nothing beyond it.
 *
 * JupyterLab brings these modules at run time (package.json, `sharedPackages`). Their own type
 * packages would pull some 300 npm packages into every setup; the browser test proves that what is
 * declared here is what JupyterLab really has.
 */

declare module '@lumino/widgets' {
  export interface Title {
    label: string;
    caption: string;
    closable: boolean;
    icon: unknown;
  }
  export class Widget {
    static attach(widget: Widget, host: HTMLElement): void;
    static detach(widget: Widget): void;
    constructor(options?: { node?: HTMLElement });
    id: string;
    readonly node: HTMLElement;
    readonly title: Title;
    readonly isAttached: boolean;
    readonly parent: Widget | null;
    /** Have the layout ask again how small this may become. */
    fit(): void;
    readonly isDisposed: boolean;
    readonly disposed: { connect(slot: () => void): boolean };
    addClass(name: string): void;
    dispose(): void;
    /** Lumino's own verbs, named so that no subclass takes them for something else. */
    show(): void;
    hide(): void;
    update(): void;
    activate(): void;
    protected onAfterAttach(message: unknown): void;
    protected onBeforeDetach(message: unknown): void;
  }
}

declare module '@jupyterlab/services' {
  export interface ServerSettings {
    readonly baseUrl: string;
  }
  export interface IOPubMessage {
    readonly header: { readonly msg_type: string };
    readonly content: { readonly data?: Readonly<Record<string, unknown>> };
  }
  export interface Future {
    onIOPub: (message: IOPubMessage) => void;
    readonly done: Promise<unknown>;
  }
  export interface Kernel {
    readonly status: string;
    readonly connectionStatus: string;
    requestExecute(content: { code: string; store_history: boolean; stop_on_error: boolean; allow_stdin: boolean }): Future;
    requestComplete(content: { code: string; cursor_pos: number }): Promise<{
      readonly content: { readonly matches?: readonly string[]; readonly cursor_start?: number; readonly cursor_end?: number };
    }>;
    interrupt(): Promise<void>;
  }
  export interface Contents {
    get(path: string, options: { content: boolean }): Promise<unknown>;
    save(path: string, file: { type: string; format: string; content: unknown }): Promise<unknown>;
  }
  export const ServerConnection: {
    makeRequest(url: string, init: RequestInit, settings: ServerSettings): Promise<Response>;
    ResponseError: abstract new (...args: never[]) => Error & { readonly response: Response };
  };
}

declare module '@jupyterlab/ui-components' {
  export class LabIcon {
    constructor(options: { name: string; svgstr: string });
    element(options?: { tag?: string; className?: string }): HTMLElement;
  }
}

declare module '@jupyterlab/application' {
  import type { Contents, ServerSettings } from '@jupyterlab/services';
  import type { Widget } from '@lumino/widgets';

  /** An opaque key that plugins ask each other's services by. */
  export interface Token<T> {
    readonly name: string;
    readonly _type?: T;
  }
  export interface Signal<A> {
    connect(slot: (sender: unknown, args: A) => void): boolean;
  }
  export interface JupyterFrontEnd {
    readonly commands: {
      addCommand(id: string, options: { label: string; caption?: string; icon?: unknown; execute: () => void }): unknown;
      addKeyBinding(options: { command: string; keys: string[]; selector: string }): unknown;
    };
    readonly restored: Promise<void>;
    readonly serviceManager: { readonly serverSettings: ServerSettings; readonly contents: Contents };
  }
  export interface TreePaths {
    readonly browser: string;
    readonly file: string;
  }
  export interface TreeResolver {
    readonly paths: Promise<TreePaths>;
  }
  export const JupyterFrontEnd: { readonly ITreeResolver: Token<TreeResolver> };
  export interface ILabShell {
    readonly restored: Promise<{ readonly fresh?: boolean }>;
    readonly currentChanged: Signal<unknown>;
    add(widget: Widget, area: 'main' | 'right', options?: { rank?: number }): void;
    activateById(id: string): void;
    collapseLeft(): void;
    readonly rightCollapsed: boolean;
    expandRight(): void;
  }
  export const ILabShell: Token<ILabShell>;
  export type IConnectionLost = () => Promise<void>;
  export const IConnectionLost: Token<IConnectionLost>;
  export interface JupyterFrontEndPlugin<T> {
    id: string;
    description: string;
    autoStart: boolean;
    requires?: Token<unknown>[];
    optional?: Token<unknown>[];
    provides?: Token<T>;
    activate: (app: JupyterFrontEnd, ...services: never[]) => T;
  }
}

declare module '@jupyterlab/apputils' {
  import type { Signal, Token } from '@jupyterlab/application';
  import type { Widget } from '@lumino/widgets';

  export interface Button {
    readonly accept: boolean;
  }
  export const Dialog: {
    okButton(options: { label: string }): Button;
    cancelButton(options: { label: string }): Button;
    readonly tracker: { readonly widgetAdded: Signal<Widget & { reject(): void }> };
  };
  export function showDialog(options: {
    title: string;
    body: Widget;
    buttons: readonly Button[];
    defaultButton: number;
    focusNodeSelector?: string;
  }): Promise<{ readonly button: Button }>;
  export const Clipboard: { copyToSystem(text: string): void };
  export interface ICommandPalette {
    addItem(options: { command: string; category: string }): unknown;
  }
  export const ICommandPalette: Token<ICommandPalette>;
  export interface IThemeManager {
    readonly theme: string | null;
    readonly themeChanged: Signal<unknown>;
    readonly preferredLightTheme: string;
    readonly preferredDarkTheme: string;
    register(theme: {
      name: string;
      displayName: string;
      isLight: boolean;
      themeScrollbars: boolean;
      load: () => Promise<void>;
      unload: () => Promise<void>;
    }): unknown;
    loadCSS(path: string): Promise<void>;
    setPreferredLightTheme(name: string): Promise<void>;
    setPreferredDarkTheme(name: string): Promise<void>;
    setTheme(name: string): Promise<void>;
    isToggledAdaptiveTheme(): boolean;
    toggleAdaptiveTheme(): Promise<void>;
    incrFontSize(key: string): Promise<void>;
    decrFontSize(key: string): Promise<void>;
  }
  export const IThemeManager: Token<IThemeManager>;
}

declare module '@jupyterlab/cells' {
  import type { Signal } from '@jupyterlab/application';
  import type { OutputAreaModel } from '@jupyterlab/outputarea';
  import type { Widget } from '@lumino/widgets';

  export interface CellModel {
    readonly id: string;
    readonly type: 'code' | 'markdown' | 'raw';
    mimeType: string;
    readonly mimeTypeChanged: Signal<unknown>;
    readonly contentChanged: Signal<unknown>;
    readonly outputs?: OutputAreaModel;
    readonly isDisposed: boolean;
    getMetadata(key: string): unknown;
    readonly sharedModel: {
      readonly source: string;
      updateSource(start: number, end: number, value: string): void;
    };
  }
  export interface Cell extends Widget {
    readonly model: CellModel;
  }
}

declare module '@jupyterlab/outputarea' {
  import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
  import { Widget } from '@lumino/widgets';

  export interface OutputAreaModel {
    readonly length: number;
  }
  export class SimplifiedOutputArea extends Widget {
    constructor(options: { model: OutputAreaModel; rendermime: IRenderMimeRegistry });
  }
}

declare module '@jupyterlab/notebook' {
  import type { Signal, Token } from '@jupyterlab/application';
  import type { Cell, CellModel } from '@jupyterlab/cells';
  import type { Kernel } from '@jupyterlab/services';
  import type { Widget } from '@lumino/widgets';

  export interface SessionContext {
    readonly ready: Promise<void>;
    readonly session: { readonly kernel: Kernel | null } | null;
    readonly statusChanged: Signal<string>;
    readonly iopubMessage: Signal<{ readonly header: { readonly msg_type: string } }>;
    readonly kernelChanged: Signal<unknown>;
    readonly hasNoKernel: boolean;
    startKernel(): Promise<boolean>;
    shutdown(): Promise<void>;
  }
  export interface Notebook extends Widget {
    readonly widgets: readonly Cell[];
    readonly activeCell: Cell | null;
    activeCellIndex: number;
    readonly codeMimetype: string;
    isSelectedOrActive(cell: Cell): boolean;
  }
  export interface NotebookModel {
    readonly dirty: boolean;
    readonly contentChanged: Signal<void>;
    readonly sharedModel: {
      readonly cells: readonly { readonly cell_type: string; getSource(): string }[];
    };
    readonly cells: { readonly length: number; get(index: number): CellModel; readonly changed: Signal<unknown> };
    getMetadata(key: string): unknown;
    setMetadata(key: string, value: unknown): void;
  }
  export interface NotebookPanel extends Widget {
    readonly content: Notebook;
    readonly disposed: Signal<unknown>;
    readonly context: {
      readonly path: string;
      readonly model: NotebookModel;
      readonly ready: Promise<void>;
      readonly sessionContext: SessionContext;
      save(): Promise<void>;
    };
  }
  export interface INotebookTracker {
    readonly currentWidget: NotebookPanel | null;
    readonly currentChanged: Signal<NotebookPanel | null>;
    readonly widgetAdded: Signal<NotebookPanel>;
    forEach(visit: (panel: NotebookPanel) => void): void;
  }
  export const INotebookTracker: Token<INotebookTracker>;
  export const NotebookActions: {
    readonly executed: Signal<{ readonly cell: Cell; readonly success: boolean }>;
    runCells(notebook: Notebook, cells: readonly Cell[], session: SessionContext): Promise<boolean>;
  };
}

declare module '@jupyterlab/coreutils' {
  export const PageConfig: { getOption(name: string): string };
}

declare module '@jupyterlab/docmanager' {
  import type { Token } from '@jupyterlab/application';
  import type { Widget } from '@lumino/widgets';

  export interface IDocumentManager {
    autosave: boolean;
    openOrReveal(path: string): Widget | undefined;
    closeAll(): Promise<void>;
    closeFile(path: string): Promise<void>;
  }
  export const IDocumentManager: Token<IDocumentManager>;
}

declare module '@jupyterlab/rendermime' {
  import type { Token } from '@jupyterlab/application';
  import { Widget } from '@lumino/widgets';

  export interface Model {
    readonly trusted: boolean;
  }
  export interface Renderer extends Widget {
    renderModel(model: Model): Promise<void>;
  }
  export interface DataModel {
    readonly data: Readonly<Record<string, unknown>>;
    readonly metadata?: Readonly<Record<string, unknown>>;
  }
  export class RenderedImage extends Widget {
    constructor(options: unknown);
    renderModel(model: DataModel): Promise<void>;
  }
  export interface RendererFactory {
    readonly safe: boolean;
    readonly mimeTypes: readonly string[];
    createRenderer(options: unknown): Widget & { renderModel(model: DataModel): Promise<void> };
  }
  export interface IRenderMimeRegistry {
    addFactory(factory: RendererFactory, rank: number): void;
    createModel(options: { data: Record<string, string>; trusted: boolean }): Model;
    createRenderer(mimeType: string): Renderer;
  }
  export const IRenderMimeRegistry: Token<IRenderMimeRegistry>;
}

/** Style sheets are bundled as text. */
declare module '*.css' {
  const text: string;
  export default text;
}

/** The names in package.json's `sharedPackages`, put in place by bundle.mjs. */
declare const SHARED_PACKAGES: readonly string[];
/** The extension's name in package.json, put in place by bundle.mjs. */
declare const EXTENSION_NAME: string;
