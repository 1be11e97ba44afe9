// What offices and aggregators settle in the console, each in their own role: a
// receipt for a steward who cannot answer, what an aggregator carries and a
// dispute about it, promises that end early, corrections that two people agree
// on, lists that are taken back, accounts, the catalogue, and complaints that do
// not reach whom they accuse. Every test makes what it is about.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { officers, said, wide } from "./console.mjs";
import { phone, shots, sized, unfit, violations } from "./fit.mjs";
import { browser, calls, eventually, newFolder, remove, solved, start, today, uuid7 } from "./platform.mjs";

const wrong = [];
let folder, platform, chrome, admin, kelurahan, aggregator;
let places; // RW of the kelurahan of an officer that nobody took yet
let photo;

before(async () => {
  folder = await newFolder();
  platform = await start(folder);
  chrome = await browser();
  admin = (await (await fetch(`${platform.origin}/_local/token?role=admin&sub=kanari-pengawas`)).text()).trim();
  kelurahan = (await api("GET", "/v1/staff/officers/contoh-kelurahan-1", undefined, admin)).areas[0];
  ({ aggregator } = await api("GET", "/v1/staff/officers/contoh-mitra-1", undefined, admin));
  places = await placesIn(kelurahan);
  const page = await chrome.newPage({ viewport: { width: 600, height: 800 } });
  await page.setContent("<h1>Berita acara serah terima</h1><p>Paket sembako, ditandatangani kedua pihak.</p>");
  photo = await page.screenshot({ type: "jpeg" });
  await page.close();
});

after(async () => {
  await chrome?.close();
  await platform?.stop();
  if (folder) await remove(folder);
});

const { json, api, pledged } = calls(() => platform.origin);

// placesIn returns the RW of a kelurahan that need food.
async function placesIn(kelurahan) {
  let node = await json(`/${(await json("/data/manifest.json")).root}`);
  for (const level of [2, 3]) node = await json(`/${node.children.find((c) => c.area === kelurahan.split(".").slice(0, level).join(".")).path}`);
  const all = (await Promise.all(Object.values(node.recipients).map((path) => json(`/${path}`)))).flatMap((leaf) => leaf.features);
  return all.filter((f) => f.properties.kind === "rw" && f.id.startsWith(kelurahan)).flatMap(({ id, properties: p }) => {
    const need = p.needs.find((n) => n.package === "sembako" && n.remaining >= 20);
    return need ? [{ id, name: p.name, need: need.id }] : [];
  });
}

function place() {
  const next = places.shift();
  assert.ok(next, "the demonstration has too few RW in need here");
  return next;
}

let promises = 0;

// promised makes a promise of five, whose e-mail is proved.
async function promised(at, through) {
  const n = ++promises;
  const { id, secret } = await pledged({
    recipient: at.id, need: at.need, name: `Kanari Urusan ${n}`, email: `kanari-urusan-${n}@contoh.invalid`, phone: `0812-9753-86${String(n).padStart(2, "0")}`, through,
  });
  return { id, secret, number: (await api("GET", `/v1/commitments/${id}`, undefined, secret)).number };
}

// delivered has some of a promise delivered, and its steward answers.
async function delivered(at, p, quantity, received) {
  await api("POST", `/v1/commitments/${p.id}/contacted`, {}, p.secret);
  await api("POST", `/v1/commitments/${p.id}/signature`, { signedBy: "Kanari Urusan" }, p.secret);
  const delivery = uuid7();
  await api("PUT", `/v1/commitments/${p.id}/deliveries/${delivery}`, { date: today(), lines: [{ line: 0, quantity }], evidence: [] }, p.secret);
  await answered(at, p, delivery, received);
}

async function answered(at, p, delivery, received) {
  const { link } = await json(`/_local/steward?recipient=${at.id}`);
  await api("PUT", `/v1/steward/commitments/${p.id}/receipts/${delivery}`, { answer: "fewer", lines: [{ line: 0, quantity: received }] }, link.split("#")[1]);
}

// public waits for what everybody reads of a place.
const published = (at, what, holds) => eventually(what, async () => {
  const answer = await fetch(`${platform.origin}/data/v1/recipients/${at.id}.json`);
  const there = answer.ok && await answer.json();
  return there && holds(there) && there;
});

const as = officers(() => ({ chrome, origin: platform.origin }), wrong, wide);

