// Leaflet asks the browser whether it draws SVG by writing markup, which a page
// that forbids markup from scripts refuses. Every browser we build for draws SVG.
import { readFileSync } from 'node:fs';

const inline = /var inlineSvg = !!svg && \(function \(\) \{[\s\S]*?\}\)\(\);/;
const vml = /var vml = !svg && \(function \(\) \{[\s\S]*?\}\(\)\);/;

/** An esbuild plugin that answers for the browser. It fails when Leaflet asks otherwise. */
export const leaflet = {
  name: 'leaflet',
  setup(build) {
    build.onLoad({ filter: /leaflet\/src\/core\/Browser\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      for (const part of [inline, vml]) {
        if (!part.test(source)) throw new Error(`${path} no longer asks ${part}`);
      }
      return { contents: source.replace(inline, 'var inlineSvg = true;').replace(vml, 'var vml = false;'), loader: 'js' };
    });
  },
};
