// One's own promise. The secret is in the fragment, which browsers never send
// anywhere; it travels in the Authorization header only.

import { begun, forget } from './antar';
import { call, slug, type Problem } from './api';
import { appointed, goodsOf, step, today, type Commitment, type Delivery, type Page, type Step } from './commitment';
import { el, one } from './dom';
import { commitmentOf } from './identity';
import { button, copying, facts, folded, note, outdated, paper, row, saying, small, why } from './parts';
import { day, days, lost, moment, number, problemText, rupiah, span } from './words';

type Contact = { queued: true } | { queued?: false; name: string; phone: string; email?: string; demo: boolean };

const root = one('#k')!;
const news = one('#kabar')!;
const hours = Number(root.dataset['hours']) || 48;
const zone = Number(root.dataset['zone']) || 420;
let timer = 0;
// Seeing a contact is written down and counted, so what was seen stays for this visit.
let known: Contact | null = null;

const past: Record<string, string> = {
  submitted: 'Janji dikirim',
  verify: 'E-mail dibuktikan, jumlah ditahan untuk Anda',
  contacted: 'Penanggung jawab dan Anda sudah berbicara',
  silent: 'Anda melaporkan bahwa penanggung jawab tidak menjawab',
  renew: 'Waktu menghubungi diperpanjang',
  schedule: 'Hari antar disepakati',
  sign: 'Surat komitmen ditandatangani',
  report: 'Penyaluran dilaporkan',
  receive: 'Penanggung jawab memastikan penerimaan',
  settle: 'Jumlahnya disepakati',
  release: 'Sisanya dilepas, kembali ke peta',
  withdraw: 'Janji dibatalkan',
  lapse: 'Kedaluwarsa karena tidak ada kontak',
  drop: 'Dihapus karena tidak dibuktikan',
  forget: 'Data pribadi dihapus',
};

const stages = ['Hubungi', 'Hari', 'Surat', 'Antar', 'Diterima'];
const stageOf: Record<Step, number> = { code: -1, contact: 0, schedule: 1, sign: 2, deliver: 3, answer: 4, dispute: 4, done: 5, over: -1 };

const vias: Record<string, string> = {
  steward: 'lewat tautannya sendiri', handover: 'lewat tautan yang Anda teruskan', bast: 'dengan kode di lembar BAST', officer: 'lewat petugas, dari BAST yang ditandatangani',
};

