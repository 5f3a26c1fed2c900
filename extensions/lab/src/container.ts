/**
 * Decides how the extension meets JupyterLab: as a module-federation container, written by hand.
 *
 * JupyterLab loads this file, hands it the modules that everybody shares (`init`) and asks it for
 * one of its own (`get`). That is the whole protocol; a bundler that generates it would bring a few
 * hundred npm packages.
 */

type ModuleFactory = () => unknown;
type SharedScope = Record<string, Record<string, { get(): Promise<ModuleFactory> }>>;

interface Container {
  init(scope: SharedScope): void;
  get(module: string): Promise<ModuleFactory>;
}

const modules: Record<string, unknown> = {};
let shared: SharedScope = {};

/** A module of JupyterLab's, by name; bundle.mjs turns every import of a shared package into this. */
export function sharedModule(name: string): unknown {
  return modules[name];
}

async function load(name: string): Promise<void> {
  // JupyterLab's own modules are singletons: whatever version is there is the one to use.
  const version = Object.values(shared[name] ?? {})[0];
  if (version === undefined) {
    throw new Error(`JupyterLab does not share ${name}`);
  }
  modules[name] = (await version.get())();
}

const container: Container = {
  init(scope) {
    shared = scope;
  },
  async get(module) {
    if (module !== './extension') {
      throw new Error(`${EXTENSION_NAME} has no module ${module}`);
    }
    await Promise.all(SHARED_PACKAGES.map(load));
    const { default: plugins } = await import('./index.ts');
    // JupyterLab looks for this mark before it takes the default export, and adds a property.
    return () => ({ __esModule: true, default: plugins });
  }
};

const page = globalThis as { _JUPYTERLAB?: Record<string, Container> };
(page._JUPYTERLAB ??= {})[EXTENSION_NAME] = container;
