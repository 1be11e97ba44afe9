// The secret of a private page stands in the fragment of its address. The link to
// the same page in the other language takes it along, and only while it is
// pressed, so that it stands in no link that could be copied by mistake.

import { one } from './dom';

const other = one<HTMLAnchorElement>('.top a[hreflang]');
for (const pressed of ['click', 'auxclick']) {
  other?.addEventListener(pressed, () => {
    other.hash = location.hash;
    setTimeout(() => { other.hash = ''; });
  });
}
