// The form by which aid is promised: four steps, a draft that survives, one
// sending that may be repeated, and the code from the mail.

import { call, slug, type Answer, type FieldError, type Problem } from './api';
import { all, el, one } from './dom';
import { Drafts, read, write, type Draft } from './draft';
import { uuid7 } from './identity';
import { bodyOf, check, plus, whole, type Body, type Limits, type Offer } from './promise';
import { Proof } from './proof';
import { days, fieldText, lost, metres, number, problemText, rupiah } from './words';

interface Submitted {
  id: string;
  number: string;
  secret: string;
  verifyBy: string;
}

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

  function sum(card: HTMLElement, b: Body): void {
    const out = one('[data-sum]', card);
    const line = b.lines.find((l) => 'need' in l && l.need === card.dataset['need']);
    if (!out || !line || !('need' in line)) return;
    const parts: string[] = [];
    const price = (card.dataset['prices'] ?? '').split(' ').filter(Boolean).map((p) => p.split(':') as [string, string])
      .filter(([from]) => from <= today).at(-1)?.[1];
    if (price) parts.push(`≈ ${rupiah(line.quantity * Number(price))}`);
    const days = Math.floor((line.quantity * Number(card.dataset['days'])) / 1000);
    if (days > 0) parts.push(`${number(days)} hari makan satu keluarga`);
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
        ? `${number(l.quantity)} ${one(`[data-need="${CSS.escape(l.need)}"]`, form)?.dataset['thing'] ?? ''}${l.equivalent ? ` (berupa ${l.equivalent})` : ''}`
        : `${number(l.free.quantity)} ${l.free.unit} ${l.free.description} (perkiraan ${rupiah(l.free.value)})`,
    );
    const chosen = field<HTMLSelectElement>('aggregator')?.selectedOptions[0]?.text;
    const rows: [string, string, number][] = [
      ['Untuk', place, 1],
      ['Bantuan', lines.join('; ') || '–', 1],
      ['Waktu', b.period.from && b.period.to ? days(b.period) : '–', 2],
      ['Cara', b.route === 'aggregator' ? `lewat ${chosen}` : 'diantar sendiri', 2],
      ['Tampil sebagai', b.collaborator.showName ? b.collaborator.name || '–' : 'Hamba Allah', 3],
      ['E-mail', b.collaborator.email || '–', 3],
      ['WhatsApp', b.collaborator.phone || '–', 3],
    ];
    one('#isian')!.replaceChildren(
      el('dl', { class: 'facts' }, ...rows.map(([name, value, at]) =>
        el('div', {}, el('dt', {}, name), el('dd', {}, value, ' ', el('a', { href: `#langkah-${at}`, 'aria-label': `Ubah ${name}` }, 'ubah'))))),
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
  function mark(errors: FieldError[], heading = 'Ada yang perlu diperbaiki:', extra: (Node | string)[] = []): void {
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
    summary.focus({ preventScroll: true });
    summary.scrollIntoView({ block: 'center' });
  }

  function labelOf(control: HTMLElement | null): string {
    const label = control && (control as HTMLInputElement).labels?.[0];
    const text = label?.firstChild?.nodeType === Node.TEXT_NODE ? label.firstChild.textContent!.trim() : '';
    return text ? `${text.replace(/\?$/, '')}: ` : '';
  }

  // --- Proof of work, in the background as soon as the last step opens.

  const proof = new Proof();

  // --- Sending.

  async function put(b: Body): Promise<Answer<Submitted>> {
    const challenge = await proof.take();
    if (challenge === null) return { kind: 'lost' };
    if (typeof challenge !== 'string') return { kind: 'refused', problem: challenge };
    draft.sent = JSON.stringify(b);
    keep();
    return call<Submitted>('PUT', `/v1/commitments/${draft.id}`, { ...b, challenge });
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
    status.textContent = 'Mengirim …';
    let answer = await put(b);
    if (answer.kind === 'refused') {
      const why = slug(answer.problem);
      // An earlier sending arrived after all, with other contents. It holds
      // nothing and will be dropped, so what is on the screen goes as a new one.
      if (why === 'already-exists') draft.id = uuid7(Date.now());
      if (why === 'already-exists' || why === 'challenge') answer = await put(b);
    }
    busy(send, false);
    status.textContent = '';
    if (answer.kind === 'ok') return accepted(answer.value, b.collaborator.email);
    if (answer.kind === 'lost') {
      status.textContent = lost();
      return;
    }
    refused(answer.problem);
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
      extra.push(el('p', {}, left > 0 ? `Sekarang sisa ${number(left)} ${card?.dataset['thing'] ?? ''}.` : 'Sekarang sudah tidak ada sisa di sini.'));
      const control = card && field(`quantity:${p.need}`);
      if (control && left > 0) {
        card.dataset['remaining'] = String(left);
        const offer = offers.find((o) => o.id === p.need);
        if (offer) offer.remaining = left;
        extra.push(button('ghost', `Jadikan ${number(left)}`, () => {
          control.value = String(left);
          changed();
          mark([]);
        }));
      }
      if (p.nearby?.length) {
        extra.push(el('p', {}, 'Terdekat yang masih membutuhkan:'), el('ul', {}, ...p.nearby.map((n) =>
          el('li', {}, el('a', { href: `/bantu/${encodeURIComponent(n.id)}/` }, n.name), `, ${metres(n.metres)}, masih butuh ${number(n.remaining)}`))));
      }
      show(1, false);
    } else {
      extra.push(el('p', {}, el('a', { href: `/masalah/${slug(p)}/` }, 'Apa artinya ini?')));
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
    one('#nomor')!.textContent = `Nomor janji ${s.number}`;
    one('#ke')!.textContent = `Kami mengirim 6 angka ke ${email}. Kodenya berlaku sampai ${new Date(s.verifyBy).toLocaleString('id-ID', { weekday: 'long', hour: '2-digit', minute: '2-digit' })}.`;
    show(5, true);
    one('#code')!.focus();
  }

  async function verify(): Promise<void> {
    const input = field('code')!;
    const said = one('#status-kode')!;
    const code = input.value.replace(/\D/g, '');
    if (code.length !== 6) {
      said.textContent = 'Tulis keenam angkanya.';
      input.focus();
      return;
    }
    const go = one<HTMLButtonElement>('#buktikan')!;
    busy(go, true);
    said.textContent = 'Memeriksa …';
    const answer = await call<unknown>('POST', `/v1/commitments/${draft.id}/verification`, { code }, secret);
    busy(go, false);
    if (answer.kind === 'ok') {
      drafts.forget();
      location.assign(`/k/#${secret}`);
      return;
    }
    said.textContent = answer.kind === 'lost' ? lost() : problemText(answer.problem);
    if (answer.kind === 'refused') {
      const why = slug(answer.problem);
      if (why === 'expired' || why === 'not-found' || why === 'melebihi-sisa') {
        // This promise is over; the next one needs an id of its own.
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
    one('#tersimpan')!.textContent = kept ? 'Tersimpan di ponsel ini. Bisa dilanjutkan tanpa sinyal.' : 'Peramban ini tidak menyimpan isian. Jangan tutup halaman sebelum terkirim.';
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
    location.replace(location.pathname);
  });
  addEventListener('online', () => {
    if (status.textContent) status.textContent = 'Sinyal sudah kembali. Tekan Kirim sekali lagi.';
  });

  // The submission already stands and waits for its code. Sending the same
  // again brings back the same private link, which was never kept here.
  if (draft.submitted && draft.sent) {
    const sent = JSON.parse(draft.sent) as Body;
    show(4, false);
    status.textContent = 'Membuka janji yang menunggu kode …';
    busy(send, true);
    void put(sent).then((answer) => {
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
