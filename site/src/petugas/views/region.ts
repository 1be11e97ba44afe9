// What the region is made of, as the page tells it, and the names of its areas.

import type { Region } from '../../atlas-view';

let told: Region | undefined;

/** The words of the region. A page that does not say them leaves every list empty. */
export function region(): Region {
  if (told) return told;
  const box = document.querySelector<HTMLElement>('[data-region]')?.dataset['region'] ?? document.querySelector('#wilayah')?.textContent;
  const none: Region = {
    root: '', zone: { name: '', minutes: 0 }, box: [95, -11, 141, 6], kinds: [], programs: [], packages: [], indicators: [], flags: [], classes: {}, partners: {},
  };
  return (told = box ? (JSON.parse(box) as Region) : none);
}

/** What something of the region is called; its id where nobody knows. */
export const nameIn = (list: { id: string; name: string }[], id: string) => list.find((x) => x.id === id)?.name ?? id;

export type AreaName = [code: string, name: string];
let reading: Promise<AreaName[]> | undefined;

/** Every area below the region, read once. */
export function areas(): Promise<AreaName[]> {
  return (reading ??= fetch('/peta/nama.json', { credentials: 'omit' })
    .then((r) => (r.ok ? (r.json() as Promise<{ areas: AreaName[] }>) : Promise.reject(new Error(String(r.status)))))
    .then((file) => file.areas)
    .catch(() => {
      reading = undefined;
      return [];
    }));
}

/** "Cideng, Gambir" of a code: what it lies in tells those of one name apart. */
export function areaName(all: AreaName[], code: string): string {
  const of = (c: string) => all.find(([x]) => x === c)?.[1];
  const parts = code.split('.');
  const name = of(code);
  if (!name) return parts.length > 4 ? `RW ${Number(parts[4])}, ${areaName(all, parts.slice(0, 4).join('.'))}` : code;
  const above = of(parts.slice(0, -1).join('.'));
  return above ? `${name}, ${above}` : name;
}

/** The codes whose code or name holds what was typed, larger areas first. */
export function areasLike(all: AreaName[], typed: string, level = 0, most = 8): AreaName[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return [];
  return all
    .filter(([code, name]) => (level === 0 || code.split('.').length === level) && (code.startsWith(wanted) || name.toLowerCase().includes(wanted)))
    .sort((a, b) => Number(b[1].toLowerCase().startsWith(wanted)) - Number(a[1].toLowerCase().startsWith(wanted)) || a[0].length - b[0].length)
    .slice(0, most);
}
