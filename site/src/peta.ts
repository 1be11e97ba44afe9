// The map and the tables beside it: a finger first sees what it touched, tables
// sort, and "dekat saya" finds the place without telling anyone.

import { all, el, one } from './dom';
import { lang, locale, t } from './t';

const map = one<SVGSVGElement>('.map');
if (map) {
  const spot = spotUnder(map);
  const links = all<SVGAElement>('a', map);
  const point = (link: SVGAElement) => {
    for (const other of links) other.classList.toggle('on', other === link);
    // Later siblings cover the outline of earlier ones.
    if (!link.classList.contains('dot')) links.filter((l) => !l.classList.contains('dot')).at(-1)?.after(link);
    spot(link);
  };
  let touched: SVGAElement | null = null;
  // Only a moving mouse points; a map that scrolls under a resting one does not.
  map.addEventListener('pointermove', (event) => {
    const link = (event.target as Element).closest<SVGAElement>('a');
    if (link && event.pointerType === 'mouse' && (event.movementX || event.movementY)) spot(link);
  });
  map.addEventListener('pointerdown', (event) => {
    touched = event.pointerType === 'mouse' ? null : (event.target as Element).closest<SVGAElement>('a');
  });
  // Areas are smaller than a fingertip, so a touch shows and a second goes.
  map.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<SVGAElement>('a');
    if (!link || link !== touched || link.classList.contains('on')) return;
    event.preventDefault();
    point(link);
  });
  map.addEventListener('focusin', (event) => {
    const link = (event.target as Element).closest<SVGAElement>('a');
    if (link) spot(link);
  });
  nearMe(map, point);
}

/** Makes the line under the map that names what is pointed at. */
function spotUnder(map: SVGSVGElement): (link: SVGAElement) => void {
  const words = el('p', {}, t('Sentuh peta untuk melihat nama dan keadaannya.'));
  const go = el('a', { class: 'btn', hidden: true }, t('Buka'));
  map.parentElement!.append(el('div', { class: 'spot' }, words, go));
  return (link) => {
    const title = one('title', link)?.textContent ?? '';
    const cut = title.indexOf(': ');
    words.replaceChildren(el('b', {}, cut < 0 ? title : title.slice(0, cut)), cut < 0 ? '' : title.slice(cut + 2));
    go.hidden = false;
    go.href = link.href.baseVal;
    go.setAttribute('aria-label', t('Buka %s', title));
  };
}

function nearMe(map: SVGSVGElement, point: (link: SVGAElement) => void): void {
  const row = one('#aksi');
  const geo = map.dataset['geo']?.split(' ').map(Number);
  if (!row || geo?.length !== 4 || !('geolocation' in navigator) || !isSecureContext) return;
  const [x0, kx, y0, ky] = geo as [number, number, number, number];
  const button = el('button', { type: 'button', class: 'btn ghost' }, t('Dekat saya'));
  const status = el('p', { class: 'small status', role: 'status' });
  const say = (text: string) => { button.disabled = false; status.textContent = text; };
  button.addEventListener('click', () => {
    button.disabled = true;
    status.textContent = t('Mencari letak Anda …');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const here = map.createSVGPoint();
        here.x = x0 + kx * coords.longitude;
        here.y = y0 + ky * coords.latitude;
        const link = all<SVGGeometryElement>('a path', map).find((path) => path.isPointInFill(here))?.closest('a');
        if (!link) return say(t('Anda berada di luar wilayah peta ini.'));
        say(t('Ini kelurahan Anda. Letak Anda tidak dikirim ke mana pun.'));
        point(link as unknown as SVGAElement);
        map.scrollIntoView({ block: 'center' });
      },
      () => say(t('Letak Anda tidak dapat dibaca. Pilih dari peta atau daftar.')),
      { maximumAge: 300_000, timeout: 15_000 },
    );
  });
  row.append(button);
  row.after(status);
}

for (const table of all<HTMLTableElement>('table[data-sort]')) sortable(table);

/** Turns the headings of a table into buttons that sort it. */
function sortable(table: HTMLTableElement): void {
  const body = table.tBodies[0]!;
  const headings = all<HTMLTableCellElement>('thead th', table);
  const value = (row: HTMLTableRowElement, i: number) => {
    const text = row.cells[i]?.textContent ?? '';
    if (i === 0) return text;
    // "1.250" and "4,5%" here are "1,250" and "4.5%" in English.
    const n = parseFloat(lang === 'en' ? text.replace(/[,<>]/g, '') : text.replace(/[.<>]/g, '').replace(',', '.')) || 0;
    return text.startsWith('<') ? n / 2 : text === '–' ? -1 : n;
  };
  headings.forEach((heading, i) => {
    const button = el('button', { type: 'button' }, heading.textContent);
    heading.replaceChildren(button);
    button.addEventListener('click', () => {
      const down = heading.ariaSort ? heading.ariaSort === 'ascending' : i > 0;
      for (const h of headings) h.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const rows = Array.from(body.rows).sort((a, b) => {
        const x = value(a, i), y = value(b, i);
        const order = typeof x === 'number' ? x - (y as number) : x.localeCompare(y as string, locale);
        return down ? -order : order;
      });
      body.append(...rows);
    });
  });
}
