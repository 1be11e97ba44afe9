// Turns the headings of tables into buttons that sort them. What a cell is
// sorted by stands in it, for a number is written otherwise in every language.

import { locale } from './t';

for (const table of document.querySelectorAll<HTMLTableElement>('table[data-sort]')) {
  const body = table.tBodies[0]!;
  const headings = Array.from(table.tHead!.rows[0]!.cells);
  const compare = (a: HTMLTableRowElement, b: HTMLTableRowElement, i: number): number => {
    const x = a.cells[i]!, y = b.cells[i]!;
    const n = x.dataset['n'], m = y.dataset['n'];
    if (n === undefined || m === undefined) return x.textContent!.localeCompare(y.textContent!, locale);
    return n.includes('-') || m.includes('-') ? n.localeCompare(m) : Number(n) - Number(m);
  };
  headings.forEach((heading, i) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const down = heading.ariaSort ? heading.ariaSort === 'ascending' : heading.nextElementSibling !== null && i > 0;
      for (const h of headings) h.ariaSort = null;
      heading.ariaSort = down ? 'descending' : 'ascending';
      body.append(...Array.from(body.rows).sort((a, b) => (down ? compare(b, a, i) : compare(a, b, i))));
    });
  });
}