function fail(p: Problem | null): void {
  const gone = p && (slug(p) === 'not-found' || slug(p) === 'denied');
  root.replaceChildren(
    el('h2', {}, gone ? 'Janji ini tidak ditemukan' : 'Belum dapat dibuka'),
    el('p', { class: 'sub' }, gone
      ? 'Tautannya tidak lengkap, atau data janji ini sudah dihapus. Salin tautan dari e-mail secara utuh, atau minta tautan baru.'
      : p ? problemText(p) : navigator.onLine ? 'Belum ada jawaban dari server.' : 'Anda sedang luring.'),
    gone ? row(el('a', { class: 'btn', href: '/lapor/' }, 'Minta tautan baru'), el('a', { class: 'btn ghost', href: '/' }, 'Ke peta'))
      : row(button('', 'Coba lagi', () => void open())),
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
  const at = step(c);
  const heading = `${goodsOf(c.lines)} untuk ${c.recipient.name}`;
  document.title = `${heading} · KSBB`;
  const page: Page = {
    c, secret, today: today(zone),
    call: <T>(method: string, what: string, body?: unknown) => call<T>(method, `/v1/commitments/${c.id}${what && `/${what}`}`, body, secret),
    reopen: open,
    async move(b, out, method, what, body, done) {
      b.disabled = true;
      out.textContent = 'Mencatat …';
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
    box.replaceChildren(small('Membuka …'));
    part().then((card) => box.replaceChildren(card), () => {
      box.replaceChildren(small(lost()), row(button('ghost', 'Coba lagi', () => later(box, part))));
    });
  };

  // Each thing that may be done is built once: the next one open on top, the
  // others folded below.
  const cards: [key: string, title: string, shown: boolean, build: (box: HTMLElement) => void][] = [
    ['contact', c.contactedAt ? 'Kontak penanggung jawab' : 'Hubungi penanggung jawab', may('contact'), contactBox],
    ['schedule', c.schedule ? 'Ubah hari antar' : 'Sepakati hari antar', may('schedule'), scheduleBox],
    ['sign', 'Tanda tangani surat komitmen', may('sign'), (box) => {
      const inner = el('div');
      box.append(inner);
      later(inner, async () => (await import('./tanda.js')).signing(page));
    }],
    ['deliver', c.deliveries.length > 0 ? 'Antar dan laporkan sisanya' : 'Antar, lalu laporkan', may('report'), deliverBox],
    ['answer', 'Minta penanggung jawab memastikan', !!c.handover && !!c.signedAt, handoverBox],
  ];
  const key = at === 'dispute' ? '' : at;
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

  const holds = ['contact', 'schedule', 'sign', 'deliver'].includes(at);
  root.replaceChildren(...[
    el('p', { class: 'small' }, `Janji ${c.number} · hanya untuk Anda`),
    el('h2', { class: 'lead' }, heading),
    stageOf[at] < 0 ? null : el('ol', { class: 'stages', 'aria-label': 'Langkah' }, ...stages.map((name, i) =>
      el('li', { class: i < stageOf[at] ? 'on' : i === stageOf[at] ? 'now' : '', 'aria-current': i === stageOf[at] && 'step' },
        name, el('span', { class: 'unseen' }, i < stageOf[at] ? ' (selesai)' : i === stageOf[at] ? ' (sekarang)' : ' (nanti)')))),
    c.recipient.demo ? note('', 'Data contoh: penerima ini dikarang. Tidak ada yang perlu dihubungi atau diantar.') : null,
    c.contactBy && !c.contactedAt && may('contacted') ? clock(c.contactBy) : null,
    at === 'code' ? codeBox() : top,
    ...c.deliveries.map((d) => given(d)),
    ...cards.filter((card) => card !== next && card[2]).map(([k, title, , build]) => {
      const box = folded(title, build);
      box.id = `langkah-${k}`;
      return box;
    }),
    papers(),
    overview(), story(),
    holds || at === 'answer' ? el('p', { class: 'small sub' }, 'Simpan tautan halaman ini. Siapa pun yang memegangnya dapat melihat kontak dan membatalkan janji, jadi jangan dibagikan.') : null,
    row(el('a', { class: 'btn ghost', href: `/lokasi/${encodeURIComponent(c.recipient.id)}/` }, 'Halaman lokasi')),
    at === 'code' ? null : folded('Data saya dan pengingat', (box) => later(box, async () => (await import('./urus.js')).rights(page))),
    may('withdraw') || may('release') ? folded(c.deliveries.length > 0 ? 'Lepaskan sisanya' : 'Batalkan janji',
      (box) => later(box, async () => (await import('./urus.js')).withdrawal(page))) : null,
  ].filter((p): p is HTMLElement => p !== null));

  news.textContent = said;
  if (said && !next && at === 'code') one('#code')?.focus();
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
    if (at === 'dispute') {
      say('Jumlahnya belum sama', el('p', {}, 'Sampai disepakati, yang dihitung adalah angka yang lebih kecil. Lihat di bawah.'));
      box.classList.add('late');
    } else if (at === 'done') {
      say('Diterima. Terima kasih!', el('p', {}, `${c.recipient.name} sudah menerima ${got}. Siapa pun dapat melihatnya di halaman lokasi${c.displayName === 'Hamba Allah' ? ', tanpa nama Anda' : ''}.`),
        paper('', 'Simpan tanda terima (PDF)', `/v1/commitments/${c.id}/receipt.pdf`, `tanda-terima-${c.number}.pdf`, secret));
    } else if (c.state === 'lapsed') {
      say('Janji ini kedaluwarsa', el('p', {}, `Belum ada kontak sampai batas waktunya${c.endedAt ? `, ${moment(c.endedAt)}` : ''}. Jumlahnya kembali ke peta.`));
      if (may('renew')) {
        const out = saying();
        box.append(el('p', { class: 'small' }, 'Masih ingin memberi? Janji ini dapat dihidupkan lagi satu kali, selama kebutuhannya masih ada.'),
          row(button('', 'Hidupkan lagi', (b) => post(b, out, 'renewal', {}, 'Janji ini berlaku lagi.'))), out);
      }
    } else if (c.state === 'withdrawn') {
      say('Janji ini dibatalkan', el('p', {}, `${c.endedAt ? `${moment(c.endedAt)}. ` : ''}Jumlahnya kembali ke peta.`));
    } else if (c.state === 'dropped') {
      say('Janji ini tidak berlaku', el('p', {}, 'Janji ini tidak dibuktikan pada waktunya. Silakan buat yang baru.'));
    } else {
      say('Sedang berjalan', el('p', {}, 'Tidak ada yang perlu Anda lakukan sekarang.'));
    }
  }

  function overview(): HTMLElement {
    const value = c.lines.reduce((sum, l) => sum + l.value, 0);
    const rows: [string, string][] = [['Rencana', days(c.period)]];
    if (c.schedule) rows.push(['Hari antar', appointed(c.schedule)]);
    rows.push(['Cara', c.route === 'aggregator' ? 'lewat mitra penyalur' : 'diantar sendiri'], ['Nama di halaman umum', c.displayName]);
    if (value > 0) rows.push([c.lines.some((l) => l.estimated) ? 'Nilai (perkiraan)' : 'Nilai menurut harga acuan', rupiah(value)]);
    return facts(rows);
  }

  function story(): HTMLElement | null {
    if (c.history.length === 0) return null;
    const order: Step[] = ['contact', 'schedule', 'sign', 'deliver', 'answer'];
    const rest: Partial<Record<Step, string>> = {
      contact: 'Hubungi penanggung jawab', schedule: 'Sepakati hari antar', sign: 'Tanda tangani surat komitmen',
      deliver: 'Antar, tandatangani berita acara, laporkan', answer: 'Penanggung jawab memastikan jumlahnya',
    };
    const i = order.indexOf(at);
    return el('section', {}, el('h2', {}, 'Perjalanan janji ini'), el('ol', { class: 'time' },
      ...c.history.map((h) => el('li', {}, el('b', {}, past[h.what] ?? h.what), el('span', { class: 'small' }, moment(h.at)))),
      ...(i < 0 ? [] : order.slice(i)).map((s) => el('li', { class: 'wait' }, el('b', {}, rest[s]!))),
    ));
  }

  function clock(by: string): HTMLElement {
    const left = el('b');
    const bar = el('progress', { max: hours * 60, 'aria-hidden': 'true' });
    const box = el('div', { class: 'card clock' },
      el('span', {}, 'Hubungi penanggung jawab dalam'), left,
      el('span', { class: 'small' }, `sebelum ${moment(by)}. Setelah itu janji kembali ke peta.`), bar);
    const tick = () => {
      const ms = Date.parse(by) - Date.now();
      left.textContent = ms > 0 ? span(ms) : 'waktunya habis';
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
    const go = el('button', { class: 'btn', type: 'submit' }, 'Kirim kode');
    const box = el('form', { class: 'card', novalidate: true },
      el('h3', {}, 'Masukkan kode dari e-mail'),
      small(`Janji baru berlaku setelah kode 6 angka ini masuk, paling lambat ${moment(c.verifyBy)}.`),
      el('label', { for: 'code' }, 'Kode 6 angka'), input, row(go), out);
    box.addEventListener('submit', (event) => {
      event.preventDefault();
      const code = input.value.replace(/\D/g, '');
      if (code.length !== 6) out.textContent = 'Tulis keenam angkanya.';
      else post(go, out, 'verification', { code }, 'E-mail terbukti. Jumlahnya ditahan untuk Anda.');
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
        small('Nomor ini hanya untuk janji ini, jadi jangan dibagikan. Bahwa Anda membukanya dicatat dan terlihat olehnya.'),
        row(button('', 'Lihat kontak', (b) => {
          b.disabled = true;
          out.textContent = 'Membuka kontak …';
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
      may('contacted') ? button(known ? '' : 'ghost', 'Sudah saya hubungi', (b) => post(b, out, 'contacted', {}, 'Dicatat: sudah dihubungi.')) : null,
      may('silent') ? button('ghost', 'Tidak dijawab', (b) => post(b, out, 'silence', {}, 'Dicatat. Janji Anda ditahan 48 jam lagi, dan kantor kelurahan diberi tahu bila ini berulang.')) : null,
    ), out);
    if (may('renew')) {
      box.append(small('Perlu waktu lebih? Batas waktunya dapat diperpanjang satu kali.'),
        row(button('ghost', `Perpanjang ${hours} jam`, (b) => post(b, out, 'renewal', {}, 'Waktunya diperpanjang.'))));
    }
  }

  function giver(): string {
    return c.displayName === 'Hamba Allah' ? 'kolaborator KSBB' : `${c.displayName}, kolaborator KSBB`;
  }

  function contact(k: Contact): Node[] {
    if (k.queued) {
      return [el('h3', { tabindex: -1 }, 'Penanggung jawab akan menghubungi Anda'),
        small('Untuk melindungi nomor mereka, kontak sekarang tidak dibuka. Kontak Anda sudah sampai kepadanya. Janji Anda tetap berlaku.')];
    }
    const digits = k.phone.replace(/\D/g, '');
    const text = `Halo ${k.name}, saya ${giver()}. `
      + `Saya berjanji memberi ${goodsOf(c.lines)} untuk ${c.recipient.name} (${c.number}), rencananya ${days(c.period)}. `
      + 'Kapan dan di mana sebaiknya saya antarkan?'
      + (c.handover ? ` Di sini Bapak/Ibu dapat melihat janji ini dan nanti memastikan barangnya: ${link()}` : '');
    return [
      el('h3', { tabindex: -1 }, k.name),
      el('p', {}, k.phone),
      k.email && !k.demo ? el('p', {}, el('a', { href: `mailto:${k.email}` }, k.email)) : el('span'),
      // Invented numbers are shown and never linked: somebody might own them one day.
      k.demo ? el('p', { class: 'note' }, 'Nomor contoh. Jangan dihubungi.')
        : row(el('a', { class: 'btn wa', href: `https://wa.me/${digits}?text=${encodeURIComponent(text)}`, rel: 'noopener noreferrer' }, 'Tulis lewat WhatsApp'),
          el('a', { class: 'btn ghost', href: `tel:+${digits}` }, 'Telepon')),
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
    const [on, onBox] = field('hari', 'date', 'Hari antar', first);
    const [from, fromBox] = field('mulai', 'time', 'Mulai pukul', c.schedule?.from);
    const [to, toBox] = field('selesai', 'time', 'Sampai pukul', c.schedule?.to);
    on.min = page.today;
    const go = el('button', { class: 'btn', type: 'submit' }, 'Simpan hari antar');
    const form = el('form', { novalidate: true }, small('Hari yang Anda sepakati dengan penanggung jawab. Jam boleh dikosongkan. Hari ini tampil di halaman lokasi.'),
      onBox, el('div', { class: 'two' }, fromBox, toBox), row(go), out);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!on.value) out.textContent = 'Pilih harinya.';
      else if (!from.value !== !to.value) out.textContent = 'Tulis jam mulai dan selesai, atau kosongkan keduanya.';
      else post(go, out, 'schedule', { on: on.value, ...(from.value && { from: from.value, to: to.value }) }, `Dicatat: diantar ${day(on.value)}.`);
    });
    box.append(form);
  }

  // --- The hand-over.

  function deliverBox(box: HTMLElement): void {
    const place = el('div');
    const begin = button('', 'Laporkan penyaluran', () => later(place, async () => (await import('./kirim.js')).reporting(page)));
    begin.dataset['lapor'] = '';
    place.append(row(begin));
    const left = goodsOf(c.lines, c.lines.map((l) => l.outstanding));
    box.append(
      c.schedule ? el('p', {}, el('b', {}, `${appointed(c.schedule)}: `), left) : el('p', {}, left),
      paper('ghost', 'Simpan lembar BAST (PDF)', `/v1/commitments/${c.id}/bast.pdf`, `${c.bast}.pdf`, secret),
      small('Cetak lembar ini dan tandatangani berdua waktu serah terima. Di lembar itu ada kode supaya penanggung jawab dapat memastikan penerimaan dari ponselnya.'),
      place);
    if (begun(c.id)) begin.click();
  }

  function link(): string {
    return `${location.origin}/pj/#${c.handover}`;
  }

  function handoverBox(box: HTMLElement): void {
    const text = `Halo, saya ${giver()}. Mohon pastikan penerimaan ${goodsOf(c.lines)} untuk ${c.recipient.name} (${c.number}) di sini: ${link()}`;
    const number = known && !known.queued ? known.phone.replace(/\D/g, '') : '';
    box.append(
      el('p', {}, 'Bantuan baru dihitung sebagai diterima setelah penanggung jawab memastikannya.'),
      small('Kirimi dia tautan ini. Tautannya hanya untuk janji ini dan mati setelah dijawab. Kalau ia punya lembar BAST, kode di lembar itu juga cukup.'),
      c.recipient.demo ? row(el('a', { class: 'btn ghost', href: link(), 'data-handover': '' }, 'Tautan untuk penanggung jawab'))
        : row(el('a', { class: 'btn wa', href: `https://wa.me/${number}?text=${encodeURIComponent(text)}`, rel: 'noopener noreferrer' }, 'Kirim lewat WhatsApp')),
      copying('Salin pesannya', text));
  }

  /** One delivery: what was reported, what the steward says, and what can be done about it. */
  function given(d: Delivery): HTMLElement {
    const reported = goodsOf(c.lines, d.quantities);
    const box = el('section', { class: `card${d.open ? ' late' : ''}` },
      el('h3', {}, d.open ? 'Jumlah berbeda' : d.answer ? `Diterima: ${goodsOf(c.lines, d.received)}` : `Dilaporkan: ${reported}`),
      small(`${d.number} · ${day(d.on)}${d.reportedBy === 'collaborator' ? '' : ' · dicatat penanggung jawab'}`));
    if (d.open) {
      const out = saying();
      box.append(
        facts([['Menurut Anda', reported], ['Menurut penanggung jawab', goodsOf(c.lines, d.received)]]),
        small(`Dijawab ${vias[d.via ?? ''] ?? ''}. Kalau menurut Anda keliru, bicarakan dengannya: ia dapat membetulkan jawabannya. `, el('a', { href: `/aduan/?lokasi=${encodeURIComponent(c.recipient.id)}` }, 'Tidak selesai juga? Ajukan aduan.')),
        row(button('', 'Terima angka penanggung jawab', (b) => post(b, out, `deliveries/${d.id}/settlement`, {}, 'Jumlahnya disepakati.'))), out);
    } else if (d.answer) {
      box.append(small(`Dipastikan penanggung jawab ${vias[d.via ?? ''] ?? ''}${d.answeredAt ? `, ${moment(d.answeredAt)}` : ''}.`));
    } else {
      box.append(small('Menunggu penanggung jawab memastikan. Di peta sudah tampil sebagai dilaporkan.'));
    }
    if (d.evidence.length > 0) box.append(small(`${number(d.evidence.length)} berkas bukti disimpan. Foto baru tampil untuk umum setelah diperiksa petugas.`));
    return box;
  }

  function papers(): HTMLElement | null {
    if (['submitted', 'dropped', 'withdrawn', 'lapsed'].includes(c.state)) return null;
    const path = (name: string) => `/v1/commitments/${c.id}/${name}.pdf`;
    return folded('Dokumen', (box) => {
      box.append(paper('ghost', c.signedAt ? 'Surat komitmen (PDF)' : 'Rancangan surat komitmen (PDF)', path('letter'), `surat-komitmen-${c.number}.pdf`, secret));
      if (c.signedAt && c.lines.some((l) => l.outstanding > 0 || l.delivered > 0)) box.append(paper('ghost', 'Lembar BAST (PDF)', path('bast'), `${c.bast}.pdf`, secret));
      if (c.lines.some((l) => l.received > 0)) box.append(paper('ghost', 'Tanda terima (PDF)', path('receipt'), `tanda-terima-${c.number}.pdf`, secret));
      if (c.letter) box.append(small('Sidik jari surat yang ditandatangani: ', el('code', {}, c.letter)));
    });
  }
}

addEventListener('hashchange', () => {
  known = null;
  void open();
});
void open();
