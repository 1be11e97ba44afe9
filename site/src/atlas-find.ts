// The search on the map: names of areas at once, names of places kota by kota.
// It is loaded when somebody begins to search.

import { el } from './dom';
import { many, t } from './t';
import { num } from './atlas-words';
import { codeAt, json, type Tree } from './pohon';
import { Names, type Entry } from './atlas-search';
import type { Region } from './atlas-view';

export interface Wishes {
  region: Region;
  tree: Tree;
  /** The kota that are in view or were. */
  near: () => string[];
  open: (entry: Entry) => void;
}

/** Kota whose names are read for a search: more would cost more than they help. */
const most = 8;

export function find(input: HTMLInputElement, box: HTMLElement, status: HTMLElement, w: Wishes): void {
  const names = new Names();
  const areas = new Map<string, string>();
  let found: Entry[] = [];
  let on = -1;
  let reading = true;
  let missing = false;

  const where = (e: Entry) => {
    const up = e.kind === 'area' ? [codeAt(e.id, 'kecamatan'), codeAt(e.id, 'kota')].filter((c) => c !== e.id) : [codeAt(e.area, 'kelurahan'), codeAt(e.area, 'kecamatan'), codeAt(e.area, 'kota')];
    return up.map((c) => areas.get(c)).filter(Boolean).join(', ');
  };
  const kind = (e: Entry) => {
    if (e.kind !== 'area') return w.region.kinds.find((k) => k.id === e.kind)?.name ?? '';
    return e.id.length === 5 ? t('kota atau kabupaten') : e.id.length === 8 ? t('kecamatan') : t('kelurahan');
  };

  const show = () => {
    const asked = input.value.trim();
    found = asked.length > 1 ? names.find(asked) : [];
    on = -1;
    box.replaceChildren(...found.map((e, i) => {
      const row = el('li', { role: 'option', id: `hasil-${i}`, 'aria-selected': 'false' },
        el('b', {}, e.name), el('span', { class: 'small' }, [kind(e), where(e)].filter(Boolean).join(' · ')));
      // Before the field loses the focus.
      row.addEventListener('pointerdown', (event) => event.preventDefault());
      row.addEventListener('click', () => take(i));
      return row;
    }));
    const open = asked.length > 1;
    if (open && found.length === 0) box.append(el('li', { class: 'small empty', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, reading ? t('Mencari …') : missing ? t('Daftar nama belum terbaca. Coba lagi nanti.') : t('Tidak ada nama yang mirip. Coba sebagian namanya saja.')));
    box.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    input.removeAttribute('aria-activedescendant');
    status.textContent = !open ? '' : found.length > 0 ? many(found.length, '%s nama ditemukan', num(found.length)) : box.textContent;
  };

  const point = (i: number) => {
    on = found.length === 0 ? -1 : (i + found.length) % found.length;
    for (const [k, row] of Array.from(box.children).entries()) row.setAttribute('aria-selected', String(k === on));
    if (on < 0) input.removeAttribute('aria-activedescendant');
    else {
      input.setAttribute('aria-activedescendant', `hasil-${on}`);
      box.children[on]?.scrollIntoView({ block: 'nearest' });
    }
  };

  const close = () => {
    box.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };

  const take = (i: number) => {
    const e = found[i];
    if (!e) return;
    input.value = e.name;
    close();
    w.open(e);
  };

  input.addEventListener('input', show);
  input.addEventListener('focus', () => { if (input.value.trim().length > 1) show(); });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (box.hidden) show();
      point(on < 0 && event.key === 'ArrowUp' ? found.length - 1 : on + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      take(Math.max(0, on));
    } else if (event.key === 'Escape' && !box.hidden) {
      event.preventDefault();
      close();
    }
  });

  /** Shows what more was found, unless the list was closed. */
  const again = () => { if (document.activeElement === input || !box.hidden) show(); };

  const learn = async () => {
    const { areas: rows } = await json<{ areas: [string, string][] }>('peta/nama.json');
    for (const [code, name] of rows) areas.set(code, name);
    names.add(rows.map(([id, name]) => ({ id, name, kind: 'area', area: id })));
  };
  const read = async (code: string) => {
    const kota = await w.tree.area(code);
    if (!kota?.search) return;
    const file = await w.tree.file<{ rows: [string, string, string, string][] }>(kota.search.path);
    // "RW 3 Cideng" finds "RW 003" in Cideng, too.
    names.add(file.rows.map(([id, name, kind, area]) => ({ id, name, kind, area, more: areas.get(area) ?? '' })));
  };
  void learn().catch(() => { missing = true; }).then(async () => {
    again();
    const all = (await w.tree.area(w.region.root).catch(() => null))?.children.map((c) => c.area) ?? [];
    missing ||= all.length === 0;
    const near = w.near();
    await Promise.all([...near, ...all.filter((c) => !near.includes(c))].slice(0, most).map((code) => read(code).catch(() => { missing = true; })));
  }).then(() => {
    reading = false;
    again();
  });
}
