// One's own commitment. The secret is in the fragment, which browsers never
// send anywhere; it travels in the Authorization header only.

import { call, slug, type Problem } from './api';
import { el, one } from './dom';
import { commitmentOf } from './identity';
import { days, lost, moment, number, problemText, rupiah, span } from './words';

interface Line {
  need?: string;
  package?: string;
  name: string;
  unit: string;
  quantity: number;
  equivalent?: string;
  free?: string;
  value: number;
  estimated: boolean;
}

interface Commitment {
  id: string;
  number: string;
  state: string;
  recipient: { id: string; name: string; area: string; demo: boolean };
  program: string;
  lines: Line[];
  period: { from: string; to: string };
  route: string;
  aggregator?: string;
  class: string;
  displayName: string;
  submittedAt: string;
  verifyBy: string;
  pledgedAt?: string;
  contactBy?: string;
  endedAt?: string;
  reason?: string;
  allowed?: string[];
  history?: { at: string; what: string }[];
}

type Contact = { queued: true } | { queued?: false; name: string; phone: string; email?: string; demo: boolean };

const root = one('#k')!;
const hours = Number(root.dataset['hours']) || 48;
let timer = 0;

const past: Record<string, string> = {
  submitted: 'Janji dikirim',
  pledged: 'E-mail dibuktikan, jumlah ditahan untuk Anda',
  contact: 'Kontak dilihat',
  contacted: 'Penanggung jawab dihubungi',
  scheduled: 'Hari antar disepakati',
  signed: 'Surat komitmen ditandatangani',
  delivered: 'Penyaluran dilaporkan',
  received: 'Diterima, dikonfirmasi penanggung jawab',
  disputed: 'Jumlah sedang dicocokkan',
  lapsed: 'Kedaluwarsa karena tidak ada kontak',
  withdrawn: 'Janji dibatalkan',
  dropped: 'Dihapus karena tidak dibuktikan',
};

const reasons: Record<string, string> = {
  changed_plan: 'Rencana saya berubah',
  cannot_deliver: 'Saya tidak dapat mengantarkannya',
  duplicate: 'Janji ini ganda',
  wrong_place: 'Salah pilih lokasi',
  other: 'Alasan lain',
};

/** "50 paket sembako": units, then the name without what the unit says already. */
function goods(l: Line): string {
  if (l.free !== undefined && !l.need) return `${number(l.quantity)} ${l.unit} ${l.free}`;
  const words = l.name.split(/\s+/).map((w) => (w === w.toUpperCase() ? w : w.toLowerCase()));
  if (words.length > 1 && words[0] === 'paket') words.shift();
  const name = words.join(' ');
  const known = !l.unit || name === l.unit || name.startsWith(`${l.unit} `) || name.endsWith(` per ${l.unit}`);
  return `${number(l.quantity)} ${known ? name : `${l.unit} ${name}`}${l.equivalent ? ` (berupa ${l.equivalent})` : ''}`;
}

