// Finding a name that somebody half remembers. Words may stand in any order,
// may be cut short and may be misspelt a little; numbers may not.

export interface Entry {
  id: string;
  name: string;
  /** What it is: a kind of place, or "area". */
  kind: string;
  /** The kelurahan it lies in, or its own code. */
  area: string;
  /** Further words it is found by: the name of its kelurahan. */
  more?: string;
}

const plain = (text: string) => text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, ' ').trim();

/** "rw 003" and "rw03" are "rw 3": people drop zeros and spaces. */
export function wordsOf(text: string): string[] {
  return plain(text).replace(/([a-z])(\d)/g, '$1 $2').split(' ').filter(Boolean).map((w) => (/^\d+$/.test(w) ? String(Number(w)) : w));
}

/**
 * Steps from one word to another: letters changed, left out, added or swapped
 * with their neighbour. More than most counts as most + 1.
 */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [], last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let n = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) n = Math.min(n, before[j - 2]! + 1);
      row.push(n);
    }
    if (Math.min(...row) > most) return most + 1;
    before = last;
    last = row;
  }
  return Math.min(last[b.length]!, most + 1);
}

/** How badly a word of the question fits one of the name: 0 is the word itself, Infinity is not at all. */
function misfit(asked: string, word: string): number {
  if (word === asked) return 0;
  if (/\d/.test(asked) || /\d/.test(word)) return Infinity;
  if (word.startsWith(asked)) return 0.3 + 0.02 * (word.length - asked.length);
  // People leave out vowels: "utr" is "utara", "tmr" is "timur".
  if (asked.length > 2 && asked[0] === word[0] && word.replace(/[aiueo]/g, '') === asked.replace(/[aiueo]/g, '')) return 0.9;
  const most = asked.length < 4 ? 0 : asked.length < 8 ? 1 : 2;
  if (most === 0) return Infinity;
  const whole = distance(asked, word, most);
  if (whole <= most) return whole;
  // The beginning of a longer word, misspelt: "cengkrn" of "cengkareng".
  const start = asked.length >= 5 && word.length > asked.length ? distance(asked, word.slice(0, asked.length), 1) : 2;
  return start <= 1 ? start + 0.6 : Infinity;
}

export class Names {
  private readonly words = new Map<string, string[]>();
  private entries: Entry[] = [];
  private readonly known = new Set<string>();

  /** Adds names; those already known stay once. */
  add(all: Iterable<Entry>): void {
    for (const e of all) {
      const key = `${e.kind} ${e.id}`;
      if (this.known.has(key)) continue;
      this.known.add(key);
      this.entries.push(e);
    }
  }

  get size(): number {
    return this.entries.length;
  }

  /** The names that fit, the best first. Of names that fit alike, areas come first and short ones before long ones. */
  find(question: string, most = 8): Entry[] {
    const asked = wordsOf(question);
    if (asked.length === 0) return [];
    const found: { entry: Entry; score: number }[] = [];
    // Many names share few words, so each word is compared once.
    const fits = asked.map(() => new Map<string, number>());
    for (const entry of this.entries) {
      const own = this.split(entry.name);
      const words = entry.more ? [...own, ...this.split(entry.more)] : own;
      let score = 0;
      for (let i = 0; i < asked.length && score < Infinity; i++) {
        let best = Infinity;
        for (const word of words) {
          let fit = fits[i]!.get(word);
          if (fit === undefined) fits[i]!.set(word, (fit = misfit(asked[i]!, word)));
          if (fit < best) best = fit;
        }
        score += best;
      }
      if (score < Infinity) found.push({ entry, score: score + 0.05 * (own.length - asked.length) + (entry.kind === 'area' ? -0.2 : 0) });
    }
    return found
      .sort((a, b) => a.score - b.score || a.entry.name.localeCompare(b.entry.name, 'id', { numeric: true }))
      .slice(0, most)
      .map((f) => f.entry);
  }

  private split(name: string): string[] {
    let words = this.words.get(name);
    if (!words) this.words.set(name, (words = wordsOf(name)));
    return words;
  }
}
