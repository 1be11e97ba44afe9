// What a script says, in the language of the page. Texts are written in
// Indonesian as t('…'); the build puts their English, from the dictionary in
// shared/bahasa/english, in the place of the literal when it makes the English
// scripts, so that a phone loads one language only.

declare const LANG: 'id' | 'en';

/** The language of the page. */
export const lang: 'id' | 'en' = LANG;

/** For Intl: how numbers and dates are written. */
export const locale = lang === 'en' ? 'en-GB' : 'id-ID';

/** The address of a page of the site in the language of this one: at('/cara/'). */
export const at = (path: string) => (lang === 'en' ? `/en${path}` : path);

type Value = string | number;

/** Says a text; each %s is filled with the next value. */
export function t(text: string, ...values: Value[]): string {
  let i = 0;
  return values.length > 0 ? text.replace(/%s/g, () => String(values[i++] ?? '')) : text;
}

/** Says a text about n things. The build turns the text into "one|many" where English tells them apart. */
export function many(n: number, text: string, ...values: Value[]): string {
  const cut = text.indexOf('\u0001');
  return t(cut < 0 ? text : n === 1 ? text.slice(0, cut) : text.slice(cut + 1), ...values);
}
