// The form by which aid is promised: four steps, a draft that survives, one
// sending that may be repeated or wait for a signal, and the code from the mail.
// What is still needed, here and next door, is read anew before it is sent.

import { alone, channel, flag, Outbox, phone, type Submitted, type Waiting } from './antre';
import { call, slug, type Answer, type FieldError, type Problem } from './api';
import { all, el, one } from './dom';
import { Drafts, read, write, type Draft } from './draft';
import { uuid7 } from './identity';
import { bodyOf, check, plus, whole, type Body, type Limits, type Offer } from './promise';
import { Proof } from './proof';
import type { Here, Near } from './sekitar';
import { at, locale, many, t } from './t';
import { days, fieldText, lost, metres, number, problemText, rupiah, unheard } from './words';

const form = one<HTMLFormElement>('#bantu');
if (form) start(form);

function start(form: HTMLFormElement): void {
  const recipient = form.dataset['recipient']!;
  const place = form.dataset['name']!;
  const limits: Limits = { units: Number(form.dataset['units']), lead: Number(form.dataset['lead']), period: Number(form.dataset['period']) };
  const cards = all('[data-need]', form);
  const offers: Offer[] = cards.map((card) => ({
    id: card.dataset['need']!,
    program: card.closest<HTMLElement>('[data-program]')!.dataset['program']!,
    remaining: Number(card.dataset['remaining']),
    direct: card.hasAttribute('data-direct'),
  }));
  // The region's day, wherever the giver is.
  const today = new Date(Date.now() + Number(form.dataset['zone']) * 60_000).toISOString().slice(0, 10);
  const drafts = new Drafts(recipient);
  const summary = one('#ringkas')!;
  const status = one('#status')!;
  const queue = one('#antre')!;
  const fallen = one('#sisa')!;
  const neighbours = one('#tetangga')!;
  const coarse = (form.dataset['coarse'] ?? '').split(' ');
  const send = one<HTMLButtonElement>('#kirim')!;
  const clear = one<HTMLButtonElement>('#hapus')!;
  const field = <T extends HTMLElement = HTMLInputElement>(name: string) => form.elements.namedItem(name) as T | null;

  let draft: Draft = drafts.load(Date.now()) ?? { id: uuid7(Date.now()), values: {}, at: 0 };
  let secret = '';
  let step = 1;

  // --- What the form shows, from what is filled in.

  const body = (): Body => bodyOf(recipient, offers, read(form));

  function refresh(): void {
    const b = body();
    for (const box of all('.pick', form)) {
      const input = one<HTMLInputElement>(':scope > label > input', box);
      box.classList.toggle('on', !!input?.checked);
      const inner = one(':scope > .pick-body', box);
      if (inner) inner.hidden = !input?.checked;
    }
    for (const set of all('[data-program]', form)) set.hidden = set.dataset['program'] !== b.program;
    for (const rule of all('[data-programs]', form)) rule.hidden = !rule.dataset['programs']!.split(' ').includes(b.program);
    for (const card of cards) sum(card, b);

    // Ready meals go directly, through the place itself.
    const direct = b.lines.some((l) => 'need' in l && offers.find((o) => o.id === l.need)?.direct);
    const partner = one<HTMLInputElement>('input[value=aggregator]', form)!;
    partner.disabled = direct;
    one('#langsung')!.hidden = !direct;
    one('#lewat-mitra')!.classList.toggle('off', direct);
    if (direct && partner.checked) {
      one<HTMLInputElement>('input[value=direct]', form)!.checked = true;
      return refresh();
    }
    for (const option of all<HTMLOptionElement>('option[data-until]', form)) {
      option.hidden = option.disabled = option.dataset['until']! < (b.period.to || today);
      if (option.disabled && option.selected) option.selected = false;
    }
    field('to')!.min = b.period.from || today;
  }

  /** The goods of a card as they are called after a number. */
  const things = (card: HTMLElement | null, n: number) => (n === 1 && card?.dataset['one']) || (card?.dataset['thing'] ?? '');
  const cardOf = (need: string) => cards.find((c) => c.dataset['need'] === need) ?? null;

  function sum(card: HTMLElement, b: Body): void {
    const out = one('[data-sum]', card);
    const line = b.lines.find((l) => 'need' in l && l.need === card.dataset['need']);
    if (!out || !line || !('need' in line)) return;
    const parts: string[] = [];
    const price = (card.dataset['prices'] ?? '').split(' ').filter(Boolean).map((p) => p.split(':') as [string, string])
      .filter(([from]) => from <= today).at(-1)?.[1];
    if (price) parts.push(`≈ ${rupiah(line.quantity * Number(price))}`);
    const days = Math.floor((line.quantity * Number(card.dataset['days'])) / 1000);
    if (days > 0) parts.push(many(days, '%s hari makan satu keluarga', number(days)));
    out.textContent = parts.join(' · ');
  }

  // --- Steps.

  function show(n: number, focus: boolean): void {
    step = n;
    // The address follows, so that a link to the same step still leads there.
    if (n !== 5 && n !== stepOf()) history.replaceState(null, '', `#langkah-${n}`);
    const sections = all('.step', form).filter((s) => s.id !== 'kode');
    sections.forEach((s, i) => s.classList.toggle('shown', n === i + 1));
    one('#kode')!.classList.toggle('shown', n === 5);
    one('#kode')!.hidden = n !== 5;
    all('.steps li', form).forEach((li, i) => {
      li.classList.toggle('on', i < n);
      if (i + 1 === n) li.firstElementChild!.setAttribute('aria-current', 'step');
      else li.firstElementChild!.removeAttribute('aria-current');
    });
    one('.steps', form)!.hidden = n === 5;
    if (n === 4) {
      review();
      proof.begin();
      void look().then(showNeighbours);
    }
    if (focus) {
      one(n === 5 ? '#j5' : `#j${n}`)!.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }

  const stepOf = () => Number(/^#langkah-([1-4])$/.exec(location.hash)?.[1] ?? 1);

  addEventListener('hashchange', () => {
    if (step !== 5) show(stepOf(), true);
  });

  for (const next of all<HTMLAnchorElement>('[data-next]', form)) {
    next.addEventListener('click', (event) => {
      const here = check(body(), offers, limits, today).filter((e) => pageOf(e.pointer) === step);
      mark(here);
      if (here.length > 0) event.preventDefault();
    });
  }

  function review(): void {
    const b = body();
    const lines = b.lines.map((l) =>
      'need' in l
        ? `${number(l.quantity)} ${things(cardOf(l.need), l.quantity)}${l.equivalent ? ` ${t('(berupa %s)', l.equivalent)}` : ''}`
        : `${number(l.free.quantity)} ${l.free.unit} ${l.free.description} ${t('(perkiraan %s)', rupiah(l.free.value))}`,
    );
    const chosen = field<HTMLSelectElement>('aggregator')?.selectedOptions[0]?.text;
    const rows: [string, string, number][] = [
      [t('Untuk'), place, 1],
      [t('Bantuan'), lines.join('; ') || '–', 1],
      [t('Waktu'), b.period.from && b.period.to ? days(b.period) : '–', 2],
      [t('Cara'), b.route === 'aggregator' ? t('lewat %s', chosen ?? '–') : t('diantar sendiri'), 2],
      [t('Tampil sebagai'), b.collaborator.showName ? b.collaborator.name || '–' : t('Hamba Allah'), 3],
      [t('E-mail'), b.collaborator.email || '–', 3],
      [t('WhatsApp'), b.collaborator.phone || '–', 3],
    ];
    one('#isian')!.replaceChildren(
      el('dl', { class: 'facts' }, ...rows.map(([name, value, page]) =>
        el('div', {}, el('dt', {}, name), el('dd', {}, value, ' ', el('a', { href: `#langkah-${page}`, 'aria-label': t('Ubah %s', name) }, t('ubah')))))),
    );
  }

  // --- Errors.

  /** Finds the control that a JSON pointer of the body speaks of. */
  function target(pointer: string): HTMLElement | null {
    const line = /^\/lines\/(\d+)(?:\/(.+))?$/.exec(pointer);
    if (line) {
      const l = body().lines[Number(line[1])];
      if (!l) return null;
      if ('free' in l) return field(`free.${line[2]?.split('/').at(-1)}`) ?? field('free.description');
      return field(`${line[2] ?? 'quantity'}:${l.need}`) ?? field(`quantity:${l.need}`);
    }
    if (pointer === '/lines' || pointer === '/program') return one<HTMLElement>('input[name=need]:not(:disabled), input[name=free]', form);
    if (pointer === '/statement/accepted') return ['goods', 'accepted', 'consent'].map((n) => field(n)!).find((c) => !c.checked) ?? field('accepted');
    const name = pointer.split('/').at(-1)!;
    return name === 'route' || name === 'showName' ? one<HTMLElement>(`input[name=${name}]`, form) : field(name);
  }

  function pageOf(pointer: string): number {
    if (/^\/(lines|program|recipient)/.test(pointer)) return 1;
    if (/^\/(period|route|aggregator)/.test(pointer)) return 2;
    return pointer.startsWith('/collaborator') ? 3 : 4;
  }

  /** Shows every error beside its control and in a summary that leads there. */
  function mark(errors: FieldError[], heading = t('Ada yang perlu diperbaiki:'), extra: (Node | string)[] = []): void {
    for (const old of all('.error', form)) old.remove();
    for (const old of all('[aria-invalid]', form)) {
      old.removeAttribute('aria-invalid');
      old.removeAttribute('aria-describedby');
    }
    summary.hidden = errors.length === 0 && extra.length === 0;
    if (summary.hidden) return;
    const items = errors.map((e, i) => {
      const control = target(e.pointer);
      const text = fieldText(e);
      const link = el('a', { href: '#ringkas' }, `${labelOf(control)}${text}`);
      link.addEventListener('click', (event) => {
        event.preventDefault();
        show(pageOf(e.pointer), false);
        control?.closest('details')?.setAttribute('open', '');
        control?.focus();
      });
      if (control) {
        const message = el('p', { class: 'error', id: `salah-${i}` }, text);
        (control.closest('.stepper') ?? control.closest('.pick > label') ?? control).after(message);
        control.setAttribute('aria-invalid', 'true');
        control.setAttribute('aria-describedby', message.id);
        control.closest('details')?.setAttribute('open', '');
      }
      return el('li', {}, link);
    });
    summary.replaceChildren(el('b', {}, heading), items.length > 0 ? el('ul', {}, ...items) : '', ...extra);
    for (const e of errors) if (e.code === 'over') void elsewhere(e.pointer);
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: 'center' });
  }

  function labelOf(control: HTMLElement | null): string {
    const label = control && (control as HTMLInputElement).labels?.[0];
    const text = label?.firstChild?.nodeType === Node.TEXT_NODE ? label.firstChild.textContent!.trim() : '';
    return text ? `${text.replace(/\?$/, '')}: ` : '';
  }

  // --- How things stand now, here and around.

  let now: Here | null = null;
  let lookedAt = 0;
  let looking = Promise.resolve();

  /** Reads what this place still needs, unless it has just been read. */
  function look(): Promise<void> {
    if (Date.now() - lookedAt > 10_000) {
      lookedAt = Date.now();
      looking = renew();
    }
    return looking;
  }

  /** Corrects the form by what the place's file says. Without a signal the figures of the page stand. */
  async function renew(): Promise<void> {
    const answer = await call<Here>('GET', `/data/v1/recipients/${encodeURIComponent(recipient)}.json`);
    if (answer.kind !== 'ok') return;
    now = answer.value;
    const b = body();
    const said: string[] = [];
    for (const offer of offers) {
      const need = now.needs.find((n) => n.id === offer.id);
      const left = Math.min(Math.max(need?.remaining ?? offer.remaining, 0), limits.units);
      const wanted = b.lines.find((l) => 'need' in l && l.need === offer.id);
      if (left < offer.remaining && wanted && 'need' in wanted) {
        const card = cardOf(offer.id);
        said.push(left > 0 ? t('Sekarang masih butuh %s %s.', number(left), things(card, left)) : t('Sekarang tidak ada lagi sisa %s di sini.', things(card, 2)));
        if (wanted.quantity > left && left > 0) said.push(t('Jumlah Anda kami sesuaikan.'));
      }
      if (left !== offer.remaining) correct(offer, left);
    }
    if (said.length > 0) {
      fallen.replaceChildren(el('b', {}, t('Kebutuhan di sini sudah berubah.')), ' ', said.join(' '));
      fallen.hidden = false;
    }
    if (now.closed) {
      fallen.replaceChildren(t('Lokasi ini sedang tidak menerima komitmen baru.'), ' ', el('a', { href: at(`/lokasi/${recipient}/`) }, t('Kembali ke halaman lokasi')));
      fallen.hidden = false;
    }
    refresh();
    if (step === 4) review();
  }

  function correct(offer: Offer, left: number): void {
    const card = cardOf(offer.id)!;
    const control = field(`quantity:${offer.id}`);
    // Who has not chosen a number of their own is offered what remains.
    if (control && (whole(control.value) > left || whole(control.value) === offer.remaining)) control.value = String(left);
    offer.remaining = left;
    card.dataset['remaining'] = String(left);
    const [short, long, box] = [one('[data-left]', card), one('[data-hint]', card), one<HTMLInputElement>('input[name=need]', card)!];
    if (short) short.textContent = left > 0 ? t('Masih butuh %s', number(left)) : t('Sudah ada yang menjanjikan semuanya');
    if (long) long.textContent = t('Masih dibutuhkan %s. Boleh sebagian.', number(left));
    box.disabled = left === 0 || !control;
    if (box.disabled) box.checked = false;
    card.classList.toggle('off', box.disabled);
  }

  const lineOf = (n: Near, page: string, ...more: string[]) =>
    el('li', {}, el('a', { href: at(`/${page}/${encodeURIComponent(n.id)}/`) }, n.name), ...(n.metres === null ? [] : [`, ${metres(n.metres)}`]), ...more.map((m) => `, ${m}`));

  /** Names, before anything is sent, those next door that have received nothing. */
  async function showNeighbours(): Promise<void> {
    if (!now) return;
    try {
      const found = await (await import('./sekitar.js')).untouched(now, coarse);
      neighbours.hidden = found.length === 0;
      neighbours.replaceChildren(
        el('b', {}, many(found.length, '%s lokasi dalam 1 km belum menerima apa pun:', number(found.length))),
        el('ul', {}, ...found.slice(0, 3).map((n) => lineOf(n, 'lokasi'))),
        t('Mungkin bantuan Anda bisa dibagi, atau satu komitmen lagi untuk mereka sesudah ini.'),
      );
    } catch {
      neighbours.hidden = true;
    }
  }

  /** Adds to the summary the nearest places that need what is wanted here in vain. */
  async function elsewhere(pointer: string): Promise<void> {
    const line = body().lines[Number(/^\/lines\/(\d+)/.exec(pointer)?.[1])];
    const wanted = line && 'need' in line ? cardOf(line.need)?.dataset['package'] : undefined;
    if (!wanted) return;
    await look();
    if (!now) return;
    try {
      const found = await (await import('./sekitar.js')).alike(now, coarse, wanted);
      if (found.length === 0 || summary.hidden) return;
      summary.append(el('p', {}, t('Terdekat yang masih membutuhkan:')),
        el('ul', {}, ...found.map((n) => lineOf(n, 'bantu', t('masih butuh %s', number(n.remaining))))));
    } catch {
      // The error itself is said already.
    }
  }

  // --- Proof of work, in the background as soon as the last step opens.

  const proof = new Proof();

  // --- Sending.

  async function put(id: string, b: Body): Promise<Answer<Submitted>> {
    const challenge = await proof.take();
    if (challenge === null) return { kind: 'lost' };
    if (typeof challenge !== 'string') return { kind: 'refused', problem: challenge };
    return call<Submitted>('PUT', `/v1/commitments/${id}`, { ...b, challenge });
  }

  /** Sends under the draft's id, after writing down what was sent under it. */
  async function sendDraft(b: Body): Promise<Answer<Submitted>> {
    draft.sent = JSON.stringify(b);
    keep();
    return put(draft.id, b);
  }

  async function submit(): Promise<void> {
    const b = body();
    const wrong = check(b, offers, limits, today);
    mark(wrong);
    if (wrong.length > 0) {
      show(Math.min(...wrong.map((e) => pageOf(e.pointer))), false);
      return mark(wrong);
    }
    busy(send, true);
    status.textContent = t('Mengirim …');
    queue.hidden = true;
    // Nobody else sends it meanwhile.
    const waited = await outbox.take(recipient).catch(() => null);
    if (waited) draft.id = waited.id;
    let answer = await sendDraft(b);
    if (answer.kind === 'refused') {
      const why = slug(answer.problem);
      // An earlier sending arrived after all, with other contents. It holds
      // nothing and will be dropped, so what is on the screen goes as a new one.
      if (why === 'already-exists') draft.id = uuid7(Date.now());
      if (why === 'already-exists' || why === 'challenge') answer = await sendDraft(b);
    }
    busy(send, false);
    status.textContent = '';
    if (answer.kind === 'ok') return accepted(answer.value, b.collaborator.email);
    if (answer.kind === 'lost') return wait(b);
    refused(answer.problem);
  }

  // --- Waiting for a signal.

  const outbox = new Outbox(phone, alone, put);
  const others = new BroadcastChannel(channel);
  let again = 0;

  async function wait(b: Body): Promise<void> {
    try {
      await outbox.add({ recipient, place, id: draft.id, body: b });
      localStorage.setItem(flag, '1');
    } catch {
      // This browser keeps nothing: the form stays open, and a tap sends it again.
      status.textContent = lost();
      return;
    }
    const sync = (await navigator.serviceWorker?.getRegistration() as { sync?: { register(tag: string): Promise<void> } } | undefined)?.sync;
    sync?.register(channel).catch(() => undefined);
    await settle();
    queue.focus();
  }

  function showQueue(w: Waiting): void {
    const since = new Date(w.at).toLocaleString(locale, { weekday: 'long', hour: '2-digit', minute: '2-digit' });
    queue.replaceChildren(
      el('b', {}, navigator.onLine ? t('Menunggu jawaban server.') : t('Menunggu sinyal.')), ' ',
      t('Komitmen ini tersimpan di ponsel Anda sejak %s. Ia terkirim sendiri, satu kali, begitu bisa. Halaman ini boleh ditutup.', since),
      el('div', { class: 'row' },
        button('', t('Kirim sekarang'), () => void flush(true)),
        button('ghost', t('Jangan kirim'), () => void discard())));
    queue.hidden = false;
    clearTimeout(again);
    again = setTimeout(() => void flush(), 60_000);
  }

  /** Sends what waits here or for other places. asked is true where a person wants to hear that it did not go. */
  async function flush(asked = false): Promise<void> {
    clearTimeout(again);
    try {
      if ((await outbox.all()).every((w) => w.state !== 'waiting')) return await settle();
      status.textContent = t('Mengirim …');
      if ((await outbox.flush()).length > 0) others.postMessage('');
      status.textContent = '';
      await settle();
      if (asked && !queue.hidden) status.textContent = unheard();
    } catch {
      status.textContent = '';
    }
  }

  async function discard(): Promise<void> {
    clearTimeout(again);
    const was = await outbox.find(recipient);
    if (was?.state !== 'waiting') return settle();
    await outbox.take(recipient);
    others.postMessage('');
    queue.hidden = true;
    status.textContent = t('Tidak jadi dikirim. Isian Anda tetap tersimpan di ponsel ini.');
    send.focus();
  }

  /** Shows what became of the form that waited here, whoever sent it. */
  async function settle(): Promise<void> {
    const w = await outbox.find(recipient);
    if (w?.state === 'waiting') return showQueue(w);
    queue.hidden = true;
    if (!w) {
      // Another tab may have been faster, and has written down how it ended.
      const kept = drafts.load(Date.now());
      if (kept?.submitted && !draft.submitted) {
        draft = kept;
        return reopen();
      }
      return;
    }
    draft.id = w.id;
    if (w.state === 'sent') {
      draft.sent = JSON.stringify(w.body);
      draft.submitted = true;
      keep();
    }
    await outbox.take(recipient);
    if (w.state === 'sent') return reopen();
    if (w.problem) {
      if (step !== 5) show(4, false);
      refused(w.problem);
    }
  }

  function refused(p: Problem): void {
    delete draft.sent;
    keep();
    if (p.errors?.length) {
      show(Math.min(...p.errors.map((e) => pageOf(e.pointer))), false);
      return mark(p.errors, problemText(p));
    }
    const extra: (Node | string)[] = [];
    if (slug(p) === 'melebihi-sisa') {
      const card = cards.find((c) => c.dataset['need'] === p.need);
      const left = p.remaining ?? 0;
      extra.push(el('p', {}, left > 0 ? t('Sekarang sisa %s %s.', number(left), things(card ?? null, left)) : t('Sekarang sudah tidak ada sisa di sini.')));
      const control = card && field(`quantity:${p.need}`);
      const offer = offers.find((o) => o.id === p.need);
      if (control && left > 0) {
        const wanted = control.value;
        if (offer) correct(offer, left);
        control.value = wanted;
        extra.push(button('ghost', t('Jadikan %s', number(left)), () => {
          control.value = String(left);
          changed();
          mark([]);
        }));
      }
      if (p.nearby?.length) {
        extra.push(el('p', {}, t('Terdekat yang masih membutuhkan:')), el('ul', {}, ...p.nearby.map((n) => lineOf(n, 'bantu', t('masih butuh %s', number(n.remaining))))));
      }
      show(1, false);
    } else {
      extra.push(el('p', {}, el('a', { href: at(`/masalah/${slug(p)}/`) }, t('Apa artinya ini?'))));
    }
    mark([], problemText(p), extra);
  }

  // --- The code from the mail.

  function accepted(s: Submitted, email: string): void {
    secret = s.secret;
    draft.submitted = true;
    draft.number = s.number;
    keep();
    mark([]);
    one('#nomor')!.textContent = t('Nomor komitmen %s', s.number);
    one('#ke')!.textContent = t('Kami mengirim 6 angka ke %s. Kodenya berlaku sampai %s.', email,
      new Date(s.verifyBy).toLocaleString(locale, { weekday: 'long', hour: '2-digit', minute: '2-digit' }));
    show(5, true);
    one('#code')!.focus();
  }

  async function verify(): Promise<void> {
    const input = field('code')!;
    const said = one('#status-kode')!;
    const code = input.value.replace(/\D/g, '');
    if (code.length !== 6) {
      said.textContent = t('Tulis keenam angkanya.');
      input.focus();
      return;
    }
    const go = one<HTMLButtonElement>('#buktikan')!;
    busy(go, true);
    said.textContent = t('Memeriksa …');
    const answer = await call<unknown>('POST', `/v1/commitments/${draft.id}/verification`, { code }, secret);
    busy(go, false);
    if (answer.kind === 'ok') {
      drafts.forget();
      location.assign(at(`/k/#${secret}`));
      return;
    }
    said.textContent = answer.kind === 'lost' ? lost() : problemText(answer.problem);
    if (answer.kind === 'refused') {
      const why = slug(answer.problem);
      if (why === 'expired' || why === 'not-found' || why === 'melebihi-sisa') {
        // This commitment is over; the next one needs an id of its own.
        draft = { id: uuid7(Date.now()), values: draft.values, at: Date.now() };
        keep();
        show(4, false);
        refused(answer.problem);
      } else input.select();
    }
  }

  // --- Draft.

  function keep(): void {
    draft.values = read(form);
    draft.at = Date.now();
    const kept = drafts.keep(draft);
    one('#tersimpan')!.textContent = kept ? t('Tersimpan di ponsel ini. Bisa dilanjutkan tanpa sinyal.') : t('Peramban ini tidak menyimpan isian. Jangan tutup halaman sebelum terkirim.');
    clear.hidden = !kept;
  }

  function changed(): void {
    refresh();
    keep();
  }

  function busy(b: HTMLButtonElement, on: boolean): void {
    b.disabled = on;
    b.setAttribute('aria-busy', String(on));
  }

  function button(kind: string, text: string, act: () => void): HTMLButtonElement {
    return el('button', { type: 'button', class: `btn ${kind}`, click: act }, text);
  }

  // --- Begin.

  field('from')!.min = today;
  field('from')!.max = plus(today, limits.lead);
  field('from')!.value = plus(today, 1);
  field('to')!.value = plus(today, 7);
  if (draft.at > 0) {
    write(form, draft.values);
    // A quantity from last week may be more than is left today.
    for (const offer of offers) {
      const control = field(`quantity:${offer.id}`);
      if (control && whole(control.value) > offer.remaining) control.value = String(offer.remaining);
    }
    if (field('from')!.value < today) field('from')!.value = today;
    if (field('to')!.value < field('from')!.value) field('to')!.value = field('from')!.value;
    clear.hidden = false;
  }
  send.hidden = false;
  refresh();
  show(stepOf(), false);

  form.addEventListener('input', changed);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (step === 5) void verify();
    else if (step === 4) void submit();
  });
  one('#buktikan')!.addEventListener('click', () => void verify());
  for (const key of all<HTMLButtonElement>('[data-step]', form)) {
    key.addEventListener('click', () => {
      const control = one<HTMLInputElement>('input', key.parentElement!)!;
      const most = offers.find((o) => `quantity:${o.id}` === control.name)?.remaining ?? limits.units;
      const now = whole(control.value) || 0;
      // Large needs move in rounder steps.
      const by = most >= 400 ? 10 : most >= 100 ? 5 : 1;
      const to = Number(key.dataset['step']) > 0 ? Math.floor(now / by) * by + by : Math.ceil(now / by) * by - by;
      control.value = String(Math.min(most, Math.max(1, to)));
      changed();
    });
  }
  clear.addEventListener('click', () => {
    drafts.forget();
    // What waits to be sent goes as well.
    void outbox.take(recipient).catch(() => null).then(() => location.replace(location.pathname));
  });
  addEventListener('online', () => void flush());
  others.addEventListener('message', () => void settle().catch(() => undefined));

  if (draft.submitted && draft.sent) reopen();
  else void flush();
  void look();

  /**
   * Opens the step of the code: the submission stands already. Sending the same
   * again brings back the same private link, which is never kept here.
   */
  function reopen(): void {
    const sent = JSON.parse(draft.sent!) as Body;
    show(4, false);
    status.textContent = t('Membuka komitmen yang menunggu kode …');
    busy(send, true);
    void put(draft.id, sent).then((answer) => {
      busy(send, false);
      status.textContent = '';
      if (answer.kind === 'ok') accepted(answer.value, sent.collaborator.email);
      else if (answer.kind === 'lost') status.textContent = lost();
      else {
        draft = { id: uuid7(Date.now()), values: draft.values, at: Date.now() };
        refused(answer.problem);
      }
    });
  }
}
