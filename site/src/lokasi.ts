// The page of one place: marks needs that nobody has confirmed for long, counted
// from the reader's own day, and shares with whatever the phone offers.

import { all, el, one } from './dom';
import { t } from './t';

const dayLength = 86_400_000;

for (const line of all('[data-confirmed]')) {
  const age = (Date.now() - Date.parse(line.dataset['confirmed'] ?? '')) / dayLength;
  if (age > Number(line.dataset['stale']) && !one('b', line)) {
    line.append(' · ', el('b', { class: 'none' }, t('perlu dikonfirmasi')));
  }
}

// The button that gives comes along from the first scroll on.
addEventListener('scroll', () => one('.act')?.classList.add('held'), { once: true, passive: true });

const share = one<HTMLAnchorElement>('[data-share]');
if (share && 'share' in navigator) {
  share.addEventListener('click', (event) => {
    event.preventDefault();
    const text = new URL(share.href).searchParams.get('text') ?? '';
    const url = share.dataset['share'] ?? location.href;
    navigator.share({ text: text.replace(` ${url}`, ''), url }).catch((e: unknown) => {
      // Closing the list of apps is an answer; anything else gets the plain link.
      if (!(e instanceof DOMException && e.name === 'AbortError')) location.href = share.href;
    });
  });
}