async function to(page, hash, heading) {
  // Coming from elsewhere, everything is asked for again.
  await page.evaluate(() => { location.hash = "#/laporan-tak-ada"; });
  await page.getByRole("heading", { level: 1, name: "Tidak ditemukan" }).waitFor();
  await page.evaluate((hash) => { location.hash = hash; }, `#/${hash}`);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

const commitment = (page, p) => to(page, `komitmen/${p.id}`, "Rincian komitmen");
const dialog = (page) => page.getByRole("dialog");

// decide opens a decision, fills it in and makes it.
async function decide(page, what, fill, verb, done) {
  await page.getByRole("button", { name: what, exact: true }).click();
  await dialog(page).locator("[name=reason]").fill("Sesuai BAST dan keterangan RW");
  await fill?.(dialog(page));
  await dialog(page).getByRole("button", { name: verb, exact: true }).click();
  await dialog(page).waitFor({ state: "detached" });
  await said(page, done);
}

async function bring(box, label) {
  await box.locator("label", { hasText: label }).locator("input").setInputFiles({ name: "bast.jpg", mimeType: "image/jpeg", buffer: photo });
  await box.getByText("Berkas diterima.").waitFor();
}

async function fit(page, name) {
  const size = page.viewportSize();
  await page.screenshot({ path: join(shots, `petugas-urusan-${name}-${size.width}.png`), fullPage: true });
  assert.deepEqual(size.width < 500 ? await unfit(page) : await violations(page), [], name);
  await sized(page, size);
}

test("an office keeps a BAST on paper, a colleague looks at it, and the receipt counts", async () => {
  const at = place();
  const p = await promised(at);
  await api("POST", `/v1/commitments/${p.id}/contacted`, {}, p.secret);
  await api("POST", `/v1/commitments/${p.id}/signature`, { signedBy: "Kanari Urusan" }, p.secret);
  const lurah = await as("contoh-kelurahan-1", phone);
  await commitment(lurah, p);
  await decide(lurah, "Catat hari antar", (d) => d.getByLabel("Hari antar").fill(today()), "Simpan", "Hari antar dicatat.");
  await lurah.getByRole("button", { name: "Catat penerimaan dari BAST" }).click();
  await dialog(lurah).getByText("Belum ada pindaian BAST").waitFor();
  await bring(dialog(lurah), "Pindaian BAST");
  await dialog(lurah).getByText("menunggu disetujui petugas lain").waitFor();
  await lurah.screenshot({ path: join(shots, "petugas-urusan-bast-dialog-360.png") });
  await dialog(lurah).getByRole("button", { name: "Batal" }).click();
  await fit(lurah, "bast-terkirim");

  const verifier = await as("contoh-pemeriksa-1");
  await commitment(verifier, p);
  await verifier.getByRole("button", { name: /^Setujui/ }).click();
  await said(verifier, "Bukti disetujui.");

  await commitment(lurah, p);
  await decide(lurah, "Catat penerimaan dari BAST", async (d) => {
    await d.getByLabel("Yang diterima").selectOption("fewer");
    await d.locator('input[name="quantities/0"]').fill("4");
    await lurah.screenshot({ path: join(shots, "petugas-urusan-terima-dialog-360.png") });
  }, "Catat penerimaan", "Penerimaan dicatat.");
  await published(at, "the receipt", (there) => there.needs.some((n) => n.id === at.need && n.received === 4));
});

test("an aggregator signs and reports with its own files, and a dispute is settled by an officer", async () => {
  const at = place();
  const p = await promised(at, aggregator);
  const partner = await as("contoh-mitra-1");
  await commitment(partner, p);
  await decide(partner, "Catat: kedua pihak sudah berbicara", undefined, "Catat", "Dicatat: sudah berbicara.");
  await decide(partner, "Catat surat yang ditandatangani", async (d) => {
    await bring(d, "Surat yang ditandatangani");
    await d.getByLabel("Pindaian surat").waitFor();
    await partner.screenshot({ path: join(shots, "petugas-urusan-surat-1280.png") });
  }, "Catat", "Surat dicatat sebagai ditandatangani.");
  await decide(partner, "Catat penyaluran", async (d) => {
    await d.getByLabel("Hari penyaluran").fill(today());
    await bring(d, "Foto serah terima");
    assert.equal(await d.locator("input[name=evidence]:checked").count(), 1, "what was brought for it is part of it");
    await partner.screenshot({ path: join(shots, "petugas-urusan-salur-1280.png") });
  }, "Catat penyaluran", "Penyaluran dicatat.");
  await fit(partner, "mitra");

  // Another aggregator's is not there at all.
  const other = await as("contoh-mitra-2");
  await to(other, `komitmen/${p.id}`, "Rincian komitmen");
  await other.getByText("Tidak ditemukan").waitFor();

  const { deliveries } = await api("GET", `/v1/commitments/${p.id}`, undefined, p.secret);
  await answered(at, p, deliveries[0].id, 2);
  const verifier = await as("contoh-pemeriksa-1");
  await commitment(verifier, p);
  await verifier.locator(".chip", { hasText: "Sengketa" }).first().waitFor();
  await fit(verifier, "sengketa");
  await decide(verifier, "Putuskan sengketa", (d) => d.locator('input[name="quantities/0"]').fill("3"), "Putuskan", "Sengketa diputuskan.");
  await published(at, "what was settled", (there) => there.needs.some((n) => n.id === at.need && n.received === 3));
});

test("a promise is withdrawn before anything was delivered, and the rest released after", async () => {
  const at = place();
  const gone = await promised(at);
  const some = await promised(at);
  await delivered(at, some, 3, 3);
  const was = (await published(at, "both promises", (there) => there.commitments.length >= 2)).needs.find((n) => n.id === at.need);
  const lurah = await as("contoh-kelurahan-1", phone);
  await commitment(lurah, gone);
  await decide(lurah, "Batalkan komitmen", (d) => d.getByLabel("Alasan yang tampil untuk umum").selectOption("duplicate"), "Batalkan komitmen", "Komitmen dibatalkan");
  await fit(lurah, "batal");
  await commitment(lurah, some);
  await decide(lurah, "Lepas sisanya", (d) => d.getByLabel("Alasan yang tampil untuk umum").selectOption("cannot_deliver"), "Lepas sisanya", "Sisanya dilepas");
  await published(at, "what is open again", (there) => there.needs.some((n) => n.id === at.need && n.received === 3 && n.remaining === was.remaining + 7));
});

// card is what a correction is decided on: it leads to what it is about.
const card = (page, id) => page.locator("article", { has: page.locator(`a[href$="/${id}"]`) });

test("a received figure is corrected by two people, and neither of them alone", async () => {
  const at = place();
  const p = await promised(at);
  await delivered(at, p, 5, 5);
  const verifier = await as("contoh-pemeriksa-1");
  await commitment(verifier, p);
  await verifier.getByRole("button", { name: "Usulkan koreksi" }).click();
  await dialog(verifier).getByLabel("Alasan").fill("Salah hitung di BAST");
  await dialog(verifier).getByRole("button", { name: "Usulkan" }).click();
  await dialog(verifier).locator("[aria-invalid=true]").first().waitFor();
  await dialog(verifier).getByText("Angka ini sudah yang berlaku sekarang.").waitFor();
  await dialog(verifier).locator('input[name="quantities/0"]').fill("2");
  await dialog(verifier).getByRole("button", { name: "Usulkan" }).click();
  await said(verifier, "Usulan terkirim");
  await to(verifier, "koreksi", "Koreksi");
  const own = card(verifier, p.id);
  await own.getByText("Usulan Anda sendiri").waitFor();
  await own.getByText("5 → 2").waitFor();
  assert.equal(await own.getByRole("button", { name: "Setujui" }).count(), 0);

  const second = await as("contoh-pemeriksa-2");
  await to(second, "koreksi", "Koreksi");
  await fit(second, "koreksi");
  await card(second, p.id).getByRole("button", { name: "Setujui" }).click();
  await dialog(second).getByLabel("Alasan").fill("BAST diperiksa lagi");
  await dialog(second).getByRole("button", { name: "Setujui" }).click();
  await said(second, "Tercatat.");
  await published(at, "the correction", (there) => there.needs.some((n) => n.id === at.need && n.received === 2));
});

test("two places become one, and a place closes, when a second officer agrees", async () => {
  const [twice, into, kept] = [place(), place(), place()];
  await promised(twice);
  const assessor = await as("contoh-penilai");
  await to(assessor, `penerima/${twice.id}`, twice.name);
  await assessor.getByRole("button", { name: "Gabungkan ke tempat lain" }).click();
  // A place that looks the same is chosen from a list, any other by its code.
  const code = dialog(assessor).getByLabel(/Kode tempat yang tetap ada/);
  if (await code.count()) await code.fill(into.id);
  else await dialog(assessor).getByLabel("Yang tetap ada").selectOption({ index: 1 });
  await dialog(assessor).getByLabel("Alasan").fill("Tercatat dua kali");
  await dialog(assessor).getByRole("button", { name: "Gabungkan" }).click();
  await said(assessor, "Petugas kedua memutuskan");

  const verifier = await as("contoh-pemeriksa-1");
  const decided = async (page, about, what) => {
    await to(page, "koreksi", "Koreksi");
    await card(page, about.id).getByRole("button", { name: what }).click();
    await dialog(page).getByLabel("Alasan").fill("Dicek di lapangan");
    await dialog(page).getByRole("button", { name: what }).click();
    await dialog(page).waitFor({ state: "detached" });
  };
  await decided(verifier, twice, "Setujui");
  await published(twice, "that it is merged", (there) => there.closed);
  await to(verifier, `penerima/${twice.id}`, twice.name);
  await verifier.getByText("Sudah digabung ke").waitFor();

  // A verifier changes no place, and asks for it: refused first, agreed to later.
  const asks = async () => {
    await to(verifier, `penerima/${kept.id}`, kept.name);
    await verifier.getByRole("button", { name: "Usulkan menutup tempat ini" }).click();
    await dialog(verifier).getByLabel("Alasan").fill("Warganya pindah");
    await dialog(verifier).getByRole("button", { name: "Usulkan" }).click();
    await dialog(verifier).waitFor({ state: "detached" });
  };
  const second = await as("contoh-pemeriksa-2");
  await asks();
  await decided(second, kept, "Tolak");
  assert.ok(!(await json(`/data/v1/recipients/${kept.id}.json`)).closed);
  await asks();
  await decided(second, kept, "Setujui");
  await published(kept, "that it is closed", (there) => there.closed);
  await to(verifier, `penerima/${kept.id}`, kept.name);
  await verifier.locator(".chip", { hasText: "ditutup" }).waitFor();
  await to(verifier, "koreksi?semua=1", "Koreksi");
  await card(verifier, kept.id).getByText("ditolak").waitFor();
  await fit(verifier, "koreksi-semua");
});

test("a list that was written is taken back, as a correction", async () => {
  const page = await as("contoh-penilai");
  const [lng, lat] = (await json(`/data/v1/recipients/${places[0].id}.json`)).point;
  const row = `${kelurahan}-lokasi-prioritas-7001;Lokasi Uji Impor;Lokasi Prioritas;${lat};${lng};40;160;Ibu Contoh;Jalan Contoh`;
  await to(page, "impor/baru", "Impor berkas");
  await page.getByLabel("Daftar apa?").selectOption("recipients");
  await page.getByText("Huruf di CSV tampak rusak?").click();
  await page.getByLabel("Pengodean huruf").selectOption("windows-1252");
  await page.getByLabel("Berkas CSV atau XLSX").setInputFiles({
    name: "uji.csv", mimeType: "text/csv", buffer: Buffer.from(`Kode;Nama;Jenis;Lintang;Bujur;Jumlah KK;Jumlah Jiwa;Penanggung Jawab;Alamat\r\n${row} caf\u00e9\r\n`, "latin1"),
  });
  await page.getByLabel("Dari mana data ini?").fill("Uji coba");
  await fit(page, "impor");
  await page.getByRole("button", { name: "Unggah dan baca" }).click();
  await page.getByRole("heading", { level: 1, name: "uji.csv" }).waitFor();
  await page.getByText(/menunggu (diperiksa|kolom dicocokkan)/).waitFor();
  const match = page.getByRole("button", { name: "Baca dengan kolom ini" });
  if (await match.isVisible()) await match.click();
  await page.getByText("menunggu diperiksa").waitFor();
  await page.getByText("Jalan Contoh café").waitFor();
  await page.getByRole("button", { name: "Tulis 1 perubahan" }).click();
  await dialog(page).getByRole("button", { name: "Tulis" }).click();
  await page.getByText("Sudah ditulis.").waitFor();
  const at = { id: `${kelurahan}-lokasi-prioritas-7001` };
  await published(at, "the place of the list", (there) => there.name === "Lokasi Uji Impor");
  await page.getByRole("button", { name: "Kembalikan seperti semula" }).click();
  await dialog(page).getByLabel("Alasan").fill("Bukan data kelurahan ini");
  await dialog(page).getByRole("button", { name: "Kembalikan" }).click();
  await page.getByText("dibatalkan lagi").waitFor();
  await fit(page, "impor-kembali");
  await published(at, "that it is closed", (there) => there.closed);
});

test("what a package holds is changed, and every version stays on record", async () => {
  const page = await as("contoh-penilai");
  await to(page, "katalog/paket/sembako/ubah", "Paket Sembako");
  const contents = page.locator("[name=contents]");
  await contents.fill(`${await contents.inputValue()}\nKacang hijau 1 kg`);
  await page.getByRole("button", { name: "Tambah harga baru" }).click();
  await page.getByLabel("Rupiah per satuan").fill("225.000");
  await page.getByLabel("Alasan").fill("Isi paket ditambah");
  await page.getByRole("button", { name: "Simpan" }).click();
  await said(page, "Tersimpan.");
  const other = await as("contoh-pemeriksa-1");
  await to(other, "katalog/paket/sembako", "Paket Sembako");
  await other.getByText("Kacang hijau 1 kg").waitFor();
  await other.locator(".pickrow", { hasText: "akan datang" }).getByText("Rp225.000").waitFor();
  await other.locator(".time li", { hasText: "isi" }).first().waitFor();
  await fit(other, "paket");
});

test("a complaint does not reach the office that it names", async () => {
  const sent = async (about) => api("PUT", `/v1/complaints/${uuid7()}`, { class: "levy", about, text: "Diminta uang untuk tiap paket, contoh.", challenge: await solved(platform.origin) });
  const named = await sent({ area: kelurahan });
  const desk = await as("contoh-aduan");
  await to(desk, "aduan", "Aduan");
  await desk.getByRole("link", { name: named.ticket }).waitFor();
  await fit(desk, "aduan");
  const lurah = await as("contoh-kelurahan-1", phone);
  await to(lurah, "aduan", "Aduan");
  await lurah.locator(".empty, table.rows").first().waitFor();
  assert.equal(await lurah.getByText(named.ticket).count(), 0);
  await lurah.evaluate((id) => { location.hash = `#/aduan/${id}`; }, named.id);
  await lurah.getByText("Tidak ditemukan, atau bukan bagian wilayah Anda.").waitFor();
  assert.equal(await lurah.getByText(named.ticket).count(), 0);
});

test("an officer is added, signs in, and can do nothing any more once suspended", async () => {
  const page = await as("contoh-admin");
  await to(page, "petugas/baru", "Tambah petugas");
  await page.getByLabel("Kode akun").fill("uji-pemeriksa");
  await page.getByLabel("Nama").fill("Petugas Contoh Randu");
  await page.getByLabel("Peran").selectOption("verifier");
  await page.getByLabel("Alasan").fill("Petugas baru");
  await fit(page, "petugas-baru");
  await page.getByRole("button", { name: "Simpan" }).click();
  await said(page, "Berlaku pada tindakan berikutnya");
  const fresh = await as("uji-pemeriksa", phone);
  await fresh.locator(".who b", { hasText: "Petugas Contoh Randu" }).waitFor({ state: "attached" });
  await to(page, "petugas/uji-pemeriksa", "Petugas Contoh Randu");
  await page.getByLabel("Nonaktifkan").check();
  await page.getByLabel("Alasan").fill("Pindah tugas");
  await page.getByRole("button", { name: "Simpan" }).click();
  await said(page, "Berlaku pada tindakan berikutnya");
  await page.locator("tr", { hasText: "Petugas Contoh Randu" }).getByText("dinonaktifkan").waitFor();
  await to(fresh, "komitmen?nomor=K-0000-0000", "Komitmen");
  await fresh.locator(".note.bad").waitFor();
  await fit(fresh, "dinonaktifkan");
});

test("no function did what its policy forbids, and nothing went wrong in the browser", async () => {
  assert.deepEqual((await json("/_local/functions")).filter((f) => f.errors > 0), []);
  // A browser says on the console what was refused on purpose.
  assert.deepEqual(wrong.filter((w) => !/status of (403|404|422)/.test(w)), []);
});