const goodsOf = (c: Commitment) => {
  const all = c.lines.map(goods);
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} dan ${all.at(-1)}`;
};

function note(kind: string, ...children: (Node | string)[]): HTMLElement {
  return el('div', { class: `note ${kind}` }, ...children);
}

function button(kind: string, text: string, act: (b: HTMLButtonElement) => void): HTMLButtonElement {
  const b = el('button', { type: 'button', class: `btn ${kind}` }, text);
  b.addEventListener('click', () => act(b));
  return b;
}

function fail(p: Problem | null): void {
  const gone = p && (slug(p) === 'not-found' || slug(p) === 'denied');
  root.replaceChildren(
    el('h2', {}, gone ? 'Janji ini tidak ditemukan' : 'Belum dapat dibuka'),
    el('p', { class: 'sub' }, gone
      ? 'Tautannya tidak lengkap, atau janji ini sudah dihapus karena tidak dibuktikan. Salin tautan dari e-mail secara utuh.'
      : p ? problemText(p) : navigator.onLine ? 'Belum ada jawaban dari server.' : 'Anda sedang luring.'),
    el('p', { class: 'row' }, gone ? el('a', { class: 'btn', href: '/' }, 'Ke peta') : button('', 'Coba lagi', () => void open())),
  );
}

async function open(): Promise<void> {
  clearInterval(timer);
  const secret = location.hash.slice(1);
  const id = commitmentOf(secret);
  if (!id) {
    fail({ type: '/masalah/not-found/' });
    return;
  }
  const answer = await call<Commitment>('GET', `/v1/commitments/${id}`, undefined, secret);
  if (answer.kind === 'ok') show(answer.value, secret);
  else fail(answer.kind === 'refused' ? answer.problem : null);
}

function show(c: Commitment, secret: string): void {
  clearInterval(timer);
  const may = (move: string) => c.allowed?.includes(move) ?? false;
  const post = <T>(what: string, body: unknown = {}) => call<T>('POST', `/v1/commitments/${c.id}/${what}`, body, secret);
  const heading = `${goodsOf(c)} untuk ${c.recipient.name}`;
  document.title = `${heading} · KSBB`;
  const holds = ['pledged', 'contacted', 'scheduled', 'signed'].includes(c.state);

  const parts: (Node | null)[] = [
    el('p', { class: 'small' }, `Janji ${c.number} · hanya untuk Anda`),
    el('h2', { class: 'lead', tabindex: -1 }, heading),
    c.recipient.demo ? note('', 'Data contoh: penerima ini dikarang. Tidak ada yang perlu dihubungi atau diantar.') : null,
  ];
  if (c.state === 'submitted') parts.push(codeBox());
  if (c.state === 'pledged' && c.contactBy) parts.push(clock(c.contactBy));
  if (may('contact')) parts.push(contactBox());
  if (c.state === 'withdrawn') parts.push(note('', `Janji ini sudah dibatalkan${c.endedAt ? ` pada ${moment(c.endedAt)}` : ''}. Jumlahnya kembali ke peta.`));
  if (c.state === 'lapsed') parts.push(note('bad', 'Janji ini kedaluwarsa karena belum ada kontak sampai batas waktunya. Jumlahnya kembali ke peta.'));
  if (c.state === 'dropped') parts.push(note('', 'Janji ini tidak dibuktikan pada waktunya dan tidak berlaku. Silakan buat yang baru.'));
  parts.push(facts(), story());
  if (holds) parts.push(el('p', { class: 'small sub' }, 'Simpan tautan halaman ini. Siapa pun yang memegangnya dapat melihat kontak dan membatalkan janji, jadi jangan dibagikan.'));
  parts.push(el('p', { class: 'row' }, el('a', { class: 'btn ghost', href: `/lokasi/${encodeURIComponent(c.recipient.id)}/` }, 'Halaman lokasi')));
  if (may('withdraw')) parts.push(withdrawal());
  root.replaceChildren(...parts.filter((p): p is Node => p !== null));

  function facts(): HTMLElement {
    const value = c.lines.reduce((sum, l) => sum + l.value, 0);
    const rows: [string, string][] = [
      ['Waktu antar', days(c.period)],
      ['Cara', c.route === 'aggregator' ? 'lewat mitra penyalur' : 'diantar sendiri'],
      ['Nama di halaman umum', c.displayName],
    ];
    if (value > 0) rows.push([c.lines.some((l) => l.estimated) ? 'Nilai (perkiraan)' : 'Nilai menurut harga acuan', rupiah(value)]);
    return el('dl', { class: 'facts' }, ...rows.map(([k, v]) => el('div', {}, el('dt', {}, k), el('dd', {}, v))));
  }

  function story(): HTMLElement | null {
    if (!c.history?.length) return null;
    const next = holds
      ? ['Hubungi penanggung jawab, sepakati hari antar', 'Antar, tandatangani berita acara serah terima', 'Penanggung jawab memastikan jumlah']
      : [];
    return el('section', {}, el('h2', {}, 'Perjalanan janji ini'), el('ol', { class: 'time' },
      ...c.history.map((h) => el('li', {}, el('b', {}, past[h.what] ?? h.what), el('span', { class: 'small' }, moment(h.at)))),
      ...next.map((text) => el('li', { class: 'wait' }, el('b', {}, text))),
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
    // The clock would otherwise be read aloud three times a minute.
    box.setAttribute('aria-live', 'off');
    return box;
  }

  function codeBox(): HTMLElement {
    const said = el('p', { class: 'small status', role: 'status' });
    const input = el('input', { id: 'code', class: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 6 });
    const go = el('button', { class: 'btn', type: 'submit' }, 'Kirim kode');
    const box = el('form', { class: 'card', novalidate: true },
      el('h3', {}, 'Masukkan kode dari e-mail'),
      el('p', { class: 'small' }, `Janji baru berlaku setelah kode 6 angka ini masuk, paling lambat ${moment(c.verifyBy)}.`),
      el('label', { for: 'code' }, 'Kode 6 angka'), input, el('p', { class: 'row' }, go), said);
    box.addEventListener('submit', (event) => {
      event.preventDefault();
      const code = input.value.replace(/\D/g, '');
      if (code.length !== 6) {
        said.textContent = 'Tulis keenam angkanya.';
        return;
      }
      go.disabled = true;
      said.textContent = 'Memeriksa …';
      void post<Commitment>('verification', { code }).then((answer) => {
        go.disabled = false;
        if (answer.kind === 'ok') void open();
        else {
          said.textContent = answer.kind === 'lost' ? lost() : problemText(answer.problem);
          input.select();
        }
      });
    });
    return box;
  }

  function contactBox(): HTMLElement {
    const box = el('div', { class: 'card' });
    const said = el('p', { class: 'small status', role: 'status' });
    const see = button('', 'Lihat kontak', (b) => {
      b.disabled = true;
      said.textContent = 'Membuka kontak …';
      void post<Contact>('contact').then((answer) => {
        b.disabled = false;
        if (answer.kind === 'lost') said.textContent = lost();
        else if (answer.kind === 'refused') said.textContent = problemText(answer.problem);
        else box.replaceChildren(...contact(answer.value));
      });
    });
    box.append(
      el('h3', {}, 'Penanggung jawab lokasi'),
      el('p', { class: 'small' }, 'Nomor ini hanya untuk janji ini, jadi jangan dibagikan. Bahwa Anda membukanya dicatat.'),
      el('p', { class: 'row' }, see), said);
    return box;
  }

  function contact(k: Contact): Node[] {
    if (k.queued) {
      return [el('h3', {}, 'Penanggung jawab akan menghubungi Anda'),
        el('p', { class: 'small' }, 'Untuk melindungi nomor mereka, kontak hari ini tidak dibuka lagi. Kontak Anda sudah sampai kepadanya. Janji Anda tetap berlaku.')];
    }
    const digits = k.phone.replace(/\D/g, '');
    const text = `Halo ${k.name}, saya ${c.displayName === 'Hamba Allah' ? 'kolaborator KSBB' : `${c.displayName}, kolaborator KSBB`}. `
      + `Saya berjanji memberi ${goodsOf(c)} untuk ${c.recipient.name} (${c.number}), rencananya ${days(c.period)}. `
      + 'Kapan dan di mana sebaiknya saya antarkan?';
    return [
      el('h3', {}, k.name),
      el('p', {}, k.phone),
      k.email && !k.demo ? el('p', {}, el('a', { href: `mailto:${k.email}` }, k.email)) : el('span'),
      // Invented numbers are shown and never linked: somebody might own them one day.
      k.demo
        ? el('p', { class: 'note' }, 'Nomor contoh. Jangan dihubungi.')
        : el('p', { class: 'row' },
          el('a', { class: 'btn wa', href: `https://wa.me/${digits}?text=${encodeURIComponent(text)}`, rel: 'noopener noreferrer' }, 'Tulis lewat WhatsApp'),
          el('a', { class: 'btn ghost', href: `tel:+${digits}` }, 'Telepon')),
    ];
  }

  function withdrawal(): HTMLElement {
    const said = el('p', { class: 'small status', role: 'status' });
    const choice = el('select', { id: 'alasan' }, ...Object.entries(reasons).map(([value, text]) => el('option', { value }, text)));
    const go = button('danger', 'Ya, batalkan janji ini', (b) => {
      b.disabled = true;
      said.textContent = 'Membatalkan …';
      void post<Commitment>('withdrawal', { reason: choice.value }).then((answer) => {
        b.disabled = false;
        if (answer.kind === 'ok') void open();
        else said.textContent = answer.kind === 'lost' ? lost() : problemText(answer.problem);
      });
    });
    const box = el('details', { class: 'card' },
      el('summary', {}, 'Batalkan janji'),
      el('p', { class: 'small' }, 'Jumlahnya langsung kembali ke peta supaya orang lain dapat membantu. Pembatalan tidak dapat diurungkan.'),
      el('label', { for: 'alasan' }, 'Alasannya'), choice,
      el('p', { class: 'row' }, button('ghost', 'Tidak jadi', () => { box.open = false; }), go), said);
    return box;
  }
}

addEventListener('hashchange', () => void open());
void open();
