// The city prepares its data without spreadsheets: an officer brings a list of
// 3,000 places, ten of its rows wrong, mends them, and the map changes; a place is
// edited, by two at once; a steward is handed over; a complaint is answered by a
// desk that it does not name; an aggregator is frozen; and an auditor can tell
// afterwards who did what.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { officers, said, wide } from "./console.mjs";
import { phone, shots, sized, unfit, violations } from "./fit.mjs";
import { browser, newFolder, remove, solved, start, uuid7 } from "./platform.mjs";

const wrong = [];
let folder, platform, chrome;

before(async () => {
  folder = await newFolder();
  platform = await start(folder);
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await platform?.stop();
  if (folder) await remove(folder);
});

// What later tests build on: one that lacks it says so, rather than wait for it.
const done = new Set();
const builds = (on) => assert.ok(done.has(on), `builds on the test of ${on}, which did not pass`);

const json = async (path) => (await fetch(platform.origin + path)).json();

const as = officers(() => ({ chrome, origin: platform.origin }), wrong, phone);

// to opens a view, which has loaded once its heading is there.
async function to(page, hash, heading) {
  await page.evaluate((hash) => { location.hash = hash; }, `#/${hash}`);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

async function fit(page, name) {
  const size = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({ path: join(shots, `petugas-${name}-${size.width}.png`), fullPage: height < 8000 });
  assert.deepEqual(await unfit(page), [], name);
  await sized(page, size);
}

// A list as an office would send it: semicolons, Indonesian headings, places of
// one kota. Ten rows are wrong, each in its own way.
const header = "Kode;Nama;Jenis;Lintang;Bujur;Jumlah KK;Jumlah Jiwa;Penanggung Jawab;Alamat";
const places = [];
let good, bad, mended;

async function makeList() {
  const kota = (await json(`/${(await json("/data/manifest.json")).root}`)).children.find((c) => c.area === "31.71");
  const kecamatan = await Promise.all((await json(`/${kota.path}`)).children.map((c) => json(`/${c.path}`)));
  const kelurahan = kecamatan.flatMap((k) => k.children.map((c) => ({ code: c.area, point: c.point })));
  for (let i = 0; places.length < 3000; i++) {
    const k = kelurahan[i % kelurahan.length];
    const n = 5001 + Math.floor(i / kelurahan.length);
    const [lng, lat] = [k.point[0] + (n % 9) / 20_000, k.point[1] + (n % 7) / 20_000];
    places.push({ id: `${k.code}-lokasi-prioritas-${n}`, cells: [`${k.code}-lokasi-prioritas-${n}`, `Lokasi Contoh ${n}`, "Lokasi Prioritas", lat.toFixed(6), lng.toFixed(6), "40", "160", "Ibu Contoh", `Jalan Contoh ${n}`] });
  }
  const row = (p, change = {}) => p.cells.map((c, i) => change[i] ?? c).join(";");
  const last = places.slice(-10);
  good = places.slice(0, -10).map((p) => row(p));
  mended = last.map((p) => row(p));
  const [, , , lat, lng] = last[0].cells;
  bad = [
    row(last[0], { 3: lng, 4: lat }), row(last[1], { 0: "99.99.99.9999-lokasi-prioritas-1" }), row(last[2], { 5: "-4" }), row(last[3], { 5: "empat puluh" }), row(last[4], { 2: "Istana" }),
    row(last[5], { 3: "" }), row(last[6], { 0: places[0].id }), row(last[7], { 5: "=20+20" }), row(last[8], { 0: "" }), row(last[9], { 4: "206.8" }),
  ];
}

const file = (name, rows) => ({ name, mimeType: "text/csv", buffer: Buffer.from([header, ...rows].join("\r\n") + "\r\n") });

// bring uploads a list and waits until its differences can be looked at.
async function bring(page, list) {
  await to(page, "impor/baru", "Impor berkas");
  await page.getByLabel("Daftar apa?").selectOption("recipients");
  await page.getByLabel("Berkas CSV atau XLSX").setInputFiles(list);
  await page.getByLabel("Dari mana data ini?").fill("Pendataan lapangan, contoh");
  await page.getByRole("button", { name: "Unggah dan baca" }).click();
  await page.getByRole("heading", { level: 1, name: list.name }).waitFor();
  await page.getByText(/menunggu (diperiksa|kolom dicocokkan)/).waitFor();
  const match = page.getByRole("button", { name: "Baca dengan kolom ini" });
  if (await match.isVisible()) await match.click();
  await page.getByText("menunggu diperiksa").waitFor();
}

// onMap waits for what is published of a place. A few thousand places at once
// take a while, and each has a file of its own.
async function onMap(id, holds) {
  for (let waited = 0; waited < 480_000; waited += 1000) {
    const answer = await fetch(`${platform.origin}/data/v1/recipients/${id}.json`);
    if (answer.ok && holds(await answer.json())) return;
    await new Promise((r) => setTimeout(r, 1000));
  }
  throw new Error(`waited in vain for ${id} on the map`);
}

const figure = (page, what) => page.locator(".nums li", { hasText: what }).locator("b").innerText();

test("what is missing is said beside its field, before anything is sent", async () => {
  const page = await as("contoh-admin");
  await to(page, "impor", "Impor");
  await page.getByText("Belum ada impor.").waitFor();
  await fit(page, "impor-kosong");
  await to(page, "impor/baru", "Impor berkas");
  await page.getByRole("button", { name: "Unggah dan baca" }).click();
  assert.equal(await page.locator("[aria-invalid=true]").count(), 3);
  await fit(page, "impor-salah");
});

test("a template says what a list holds, and is read as it is", async () => {
  const page = await as("contoh-admin");
  await to(page, "impor/baru", "Impor berkas");
  await page.getByLabel("Daftar apa?").selectOption("recipients");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Templat CSV" }).click()]);
  const template = await readFile(await download.path(), "utf8");
  for (const column of ["Kode", "Lintang", "Jumlah KK"]) assert.ok(template.includes(column), `the template has no ${column}`);
});

test("3,000 places with ten wrong rows are read, and nothing is written before somebody agrees", async () => {
  await makeList();
  const page = await as("contoh-admin");
  await bring(page, file("penerima.csv", [...good, ...bad]));
  assert.equal(await figure(page, "baru"), "2.990");
  assert.equal(await figure(page, "baris salah"), "10");
  assert.equal((await fetch(`${platform.origin}/data/v1/recipients/${places[0].id}.json`)).status, 404, "something was written");
  await fit(page, "impor-periksa");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Unduh baris yang salah" }).click()]);
  const errors = (await readFile(await download.path(), "utf8")).trim().split(/\r?\n/);
  assert.equal(new Set(errors.slice(1).map((line) => line.split(/[,;]/)[0])).size, 10, errors.join("\n"));
  done.add("reading");
});

test("it is written once somebody agrees, whoever looks on meanwhile", async () => {
  builds("reading");
  const page = await as("contoh-admin");
  await page.getByRole("button", { name: /Tulis 2.990 perubahan/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Tulis" }).click();
  // The page may be left and opened again: the import goes on elsewhere.
  const address = await page.evaluate(() => location.hash.slice(2));
  await to(page, "impor", "Impor");
  await to(page, address, "penerima.csv");
  await page.getByText("Sudah ditulis.").waitFor({ timeout: 300_000 });
  await fit(page, "impor-selesai");
  await onMap(places[0].id, (there) => there.name === places[0].cells[1]);
  done.add("writing");
});

test("the mended rows follow, and the map has all 3,000", async () => {
  builds("writing");
  const page = await as("contoh-admin");
  await bring(page, file("penerima-perbaikan.csv", mended));
  assert.equal(await figure(page, "baru"), "10");
  await page.getByRole("button", { name: /Tulis 10 perubahan/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Tulis" }).click();
  await page.getByText("Sudah ditulis.").waitFor();
  for (const p of [places.at(-11), places.at(-1)]) await onMap(p.id, (there) => there.name === p.cells[1]);
});

test("a place is edited on a phone, and the second of two editors is told", async () => {
  builds("writing");
  const page = await as("contoh-admin");
  const other = await as("contoh-penilai", wide);
  const { id } = places[0];
  for (const p of [page, other]) {
    await to(p, `penerima/${id}/ubah`, "Ubah penerima");
    await p.getByLabel("Jumlah KK").fill(p === page ? "44" : "45");
    await p.getByLabel("Alasan").fill("Dicek di lapangan");
  }
  await fit(page, "penerima-ubah");
  await page.getByRole("button", { name: "Simpan" }).click();
  await page.getByRole("heading", { level: 1, name: places[0].cells[1] }).waitFor();
  await page.getByText("Diubah: jumlah KK").waitFor();
  await fit(page, "penerima");
  await other.getByRole("button", { name: "Simpan" }).click();
  await other.getByText("Petugas lain baru saja mengubahnya").waitFor();
  assert.equal(await other.getByLabel("Jumlah KK").inputValue(), "45", "what was typed is lost");
  await onMap(id, (there) => there.households === 44);
  done.add("editing");
});

test("a point is chosen on the map, by moving it under a cross", async () => {
  builds("writing");
  const page = await as("contoh-admin");
  await to(page, `penerima/${places[0].id}/ubah`, "Ubah penerima");
  await page.getByRole("button", { name: "Pilih di peta" }).click();
  const use = page.getByRole("button", { name: "Pakai titik di tengah" });
  await use.waitFor();
  await page.locator(".picker .cell").first().waitFor({ state: "attached" });
  await fit(page, "penerima-peta");
  const before = await page.getByLabel("Lintang").inputValue();
  const map = page.locator(".picker [role=application]");
  await map.focus();
  await map.press("ArrowDown");
  await use.click();
  await page.locator(".picker").waitFor({ state: "detached" });
  const [lat, lng] = [Number(await page.getByLabel("Lintang").inputValue()), Number(await page.getByLabel("Bujur").inputValue())];
  assert.ok(lat < Number(before) && Math.abs(lat - before) < 0.01, `moved from ${before} to ${lat}`);
  assert.ok(Math.abs(lng - Number(places[0].cells[4])) < 0.001);
  await page.getByRole("button", { name: "Batal" }).click();
  await page.getByRole("heading", { level: 1, name: places[0].cells[1] }).waitFor();
});

test("a need is added, and nobody can ask for less than is promised", async () => {
  builds("writing");
  const page = await as("contoh-admin");
  await to(page, `penerima/${places[0].id}`, places[0].cells[1]);
  await page.getByRole("button", { name: "Tambah kebutuhan" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Paket").selectOption({ label: "Paket Sembako" });
  await dialog.getByLabel("Jumlah yang dibutuhkan").fill("40");
  await dialog.getByLabel("Sumber").fill("ketua RW");
  await dialog.getByLabel("Alasan").fill("Dicek di lapangan");
  await dialog.getByRole("button", { name: "Simpan" }).click();
  await page.getByRole("rowheader", { name: "Paket Sembako" }).waitFor();
  await onMap(places[0].id, (there) => there.needs.some((n) => n.needed === 40));
});

// someRW returns a place of the demonstration.
async function someRW() {
  let node = await json(`/${(await json("/data/manifest.json")).root}`);
  node = await json(`/${node.children.find((c) => c.area === "31.71").path}`);
  node = await json(`/${node.children[0].path}`);
  const leaves = await Promise.all(Object.values(node.recipients).map((path) => json(`/${path}`)));
  return leaves.flatMap((leaf) => leaf.features).find((f) => f.properties.kind === "rw");
}

test("a steward's new link works, and the old one is dead", async () => {
  const page = await as("contoh-admin");
  const rw = await someRW();
  const asked = await fetch(`${platform.origin}/_local/steward?recipient=${rw.id}`);
  const old = (await asked.text()).match(/\/pj\/#([\w.-]+)/)[1];
  const opens = async (secret) => (await fetch(`${platform.origin}/v1/steward`, { headers: { Authorization: `Bearer ${secret}` } })).status;
  assert.equal(await opens(old), 200);
  await to(page, `penerima/${rw.id}`, rw.properties.name);
  await page.getByRole("button", { name: "Buat tautan baru" }).click();
  await page.getByRole("dialog").getByLabel("Alasan").fill("Ketua RW berganti");
  await page.getByRole("dialog").getByRole("button", { name: "Buat tautan" }).click();
  const message = await page.getByRole("dialog").locator(".letter").innerText();
  await page.screenshot({ path: join(shots, "petugas-tautan-360.png") });
  assert.deepEqual(await violations(page), []);
  // A demonstration's number is invented: nobody is led to call it.
  assert.equal(await page.getByRole("link", { name: "Kirim lewat WhatsApp" }).count(), 0);
  assert.equal(await opens(message.match(/\/pj\/#([\w.-]+)/)[1]), 200);
  assert.notEqual(await opens(old), 200, "the old link still opens");
  await page.getByRole("dialog").getByRole("button", { name: "Selesai" }).click();
  done.add("handing over");
});

test("a complaint is answered by a desk that it does not name", async () => {
  const secrets = [];
  for (const about of [{ area: "31.71.01.1001" }, { recipient: (await someRW()).id }]) {
    const sent = await fetch(`${platform.origin}/v1/complaints/${uuid7()}`, {
      method: "PUT", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ class: "levy", about, text: "Diminta uang untuk tiap paket, contoh.", challenge: await solved(platform.origin) }),
    });
    assert.equal(sent.status, 201, await sent.clone().text());
    secrets.push(await sent.json());
  }
  const page = await as("contoh-aduan");
  await to(page, "aduan", "Aduan");
  await page.getByRole("link", { name: secrets[0].ticket }).waitFor();
  await fit(page, "aduan");
  await page.getByRole("link", { name: secrets[0].ticket }).click();
  await page.getByRole("button", { name: "Saya tangani" }).click();
  await said(page, "Anda menangani aduan ini.");
  await page.getByRole("button", { name: "Buka isi aduan" }).click();
  await page.getByText("Diminta uang untuk tiap paket").waitFor();
  await page.getByLabel("Jawaban").fill("Sudah kami periksa dan uangnya dikembalikan.");
  await page.getByLabel("Hasil", { exact: false }).first().selectOption("resolved");
  await fit(page, "aduan-satu");
  await page.getByRole("button", { name: "Kirim jawaban" }).click();
  await said(page, "Jawaban terkirim.");
  const { id } = secrets[0];
  const seen = await (await fetch(`${platform.origin}/v1/complaints/${id}`, { headers: { Authorization: `Bearer ${secrets[0].secret}` } })).json();
  assert.equal(seen.state, "answered");
  assert.ok(seen.messages.some((m) => m.text?.includes("uangnya dikembalikan")));
  done.add("answering");
});

test("a pooled gift is given out in parts, and never more than it holds", async () => {
  const page = await as("contoh-mitra-1");
  await to(page, "titipan/baru", "Terima titipan");
  await page.getByLabel("Nama donatur").fill("PT Contoh");
  await page.getByLabel("Golongan").selectOption("business");
  await page.getByLabel("Paket").selectOption("sembako");
  await page.getByLabel("Jumlah").fill("50");
  await page.getByRole("button", { name: "Simpan titipan" }).click();
  await page.getByRole("heading", { name: "Titipan PT Contoh" }).waitFor();
  await page.getByRole("button", { name: "Bagikan ke lokasi" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Kota atau kabupaten").selectOption("31.71");
  await dialog.getByLabel("Kecamatan").selectOption("31.71.01");
  await dialog.getByLabel("Lokasi yang masih butuh").selectOption({ index: 1 });
  const quantity = dialog.locator('input[name^="quantity/"]').first();
  await quantity.fill("60");
  await dialog.getByRole("button", { name: "Bagikan" }).click();
  await dialog.locator("[aria-invalid=true]").waitFor();
  await quantity.fill("5");
  await dialog.getByRole("button", { name: "Bagikan" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("Ditandatangani").waitFor();
  assert.equal(await page.locator("td[data-head=Sisa]").first().innerText(), "45");
  await fit(page, "titipan");
});

test("an aggregator is frozen at once, with a reason", async () => {
  const page = await as("contoh-admin");
  await to(page, "mitra", "Mitra penyalur");
  await page.getByRole("link", { name: "Palang Merah Indonesia DKI Jakarta" }).click();
  await page.getByRole("button", { name: "Bekukan" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Bekukan" }).click();
  await dialog.locator("[aria-invalid=true]").waitFor();
  await dialog.getByLabel("Alasan").fill("Izin sedang diperiksa");
  await dialog.getByRole("button", { name: "Bekukan" }).click();
  await page.getByText("dibekukan", { exact: true }).waitFor();
  await fit(page, "mitra-beku");
  done.add("freezing");
});

test("an auditor can tell who did what, to what, and why", async () => {
  for (const what of ["writing", "editing", "handing over", "answering", "freezing"]) builds(what);
  const page = await as("contoh-admin");
  await to(page, "jejak", "Jejak");
  for (const what of ["membekukan mitra", "menjawab aduan", "mengimpor", "membuat tautan penanggung jawab", "mengubah penerima"]) {
    await page.locator(".trail").getByText(what).first().waitFor();
  }
  await page.getByText("Alasan: Izin sedang diperiksa").waitFor();
  await page.locator(".trail li", { hasText: "menjawab aduan" }).getByRole("link").first().click();
  await page.getByText("membekukan mitra").waitFor({ state: "detached" });
  await page.locator(".trail").getByText("menjawab aduan").waitFor();
  await page.getByRole("button", { name: "Unduh", exact: true }).click();
  const csv = page.getByRole("button", { name: "CSV", exact: true });
  await csv.waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), csv.click()]);
  assert.ok((await readFile(await download.path(), "utf8")).includes("answer"));
  await to(page, "jejak", "Jejak");
  await page.locator(".trail").getByText("membekukan mitra").first().waitFor();
  await fit(page, "jejak");
});

test("every other view fits a phone", async () => {
  const views = [
    ["petugas", "Akun petugas"], ["petugas/baru", "Tambah petugas"], ["petugas/contoh-kelurahan-1", /Contoh/], ["katalog", "Katalog"], ["katalog/program/pangan", "KSBB Pangan"], ["katalog/paket/sembako", "Paket Sembako"],
    ["katalog/paket/sembako/ubah", "Paket Sembako"], ["mitra/rumah-zakat/ubah", "Yayasan Rumah Zakat"], ["koreksi", "Koreksi"], ["laporan", "Laporan"], ["usulan", "Usulan"], ["penerima", "Penerima"],
    ["penerima?area=31.71.01.1001", "Penerima"], ["penerima/baru?area=31.71.01.1001", "Tambah penerima"],
  ];
  const page = await as("contoh-admin");
  for (const [hash, heading] of views) {
    await to(page, hash, heading);
    await page.waitForFunction(() => !document.querySelector(".waiting"));
    await fit(page, hash.replace(/[/?=.]/g, "-"));
  }
});

test("what does not answer says so, and is asked again", async () => {
  const page = await as("contoh-admin");
  let answers = "fault";
  await page.route("**/v1/staff/officers*", (route) => (answers === "none" ? undefined : answers === "fault" ? route.fulfill({ status: 503, body: "no" }) : route.continue()));
  await to(page, "petugas", "Akun petugas");
  await page.getByText("Belum ada jawaban dari server").waitFor();
  await fit(page, "gangguan");
  answers = "none";
  await page.getByRole("button", { name: "Coba lagi" }).click();
  await page.getByText("Jaringan sedang lambat").waitFor();
  await fit(page, "lambat");
  answers = "";
  await page.unroute("**/v1/staff/officers*");
  await to(page, "laporan", "Laporan");
  await page.context().setOffline(true);
  await page.getByText("Anda sedang luring. Yang terlihat adalah keadaan terakhir").waitFor();
  await page.getByLabel("Hari").fill("2026-05-21");
  await page.getByLabel("Alasan").fill("Sesudah koreksi");
  await page.getByRole("button", { name: "Buat sekarang" }).click();
  await page.getByText("Coba lagi setelah ada sinyal").waitFor();
  await fit(page, "luring");
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Buat sekarang" }).click();
  await page.getByText("Laporan 2026-05-21 sedang dibuat").waitFor();
});

test("the other language says the same", async () => {
  const page = await as("contoh-penilai");
  // Who signed in before is led to the provider at once.
  await page.goto(`${platform.origin}/en/petugas/`);
  await page.locator('button[value="contoh-penilai"]').click();
  await page.locator(".shell").waitFor();
  for (const [hash, heading] of [["penerima?area=31.71.01.1001", "Recipients"], ["impor/baru", "Import a file"], ["katalog", "Catalogue"], ["koreksi", "Corrections"]]) {
    await to(page, hash, heading);
    await page.waitForFunction(() => !document.querySelector(".waiting"));
    await page.screenshot({ path: join(shots, `petugas-en-${heading.replaceAll(" ", "-")}-1280.png`), fullPage: true });
    assert.deepEqual(await violations(page), [], hash);
    await page.setViewportSize(wide.viewport);
  }
});

test("no function did what its policy forbids, and nothing went wrong in the browser", async () => {
  const functions = await json("/_local/functions");
  assert.deepEqual(functions.filter((f) => f.errors > 0), []);
  // A browser says on the console what was refused on purpose, or did not answer.
  assert.deepEqual(wrong.filter((w) => !/status of (412|422|503|404)|ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(w)), []);
});
