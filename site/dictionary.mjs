// The dictionary of the site, and an esbuild plugin that puts texts into
// scripts. The literals of t('…') and many(n, '…') are the keys.
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const folder = new URL('../shared/bahasa/english/', import.meta.url);

/** Returns {text: "English" | {one, other}} of every file of the dictionary. */
export function dictionary() {
  const all = {};
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.json')) Object.assign(all, JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  }
  return all;
}

// What of an element is read out or shown.
const shown = new Set(['alt', 'aria-label', 'label', 'placeholder', 'title']);

/**
 * Calls found for each text that a script says, with the literal's node. A text
 * that stands in markup itself has no English, so it is refused.
 */
export function texts(source, file, found) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  const visit = (node) => {
    const bare = ts.isJsxText(node) ? node.text
      : ts.isJsxAttribute(node) && shown.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer) ? node.initializer.text : '';
    if (/\p{Ll}{2}/u.test(bare)) throw new Error(`${file} says ${JSON.stringify(bare.trim())} past the dictionary`);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const at = { t: 0, many: 1 }[node.expression.text];
      const literal = at === undefined ? undefined : node.arguments[at];
      if (literal && ts.isStringLiteralLike(literal)) found(literal, node.expression.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
}

/**
 * Makes the scripts speak a language: English with the dictionary, whose missing
 * texts are added to missing, or what stands in them. A text without values is put
 * in the place of its call, so that what nobody says is left out.
 */
export function speaking(lang, missing) {
  const words = lang === 'en' ? dictionary() : undefined;
  return {
    name: 'speaking',
    setup(build) {
      build.onLoad({ filter: /\/src\/.*\.tsx?$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        let out = '';
        let done = 0;
        texts(source, path, (literal, call) => {
          const said = words ? words[literal.text] : literal.text;
          if (said === undefined) {
            missing.add(literal.text);
            return;
          }
          const text = typeof said === 'string' ? said : call === 'many' ? `${said.one}\u0001${said.other}` : said.other;
          const place = call === 't' && literal.parent.arguments.length === 1 ? literal.parent : literal;
          out += source.slice(done, place.getStart()) + JSON.stringify(text);
          done = place.getEnd();
        });
        return { contents: out + source.slice(done), loader: path.endsWith('x') ? 'tsx' : 'ts' };
      });
    },
  };
}
