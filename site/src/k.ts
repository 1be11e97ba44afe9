// One's own promise. The secret is in the fragment, which browsers never send
// anywhere; it travels in the Authorization header only.

import { begun, forget } from './antar';
import { call, slug, type Problem } from './api';
import { appointed, goodsOf, naming, step, today, type Commitment, type Delivery, type Page, type Step } from './commitment';
import { el, one } from './dom';
import './fragment';
import { commitmentOf } from './identity';
import { button, copying, facts, folded, note, outdated, paper, row, saying, small, why } from './parts';
import { at, lang, many, t } from './t';
import { day, days, lost, moment, number, problemText, rupiah, span } from './words';

type Contact = { queued: true } | { queued?: false; name: string; phone: string; email?: string; demo: boolean };

const root = one('#k')!;
const news = one('#kabar')!;
const hours = Number(root.dataset['hours']) || 48;
const zone = Number(root.dataset['zone']) || 420;
naming(root);
let timer = 0;
// Seeing a contact is written down and counted, so what was seen stays for this visit.
let known: Contact | null = null;

const past: Record<string, string> = {
  submitted: t('Komitmen dikirim'),
  verify: t('E-mail dibuktikan, jumlah ditahan untuk Anda'),
  contacted: t('Penanggung jawab dan Anda sudah berbicara'),
  silent: t('Anda melaporkan bahwa penanggung jawab tidak menjawab'),
  renew: t('Waktu menghubungi diperpanjang'),
  schedule: t('Hari antar disepakati'),
  sign: t('Surat komitmen ditandatangani'),
  report: t('Penyaluran Anda dilaporkan'),
  receive: t('Penanggung jawab memastikan penerimaan'),
  settle: t('Jumlahnya disepakati'),
  release: t('Sisanya dilepas, kembali ke peta'),
  withdraw: t('Komitmen Anda dibatalkan'),
  lapse: t('Kedaluwarsa karena tidak ada kontak'),
  drop: t('Dihapus karena tidak dibuktikan'),
  forget: t('Data pribadi dihapus'),
};

const stages = [t('Hubungi'), t('Hari'), t('Surat'), t('Antar'), t('Diterima')];
const stageOf: Record<Step, number> = { code: -1, contact: 0, schedule: 1, sign: 2, deliver: 3, answer: 4, dispute: 4, done: 5, over: -1 };

const vias: Record<string, string> = {
  steward: t('lewat tautannya sendiri'), handover: t('lewat tautan yang Anda teruskan'), bast: t('dengan kode di lembar BAST'), officer: t('lewat petugas, dari BAST yang ditandatangani'),
};

function fail(p: Problem | null): void {
  const gone = p && (slug(p) === 'not-found' || slug(p) === 'denied');
  root.replaceChildren(
    el('h2', {}, gone ? t('Komitmen ini tidak ditemukan') : t('Belum dapat dibuka')),
    el('p', { class: 'sub' }, gone
      ? t('Tautannya tidak lengkap, atau data komitmen ini sudah dihapus. Salin tautan dari e-mail secara utuh, atau minta tautan baru.')
      : p ? problemText(p) : navigator.onLine ? t('Belum ada jawaban dari server.') : t('Anda sedang luring.')),
    gone ? row(el('a', { class: 'btn', href: at('/lapor/') }, t('Minta tautan baru')), el('a', { class: 'btn ghost', href: at('/') }, t('Ke peta')))
      : row(button('', t('Coba lagi'), () => void open())),
  );
}

async function open(said = ''): Promise<void> {
  clearInterval(timer);
  const secret = location.hash.slice(1);
  const id = commitmentOf(secret);
  if (!id) {
    fail({ type: '/masalah/not-found/' });
    return;
  }
  const answer = await call<Commitment>('GET', `/v1/commitments/${id}`, undefined, secret);
  if (answer.kind === 'ok') show(answer.value, secret, said);
  else fail(answer.kind === 'refused' ? answer.problem : null);
}

