// A reader's way at 360 px: asks for reports, confirms from the letter, is sent
// one when it comes out, and ends it, on the page or from the mail program.
// Opening a link does nothing, and what is deleted is deleted.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { phone, shots, unfit, watch } from "./fit.mjs";
import { browser, eventually, holding, newFolder, remove, solved, start } from "./platform.mjs";

// Found nowhere else in the world.
const reader = "kanari-pembaca-3k8d@contoh.invalid";
const stranger = "kanari-asing-7w2m@contoh.invalid";

const wrong = [];
let folder, platform, chrome, page, letter;

before(async () => {
  folder = await newFolder();
  platform = await start(folder);
  chrome = await browser();
  const reader = await chrome.newContext(phone);
  await watch(reader, wrong);
  page = await reader.newPage();
  page.on("request", (r) => {
    if (/kanari|\bl\.[\w-]{20}/.test(r.url())) wrong.push(`asks ${r.url()}`);
  });
});

after(async () => {
  await chrome?.close();
  await platform?.stop();
  if (folder) await remove(folder);
});

const mails = async (to) => (await (await fetch(`${platform.origin}/_local/mail`)).json()).filter((m) => m.to === to);
const linkIn = (m) => m.text.match(/https?:\/\/\S+\/langganan\/#\S+/)[0].replace(/^https?:\/\/[^/]+/, platform.origin);
const post = (path, type, body) => fetch(`${platform.origin}${path}`, { method: "POST", headers: type ? { "Content-Type": type } : {}, body });
const heading = (text) => page.getByRole("heading", { level: 1, name: text }).waitFor();

async function fit(name) {
  await page.screenshot({ path: join(shots, `${name}-360.png`), fullPage: true });
  assert.deepEqual(await unfit(page), [], name);
}

// ask fills in the form and returns the letter that asks back.
async function ask(email, ...kinds) {
  await page.goto(`${platform.origin}/langganan/`);
  for (const kind of ["Bulanan", "Mingguan", "Harian"]) await page.getByRole("checkbox", { name: kind }).setChecked(kinds.includes(kind));
  await page.getByLabel("E-mail Anda").fill(email);
  const before = (await mails(email)).length;
  await page.getByRole("button", { name: "Berlangganan" }).click();
  await page.getByRole("heading", { name: "periksa e-mail Anda" }).waitFor();
  return eventually("the letter that asks", async () => (await mails(email)).slice(before)[0]);
}

test("what is missing is said beside its control", async () => {
  await page.goto(`${platform.origin}/langganan/`);
  await page.getByRole("checkbox", { name: "Bulanan" }).uncheck();
  await page.getByRole("button", { name: "Berlangganan" }).click();
  for (const said of ["Pilih sedikitnya satu laporan.", "Bagian ini perlu diisi."]) assert.ok((await page.locator("#ringkas").innerText()).includes(said), said);
  assert.equal(await page.locator("[aria-invalid]").count(), 2);
  await fit("langganan-salah");
});

test("a reader asks, and the letter leads on", async () => {
  letter = await ask(reader, "Bulanan", "Harian");
  await fit("langganan-surel");
  assert.match(letter.subject, /konfirmasi/);
  for (const said of ["laporan harian", "laporan bulanan"]) assert.ok(letter.text.includes(said), said);
  assert.ok(!letter.text.includes("laporan mingguan") && !letter.headers);
});

test("opening the link does nothing, a tap confirms", async () => {
  // Scanners of mail open every link, and run its scripts.
  await page.goto(linkIn(letter));
  await heading("Konfirmasi langganan");
  await fit("langganan-konfirmasi");
  await page.reload();
  await heading("Konfirmasi langganan");
  await page.getByRole("button", { name: "Ya, kirimi saya laporan" }).click();
  await heading("Langganan Anda aktif");
  assert.ok((await page.locator("main").innerText()).includes("laporan bulanan dan harian"));
  assert.equal(new URL(page.url()).hash, "", "the secret stays in the address");
  await fit("langganan-aktif");
  await page.goto("about:blank");
  await page.goto(linkIn(letter).slice(0, -3));
  await heading("Tautan ini tidak lengkap");
});

test("a report that comes out is sent, and ends with one click", async () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const ran = await post("/_local/schedule/ReportScheduled", "application/json", JSON.stringify({ time: tomorrow }));
  assert.equal(ran.status, 200, await ran.text());
  const sent = await eventually("the letter about a report", async () => (await mails(reader)).find((m) => m.text.includes("/laporan/")));
  assert.match(sent.subject, /^Laporan /);
  const path = new URL(sent.text.match(/https?:\/\/\S+\/laporan\/\S+/)[0]).pathname;
  assert.equal((await fetch(platform.origin + path)).status, 200, `${path} is not there`);
  const header = Object.fromEntries(sent.headers.map((h) => [h.name, h.value]));
  assert.equal(header["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
  const end = new URL(header["List-Unsubscribe"].slice(1, -1)).pathname;
  // The visible link asks first.
  await page.goto(linkIn(sent));
  await heading("Berhenti berlangganan?");
  await fit("langganan-berhenti");
  for (const body of ["List-Unsubscribe=One-Click", ""]) assert.equal((await post(end, "application/x-www-form-urlencoded", body)).status, 204);
  await page.getByRole("button", { name: "Ya, berhenti" }).click();
  await heading("Langganan sudah dihentikan");
  await fit("langganan-berakhir");
  await page.goto(linkIn(letter));
  await page.getByRole("button", { name: "Ya, kirimi saya laporan" }).click();
  await heading("Tautan ini tidak berlaku lagi");
});

test("whoever was asked in another's name deletes the address", async () => {
  const asked = await ask(stranger, "Mingguan");
  await page.goto(linkIn(asked));
  await page.getByRole("button", { name: "Bukan saya" }).click();
  await heading("Tidak jadi berlangganan");
});

test("a form is answered the same whoever is asked for", async () => {
  const answers = new Set();
  for (const email of [reader, stranger, "kanari-baru@contoh.invalid"]) {
    const id = crypto.randomUUID();
    const got = await fetch(`${platform.origin}/v1/subscriptions/${id}`, {
      method: "PUT", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email, kinds: ["weekly"], language: "en", challenge: await solved(platform.origin) }),
    });
    answers.add(`${got.status} ${(await got.text()).replace(id, "").replace(/T[\d:.]+Z/, "")}`);
  }
  assert.equal(answers.size, 1, [...answers].join("\n"));
});

test("no function did what its policy forbids, no log or page holds an address", async () => {
  const functions = await (await fetch(`${platform.origin}/_local/functions`)).json();
  for (const f of functions) assert.equal(f.errors, 0, `${f.name} failed`);
  assert.deepEqual(await holding(join(folder, "log"), ["kanari-"]), []);
  // A browser says on the console that a link is no longer valid.
  assert.deepEqual(wrong.filter((w) => !/status of 404 .*\/confirmation$/.test(w)), []);
});
