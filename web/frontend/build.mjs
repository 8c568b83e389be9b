// Builds static/build from src and scss: hashed names, manifest.json, linked licence notices, woff2 as the only fonts.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import * as esbuild from 'esbuild';
import * as sass from 'sass';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, '../static/build'));

/** Compiles our Sass; govuk-frontend is found in node_modules and its own deprecations stay quiet. */
const sassPlugin = {
  name: 'sass',
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const { css, loadedUrls } = sass.compile(path, { loadPaths: [join(here, 'node_modules')], quietDeps: true });
      return { contents: css, loader: 'css', resolveDir: here, watchFiles: loadedUrls.map(fileURLToPath) };
    });
  }
};

/** Keeps only the woff2 source of a third party's @font-face: every browser that we serve reads it. */
const woff2Only = {
  name: 'woff2-only',
  setup(build) {
    build.onLoad({ filter: /bpmn-font[\\/]css[\\/]bpmn\.css$/ }, async ({ path }) => {
      const css = await readFile(path, 'utf8');
      const woff2 = css.match(/url\('?([^')]+\.woff2[^')]*)'?\)/)[1].replace(/\?.*$/, '');
      const face = /(@font-face\s*{\s*font-family:[^;]+;)(?:\s*src:[^;]+;)+/;
      return { contents: css.replace(face, `$1 src: url('${woff2}') format('woff2');`), loader: 'css' };
    });
  }
};

/** Maps each entry's plain name to its hashed file: {"app.js": "app-3F2A.js", "app.css": ...}. */
function manifestOf({ outputs }) {
  const files = {};
  for (const [path, { entryPoint, cssBundle }] of Object.entries(outputs)) {
    if (!entryPoint) continue;
    const name = basename(entryPoint).replace(/\.\w+$/, '');
    files[name + path.slice(path.lastIndexOf('.'))] = relative(out, resolve(here, path));
    if (cssBundle && name !== 'app') files[`${name}.css`] = relative(out, resolve(here, cssBundle));
  }
  return Object.fromEntries(Object.entries(files).sort());
}

/** Removes the styles that esbuild gathers for app.js from what it loads later: pages link those of each tool. */
async function dropGatheredStyles({ outputs }) {
  const { cssBundle } = Object.values(outputs).find(({ entryPoint }) => entryPoint === 'src/app.js');
  if (cssBundle) await rm(resolve(here, cssBundle));
}

/** Gathers the licence texts of what goes to the browser, for the page about third-party software. */
async function notices({ inputs }) {
  const packages = new Set(Object.keys(inputs).map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
  packages.add('govuk-frontend');
  const texts = await Promise.all([...packages].sort().map(async (name) => {
    const folder = join(here, 'node_modules', name);
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file ? (await readFile(join(folder, file), 'utf8')).trim() : ''}`;
  }));
  return texts.join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const { metafile } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: ['src/app.js', 'src/diagram.js', 'src/modeler.js', 'src/icon.svg', { in: 'scss/app.scss', out: 'app' }].map((entry) =>
    typeof entry === 'string' ? { in: entry, out: basename(entry).replace(/\.\w+$/, '') } : entry),
  outdir: out,
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: '@bpmn-io/properties-panel/preact',
  loader: { '.woff2': 'file', '.svg': 'copy' },
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  external: ['/assets/*'],
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  plugins: [sassPlugin, woff2Only]
});
await dropGatheredStyles(metafile);
await writeFile(join(out, 'third-party.txt'), await notices(metafile));
await writeFile(join(out, 'manifest.json'), JSON.stringify(manifestOf(metafile), null, 2) + '\n');
if (process.env.SIKLUS_BUILD_META) await writeFile(process.env.SIKLUS_BUILD_META, JSON.stringify(metafile));