function show(c: Commitment, secret: string, said: string): void {
  clearInterval(timer);
  // The report arrived, whether or not this phone heard of it.
  if (c.deliveries.some((d) => d.id === begun(c.id)?.id)) forget(c.id);
  const may = (move: string) => c.allowed.includes(move);
  const now = step(c);
  const heading = t('%s untuk %s', goodsOf(c.lines), c.recipient.name);
  document.title = `${heading} · KSBB`;
  const page: Page = {
    c, secret, today: today(zone),
    call: <T>(method: string, what: string, body?: unknown) => call<T>(method, `/v1/commitments/${c.id}${what && `/${what}`}`, body, secret),
    reopen: open,
    async move(b, out, method, what, body, done) {
      b.disabled = true;
      out.textContent = t('Mencatat …');
      const answer = await page.call<Commitment>(method, what, body);
      b.disabled = false;
      if (answer.kind === 'ok') show(answer.value, secret, done);
      else if (outdated(answer)) void open(why(answer));
      else out.textContent = why(answer);
    },
  };
  const post = (b: HTMLButtonElement, out: HTMLElement, what: string, body: unknown, done: string) => void page.move(b, out, 'POST', what, body, done);

  // A part of the script, and its card, once it is asked for.
  const later = (box: HTMLElement, part: () => Promise<HTMLElement>) => {
    box.replaceChildren(small(t('Membuka …')));
    part().then((card) => box.replaceChildren(card), () => {
      box.replaceChildren(small(lost()), row(button('ghost', t('Coba lagi'), () => later(box, part))));
    });
  };

  // Each thing that may be done is built once: the next one open on top, the
  // others folded below.
  const cards: [key: string, title: string, shown: boolean, build: (box: HTMLElement) => void][] = [
    ['contact', c.contactedAt ? t('Kontak penanggung jawab') : t('Hubungi penanggung jawab'), may('contact'), contactBox],
    ['schedule', c.schedule ? t('Ubah hari antar') : t('Sepakati hari antar'), may('schedule'), scheduleBox],
    ['sign', t('Tanda tangani surat komitmen'), may('sign'), (box) => {
      const inner = el('div');
      box.append(inner);
      later(inner, async () => (await import('./tanda.js')).signing(page));
    }],
    ['deliver', c.deliveries.length > 0 ? t('Antar dan laporkan sisanya') : t('Antar, lalu laporkan'), may('report'), deliverBox],
    ['answer', t('Minta penanggung jawab memastikan'), !!c.handover && !!c.signedAt, handoverBox],
  ];
  const key = now === 'dispute' ? '' : now;
  const next = cards.find(([k, , shown]) => k === key && shown);

  const top = el('section', { class: 'card next', 'aria-labelledby': 'berikut' });
  const lead = el('h2', { id: 'berikut', tabindex: -1 });
  top.append(lead);
  if (next) {
    lead.textContent = next[1];
    next[3](top);
  } else {
    ends(top, lead);
  }

  const holds = ['contact', 'schedule', 'sign', 'deliver'].includes(now);
  root.replaceChildren(...[
    el('p', { class: 'small' }, t('Komitmen %s · hanya untuk Anda', c.number)),
    el('h2', { class: 'lead' }, heading),
    stageOf[now] < 0 ? null : el('ol', { class: 'stages', 'aria-label': t('Langkah') }, ...stages.map((name, i) =>
      el('li', { class: i < stageOf[now] ? 'on' : i === stageOf[now] ? 'now' : '', 'aria-current': i === stageOf[now] && 'step' },
        name, el('span', { class: 'unseen' }, ` (${i < stageOf[now] ? t('selesai') : i === stageOf[now] ? t('sekarang') : t('nanti')})`)))),
    c.recipient.demo ? note('', t('Data contoh: penerima ini dikarang. Tidak ada yang perlu dihubungi atau diantar.')) : null,
    c.contactBy && !c.contactedAt && may('contacted') ? clock(c.contactBy) : null,
    now === 'code' ? codeBox() : top,
    ...c.deliveries.map((d) => given(d)),
    ...cards.filter((card) => card !== next && card[2]).map(([k, title, , build]) => {
      const box = folded(title, build);
      box.id = `langkah-${k}`;
      return box;
    }),
    papers(),
    overview(), story(),
    holds || now === 'answer' ? el('p', { class: 'small sub' }, t('Simpan tautan halaman ini. Siapa pun yang memegangnya dapat melihat kontak dan membatalkan komitmen, jadi jangan dibagikan.')) : null,
    row(el('a', { class: 'btn ghost', href: at(`/lokasi/${encodeURIComponent(c.recipient.id)}/`) }, t('Halaman lokasi'))),
    now === 'code' ? null : folded(t('Data saya dan pengingat'), (box) => later(box, async () => (await import('./urus.js')).rights(page))),
    may('withdraw') || may('release') ? folded(c.deliveries.length > 0 ? t('Lepaskan sisanya') : t('Batalkan komitmen'),
      (box) => later(box, async () => (await import('./urus.js')).withdrawal(page))) : null,
  ].filter((p): p is HTMLElement => p !== null));

  news.textContent = said;
  if (said && !next && now === 'code') one('#code')?.focus();
  else if (said) {
    lead.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  // A report that was begun before the camera took the phone's memory goes on.
  if (may('report') && begun(c.id)) one<HTMLDetailsElement>('#langkah-deliver')?.setAttribute('open', '');

  /** Says where the promise stands when there is nothing to be done first. */
  function ends(box: HTMLElement, title: HTMLElement): void {
    const say = (text: string, ...more: (Node | string)[]) => {
      title.textContent = text;
      box.append(...more);
    };
    const got = goodsOf(c.lines, c.lines.map((l) => l.received));
    if (now === 'dispute') {
      say(t('Jumlahnya belum sama'), el('p', {}, t('Sampai disepakati, yang dihitung adalah angka yang lebih kecil. Lihat di bawah.')));
      box.classList.add('late');
    } else if (now === 'done') {
      say(t('Diterima. Terima kasih!'), el('p', {}, c.displayName === 'Hamba Allah'
        ? t('%s sudah menerima %s. Siapa pun dapat melihatnya di halaman lokasi, tanpa nama Anda.', c.recipient.name, got)
        : t('%s sudah menerima %s. Siapa pun dapat melihatnya di halaman lokasi.', c.recipient.name, got)),
        paper('', t('Simpan tanda terima (PDF)'), `/v1/commitments/${c.id}/receipt.pdf`, `tanda-terima-${c.number}.pdf`, secret));
    } else if (c.state === 'lapsed') {
      say(t('Komitmen ini kedaluwarsa'), el('p', {}, c.endedAt ? t('Belum ada kontak sampai batas waktunya, %s. Jumlahnya kembali ke peta.', moment(c.endedAt)) : t('Belum ada kontak sampai batas waktunya. Jumlahnya kembali ke peta.')));
      if (may('renew')) {
        const out = saying();
        box.append(el('p', { class: 'small' }, t('Masih ingin memberi? Komitmen ini dapat dihidupkan lagi satu kali, selama kebutuhannya masih ada.')),
          row(button('', t('Hidupkan lagi'), (b) => post(b, out, 'renewal', {}, t('Komitmen ini berlaku lagi.')))), out);
      }
    } else if (c.state === 'withdrawn') {
      say(t('Komitmen ini dibatalkan'), el('p', {}, `${c.endedAt ? `${moment(c.endedAt)}. ` : ''}${t('Jumlahnya kembali ke peta.')}`));
    } else if (c.state === 'dropped') {
      say(t('Komitmen ini tidak berlaku'), el('p', {}, t('Komitmen ini tidak dibuktikan pada waktunya. Silakan buat yang baru.')));
    } else {
      say(t('Sedang berjalan'), el('p', {}, t('Tidak ada yang perlu Anda lakukan sekarang.')));
    }
  }

  function overview(): HTMLElement {
    const value = c.lines.reduce((sum, l) => sum + l.value, 0);
    const rows: [string, string][] = [[t('Rencana'), days(c.period)]];
    if (c.schedule) rows.push([t('Hari antar'), appointed(c.schedule)]);
    rows.push([t('Cara antar'), c.route === 'aggregator' ? t('lewat mitra penyalur') : t('diantar sendiri')], [t('Nama di halaman umum'), c.displayName]);
    if (value > 0) rows.push([c.lines.some((l) => l.estimated) ? t('Nilai (perkiraan)') : t('Nilai menurut harga acuan'), rupiah(value)]);
    return facts(rows);
  }

  function story(): HTMLElement | null {
    if (c.history.length === 0) return null;
    const order: Step[] = ['contact', 'schedule', 'sign', 'deliver', 'answer'];
    const rest: Partial<Record<Step, string>> = {
      contact: t('Hubungi penanggung jawab'), schedule: t('Sepakati hari antar'), sign: t('Tanda tangani surat komitmen'),
      deliver: t('Antar, tandatangani berita acara, laporkan'), answer: t('Penanggung jawab memastikan jumlahnya'),
    };
    const i = order.indexOf(now);
    return el('section', {}, el('h2', {}, t('Perjalanan komitmen ini')), el('ol', { class: 'time' },
      ...c.history.map((h) => el('li', {}, el('b', {}, past[h.what] ?? h.what), el('span', { class: 'small' }, moment(h.at)))),
      ...(i < 0 ? [] : order.slice(i)).map((s) => el('li', { class: 'wait' }, el('b', {}, rest[s]!))),
    ));
  }

  function clock(by: string): HTMLElement {
    const left = el('b');
    const bar = el('progress', { max: hours * 60, 'aria-hidden': 'true' });
    const box = el('div', { class: 'card clock' },
      el('span', {}, t('Hubungi penanggung jawab dalam')), left,
      el('span', { class: 'small' }, t('sebelum %s. Setelah itu komitmen kembali ke peta.', moment(by))), bar);
    const tick = () => {
      const ms = Date.parse(by) - Date.now();
      left.textContent = ms > 0 ? span(ms) : t('waktunya habis');
      bar.value = Math.max(0, hours * 60 - ms / 60_000);
      box.classList.toggle('late', ms < 6 * 3_600_000);
    };
    tick();
    timer = setInterval(tick, 20_000);
    return box;
  }

  function codeBox(): HTMLElement {
    const out = saying();
    const input = el('input', { id: 'code', class: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 6 });
    const go = el('button', { class: 'btn', type: 'submit' }, t('Kirim kode'));
    const box = el('form', { class: 'card', novalidate: true },
      el('h3', {}, t('Masukkan kode dari e-mail')),
      small(t('Komitmen baru berlaku setelah kode 6 angka ini masuk, paling lambat %s.', moment(c.verifyBy))),
      el('label', { for: 'code' }, t('Kode 6 angka')), input, row(go), out);
    box.addEventListener('submit', (event) => {
      event.preventDefault();
      const code = input.value.replace(/\D/g, '');
      if (code.length !== 6) out.textContent = t('Tulis keenam angkanya.');
      else post(go, out, 'verification', { code }, t('E-mail terbukti. Jumlahnya ditahan untuk Anda.'));
    });
    return box;
  }

  // --- Contact.

  function contactBox(box: HTMLElement): void {
    const inner = el('div');
    box.append(inner);
    if (known) inner.append(...contact(known));
    else {
      const out = saying();
      inner.append(
        small(t('Nomor ini hanya untuk komitmen ini, jadi jangan dibagikan. Bahwa Anda membukanya dicatat dan terlihat olehnya.')),
        row(button('', t('Lihat kontak'), (b) => {
          b.disabled = true;
          out.textContent = t('Membuka kontak …');
          void page.call<Contact>('POST', 'contact', {}).then((answer) => {
            b.disabled = false;
            if (answer.kind !== 'ok') {
              out.textContent = why(answer);
              return;
            }
            known = answer.value;
            inner.replaceChildren(...contact(known));
            one('h3', inner)?.focus();
          });
        })), out);
    }
    if (c.contactedAt) return;
    const out = saying();
    box.append(row(
      may('contacted') ? button(known ? '' : 'ghost', t('Sudah saya hubungi'), (b) => post(b, out, 'contacted', {}, t('Dicatat: sudah dihubungi.'))) : null,
      may('silent') ? button('ghost', t('Tidak dijawab'), (b) => post(b, out, 'silence', {}, t('Dicatat. Komitmen Anda ditahan 48 jam lagi, dan kantor kelurahan diberi tahu bila ini berulang.'))) : null,
    ), out);
    if (may('renew')) {
      box.append(small(t('Perlu waktu lebih? Batas waktunya dapat diperpanjang satu kali.')),
        row(button('ghost', t('Perpanjang %s jam', hours), (b) => post(b, out, 'renewal', {}, t('Waktunya diperpanjang.')))));
    }
  }

  function giver(): string {
    return c.displayName === 'Hamba Allah' ? 'kolaborator KSBB' : `${c.displayName}, kolaborator KSBB`;
  }

  // What is written to those in charge is Indonesian, whatever the page speaks.
  function gift(): string {
    return `${goodsOf(c.lines, undefined, 'id')} untuk ${c.recipient.name} (${c.number})`;
  }

  function foreign(): HTMLElement | null {
    return lang === 'id' ? null : small(t('Pesannya berbahasa Indonesia, supaya dipahami penanggung jawab.'));
  }

  function contact(k: Contact): Node[] {
    if (k.queued) {
      return [el('h3', { tabindex: -1 }, t('Penanggung jawab akan menghubungi Anda')),
        small(t('Untuk melindungi nomor mereka, kontak sekarang tidak dibuka. Kontak Anda sudah sampai kepadanya. Komitmen Anda tetap berlaku.'))];
    }
    const digits = k.phone.replace(/\D/g, '');
    const text = `Halo ${k.name}, saya ${giver()}. `
      + `Saya berjanji memberi ${gift()}, rencananya ${days(c.period, 'id-ID')}. `
      + 'Kapan dan di mana sebaiknya saya antarkan?'
      + (c.handover ? ` Di sini Bapak/Ibu dapat melihat komitmen ini dan nanti memastikan barangnya: ${link()}` : '');
    return [
      el('h3', { tabindex: -1 }, k.name),
      el('p', {}, k.phone),
      k.email && !k.demo ? el('p', {}, el('a', { href: `mailto:${k.email}` }, k.email)) : el('span'),
      // Invented numbers are shown and never linked: somebody might own them one day.
      k.demo ? el('p', { class: 'note' }, t('Nomor contoh. Jangan dihubungi.'))
        : row(el('a', { class: 'btn wa', href: `https://wa.me/${digits}?text=${encodeURIComponent(text)}`, rel: 'noopener noreferrer' }, t('Tulis lewat WhatsApp')),
          el('a', { class: 'btn ghost', href: `tel:+${digits}` }, t('Telepon'))),
      ...(k.demo ? [] : [foreign()]).filter((p) => p !== null),
    ];
  }

  // --- The day.

  function scheduleBox(box: HTMLElement): void {
    const out = saying();
    const field = (id: string, type: string, label: string, value?: string) => {
      const input = el('input', { id, type, autocomplete: 'off', value: value ?? '' });
      return [input, el('div', {}, el('label', { for: id }, label), input)] as const;
    };
    const first = c.schedule?.on ?? (c.period.from > page.today ? c.period.from : page.today);
    const [on, onBox] = field('hari', 'date', t('Hari antar'), first);
    const [from, fromBox] = field('mulai', 'time', t('Mulai pukul'), c.schedule?.from);
    const [to, toBox] = field('selesai', 'time', t('Sampai pukul'), c.schedule?.to);
    on.min = page.today;
    const go = el('button', { class: 'btn', type: 'submit' }, t('Simpan hari antar'));
    const form = el('form', { novalidate: true }, small(t('Hari yang Anda sepakati dengan penanggung jawab. Jam boleh dikosongkan. Hari ini tampil di halaman lokasi.')),
      onBox, el('div', { class: 'two' }, fromBox, toBox), row(go), out);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!on.value) out.textContent = t('Pilih harinya.');
      else if (!from.value !== !to.value) out.textContent = t('Tulis jam mulai dan selesai, atau kosongkan keduanya.');
      else post(go, out, 'schedule', { on: on.value, ...(from.value && { from: from.value, to: to.value }) }, t('Dicatat: diantar %s.', day(on.value)));
    });
    box.append(form);
  }

  // --- The hand-over.

  function deliverBox(box: HTMLElement): void {
    const place = el('div');
    const begin = button('', t('Laporkan penyaluran'), () => later(place, async () => (await import('./kirim.js')).reporting(page)));
    begin.dataset['lapor'] = '';
    place.append(row(begin));
    const left = goodsOf(c.lines, c.lines.map((l) => l.outstanding));
    box.append(
      c.schedule ? el('p', {}, el('b', {}, `${appointed(c.schedule)}: `), left) : el('p', {}, left),
      paper('ghost', t('Simpan lembar BAST (PDF)'), `/v1/commitments/${c.id}/bast.pdf`, `${c.bast}.pdf`, secret),
      small(t('Cetak lembar ini dan tandatangani berdua waktu serah terima. Di lembar itu ada kode supaya penanggung jawab dapat memastikan penerimaan dari ponselnya.')),
      place);
    if (begun(c.id)) begin.click();
  }

  function link(): string {
    return `${location.origin}/pj/#${c.handover}`;
  }

  function handoverBox(box: HTMLElement): void {
    const text = `Halo, saya ${giver()}. Mohon pastikan penerimaan ${gift()} di sini: ${link()}`;
    const number = known && !known.queued ? known.phone.replace(/\D/g, '') : '';
    box.append(
      el('p', {}, t('Bantuan baru dihitung sebagai diterima setelah penanggung jawab memastikannya.')),
      small(t('Kirimi dia tautan ini. Tautannya hanya untuk komitmen ini dan mati setelah dijawab. Kalau ia punya lembar BAST, kode di lembar itu juga cukup.')),
      c.recipient.demo ? row(el('a', { class: 'btn ghost', href: at(`/pj/#${c.handover}`), 'data-handover': '' }, t('Tautan untuk penanggung jawab')))
        : row(el('a', { class: 'btn wa', href: `https://wa.me/${number}?text=${encodeURIComponent(text)}`, rel: 'noopener noreferrer' }, t('Kirim lewat WhatsApp'))),
      copying(t('Salin pesannya'), text), foreign() ?? '');
  }

  /** One delivery: what was reported, what the steward says, and what can be done about it. */
  function given(d: Delivery): HTMLElement {
    const reported = goodsOf(c.lines, d.quantities);
    const box = el('section', { class: `card${d.open ? ' late' : ''}` },
      el('h3', {}, d.open ? t('Jumlah berbeda') : d.answer ? t('Diterima: %s', goodsOf(c.lines, d.received)) : t('Dilaporkan: %s', reported)),
      small(`${d.number} · ${day(d.on)}${d.reportedBy === 'collaborator' ? '' : ` · ${t('dicatat penanggung jawab')}`}`));
    if (d.open) {
      const out = saying();
      box.append(
        facts([[t('Menurut Anda'), reported], [t('Menurut penanggung jawab'), goodsOf(c.lines, d.received)]]),
        small(`${t('Dijawab %s. Kalau menurut Anda keliru, bicarakan dengannya: ia dapat membetulkan jawabannya.', vias[d.via ?? ''] ?? '')} `, el('a', { href: at(`/aduan/?lokasi=${encodeURIComponent(c.recipient.id)}`) }, t('Tidak selesai juga? Ajukan aduan.'))),
        row(button('', t('Terima angka penanggung jawab'), (b) => post(b, out, `deliveries/${d.id}/settlement`, {}, t('Jumlahnya disepakati.')))), out);
    } else if (d.answer) {
      box.append(small(`${t('Dipastikan penanggung jawab %s', vias[d.via ?? ''] ?? '')}${d.answeredAt ? `, ${moment(d.answeredAt)}` : ''}.`));
    } else {
      box.append(small(t('Menunggu penanggung jawab memastikan. Di peta sudah tampil sebagai dilaporkan.')));
    }
    if (d.evidence.length > 0) box.append(small(many(d.evidence.length, '%s berkas bukti disimpan. Foto baru tampil untuk umum setelah diperiksa petugas.', number(d.evidence.length))));
    return box;
  }

  function papers(): HTMLElement | null {
    if (['submitted', 'dropped', 'withdrawn', 'lapsed'].includes(c.state)) return null;
    const path = (name: string) => `/v1/commitments/${c.id}/${name}.pdf`;
    return folded(t('Dokumen'), (box) => {
      box.append(paper('ghost', c.signedAt ? t('Surat komitmen (PDF)') : t('Rancangan surat komitmen (PDF)'), path('letter'), `surat-komitmen-${c.number}.pdf`, secret));
      if (c.signedAt && c.lines.some((l) => l.outstanding > 0 || l.delivered > 0)) box.append(paper('ghost', t('Lembar BAST (PDF)'), path('bast'), `${c.bast}.pdf`, secret));
      if (c.lines.some((l) => l.received > 0)) box.append(paper('ghost', t('Tanda terima (PDF)'), path('receipt'), `tanda-terima-${c.number}.pdf`, secret));
      if (c.letter) box.append(small(`${t('Sidik surat yang ditandatangani:')} `, el('code', {}, c.letter)));
    });
  }
}

addEventListener('hashchange', () => {
  known = null;
  void open();
});
void open();
