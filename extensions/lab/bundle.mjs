/** Decides what the browser gets: one file of ours, and the metadata that JupyterLab finds it by. */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const manifest = JSON.parse(await readFile(path.join(here, 'package.json'), 'utf8'));
const { outputDir, sharedPackages } = manifest.jupyterlab;
const output = path.join(here, outputDir);

/** Imports of packages that JupyterLab brings become look-ups in what it shared with us. */
const sharedWithJupyterLab = {
  name: 'shared-with-jupyterlab',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@(jupyterlab|lumino)\// }, ({ path: name }) => {
      if (!sharedPackages.includes(name)) {
        return { errors: [{ text: `${name} is not among sharedPackages in package.json` }] };
      }
      return { path: name, namespace: 'shared' };
    });
    onLoad({ filter: /.*/, namespace: 'shared' }, ({ path: name }) => ({
      contents: `
        const { sharedModule } = require('./src/container.ts');
        module.exports = sharedModule(${JSON.stringify(name)});`,
      resolveDir: here
    }));
  }
};

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ['src/container.ts'],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  minify: true,
  loader: { '.css': 'text', '.svg': 'text' },
  define: {
    SHARED_PACKAGES: JSON.stringify(sharedPackages),
    EXTENSION_NAME: JSON.stringify(manifest.name)
  },
  plugins: [sharedWithJupyterLab],
  logLevel: 'warning'
});

const code = outputFiles[0].contents;
// Browsers keep files of /lab/extensions for long: a changed file needs a name of its own.
const hash = createHash('sha256').update(code).digest('hex').slice(0, 20);
const load = `static/remoteEntry.${hash}.js`;

await rm(output, { recursive: true, force: true });
await mkdir(path.join(output, 'static'), { recursive: true });
await writeFile(path.join(output, load), code);
const { name, version, description, license } = manifest;
const jupyterlab = { extension: true, _build: { load, extension: './extension' } };
await writeFile(
  path.join(output, 'package.json'),
  `${JSON.stringify({ name, version, description, license, jupyterlab }, null, 2)}\n`
);
