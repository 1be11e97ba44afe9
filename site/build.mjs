// Builds the assets that the pages link to: dist/aset/*.js, the same in English
// as dist/aset/en/*.js, dist/aset/ksbb.css and dist/favicon.svg. With --test it
// bundles src/*.test.ts into .test/ for the test runner of Node.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { cp, readdir, rm, stat } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { speaking } from './dictionary.mjs';
import { leaflet } from './leaflet.mjs';

const browsers = ['chrome92', 'firefox90', 'safari15.4'];

if (process.argv.includes('--test')) {
  await rm('.test', { recursive: true, force: true });
  const tests = (await readdir('src')).filter((f) => f.endsWith('.test.ts'));
  await build({
    entryPoints: tests.map((f) => `src/${f}`),
    outdir: '.test',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    define: { LANG: '"id"' },
    logLevel: 'warning',
  });
} else {
  // Compressed. A script over its share would make the first visit slow on a cheap phone.
  const budget = 12 * 1024;
  // Leaflet and supercluster: only the map that one can move loads them, after its page is there.
  const budgetOf = { 'atlas-map.js': 36 * 1024 };

  const pages = ['awal', 'peta', 'atlas', 'lokasi', 'bantu', 'k', 'pj', 'lapor', 'aduan', 'usulan', 'langganan', 'bast', 'status', 'urut', 'poster', 'sematkan'].filter((name) => existsSync(`src/${name}.ts`));
  // What only some visits to a page need, loaded on the tap that needs it.
  const parts = ['atlas-card', 'atlas-find', 'kirim', 'tanda', 'urus', 'tunggu', 'sekitar'].filter((name) => existsSync(`src/${name}.ts`));

  await rm('dist', { recursive: true, force: true });
  const missing = new Set();
  const scripts = (lang) => ({
    // A part is asked for when somebody needs it, under its own name.
    external: parts.map((name) => `./${name}.js`),
    define: { LANG: JSON.stringify(lang) },
    plugins: [speaking(lang, missing)],
    outdir: lang === 'en' ? 'dist/aset/en' : 'dist/aset',
    bundle: true,
    minify: true,
    format: 'esm',
    target: browsers,
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const lang of ['id', 'en']) {
    await build({ ...scripts(lang), entryPoints: [...pages, ...parts].map((name) => `src/${name}.ts`) });
  }
  // The console of staff. Its views are parts that are loaded when they are
  // opened; what several of them need becomes a part by itself.
  const whole = 60 * 1024;
  const first = 30 * 1024;
  const consoles = {};
  for (const lang of ['id', 'en']) {
    const { metafile } = await build({
      ...scripts(lang), entryPoints: { petugas: 'src/petugas/petugas.tsx' }, external: [], splitting: true, metafile: true,
      chunkNames: 'petugas/[name]-[hash]', jsx: 'automatic', jsxImportSource: 'preact',
    });
    consoles[lang] = metafile.outputs;
  }
  await build({ ...scripts('id'), entryPoints: ['src/kerja.ts'] });
  // Says nothing, so every language has the same.
  await build({ ...scripts('id'), entryPoints: ['src/atlas-map.ts'], plugins: [leaflet] });
  // At the root, for a service worker answers for what is below its own address.
  await build({ ...scripts('id'), entryPoints: ['src/sw.ts'], format: 'iife', outdir: 'dist' });
  for (const text of missing) console.error(`no English for ${JSON.stringify(text)}`);
  await build({ entryPoints: ['src/ksbb.css', 'src/atlas.css', 'src/embed.css', 'src/petugas.css'], outdir: 'dist/aset', minify: true, target: browsers, logLevel: 'warning' });
  await cp('src/favicon.svg', 'dist/favicon.svg');

  let over = false;
  for (const name of (await readdir('dist/aset', { recursive: true })).sort()) {
    const path = `dist/aset/${name}`;
    if ((await stat(path)).isDirectory()) continue;
    const { size } = await stat(path);
    const small = gzipSync(await readFile(path)).length;
    const most = budgetOf[name] ?? budget;
    // The console counts as a whole, below.
    const tooLarge = name.endsWith('.js') && !/(^|\/)petugas(\.js|\/)/.test(name) && small > most;
    over ||= tooLarge;
    console.log(`${path}  ${size} bytes, ${small} compressed${tooLarge ? `  over the budget of ${most}` : ''}`);
  }
  for (const [lang, outputs] of Object.entries(consoles)) {
    const sizes = Object.fromEntries(await Promise.all(Object.keys(outputs).map(async (path) => [path, gzipSync(await readFile(path)).length])));
    const entry = Object.keys(outputs).find((path) => path.endsWith('/petugas.js'));
    const needed = new Set();
    const need = (path) => {
      if (needed.has(path)) return;
      needed.add(path);
      for (const i of outputs[path].imports) if (i.kind === 'import-statement') need(i.path);
    };
    need(entry);
    const sum = (paths) => paths.reduce((n, path) => n + sizes[path], 0);
    const [begin, all] = [sum([...needed]), sum(Object.keys(sizes))];
    const tooLarge = begin > first || all > whole;
    over ||= tooLarge;
    console.log(`console in ${lang}: ${begin} bytes compressed at first, ${all} in all${tooLarge ? `  over the budget of ${first} and ${whole}` : ''}`);
  }
  if (over || missing.size > 0) process.exit(1);
}
