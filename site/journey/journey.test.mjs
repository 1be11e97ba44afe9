// Two people's whole way at 360 px: a collaborator from the map through form and
// code to a delivery, a steward from the first call to what arrived. After each
// step the public files and pages show it; nothing private is where it must not
// be; and a power failure in the middle loses nothing.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { phone, shots, unfit, watch } from "./fit.mjs";
import { browser, calls, eventually, holding, marked, newFolder, remove, solved, start, today, uuid7, wordsOf } from "./platform.mjs";

// What only the steward may learn, or nobody but an officer. Each is found
// nowhere else in the world.
const secret = {
  name: "Kanari Rahasia Namanya",
  signature: "Kanari Tandatangannya",
  statement: "Kanari Tandatangan Surat",
  email: "kanari-7f3q@contoh.invalid",
  phone: "0812-9753-8642",
  note: "Kanari titip salam",
  photo: "KanariKameraLetak",
  complaint: "Kanari mengadu soal kualitas",
  witness: "saksi-9d4w@contoh.invalid",
};
const known = [secret.name, "kanari-7f3q", "081297538642", "6281297538642"];
const canaries = [...known, secret.signature, secret.statement, secret.note, secret.photo, secret.complaint, secret.witness];

// What the tests of this file hand on to the next: they are one story.
const story = { wrong: [], asked: [], bodies: [], titles: new Set(), people: [], secrets: [] };
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

// someone is a person with a cheap phone. Whatever goes wrong on it, whatever it
// asks for and what its tabs are called is remembered.
async function someone() {
  const context = await chrome.newContext({ ...phone, acceptDownloads: true });
  await watch(context, story.wrong);
  story.people.push(context);
  const page = await context.newPage();
  context.on("request", (r) => {
    story.asked.push(r.url(), ...Object.entries(r.headers()).filter(([name]) => name !== "authorization").map(([name, value]) => `${name}: ${value}`));
    if (r.postDataBuffer()) story.bodies.push({ url: r.url(), body: r.postDataBuffer() });
  });
  page.on("load", async () => story.titles.add(await page.title().catch(() => "")));
  return page;
}

// seen takes a picture, and holds the page to what every page must be.
async function seen(page, name) {
  story.titles.add(await page.title());
  await page.screenshot({ path: join(shots, `${name}-360.png`), fullPage: true });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${page.url()} scrolls sideways`);
}

const fit = async (page) => assert.deepEqual(await unfit(page), [], page.url().split("#")[0]);

// published waits until the recipient's file says what is expected of the
// story's promise, and returns both.
async function published(what, is) {
  return eventually(`${what} in the recipient's file`, async () => {
    const place = await json(`/data/v1/recipients/${story.target.id}.json`);
    const promise = place.commitments.find((c) => c.number === story.number);
    return promise && is(promise, place) && { promise, place, need: place.needs.find((n) => n.id === story.target.need) };
  });
}

// told waits until the page of the place says so.
async function told(page, ...words) {
  await eventually(`${words} on the page of the place`, async () => {
    await page.goto(`${platform.origin}/lokasi/${story.target.id}/`);
    const text = await page.locator("main").innerText();
    return words.every((w) => text.includes(w));
  });
}

// addsUp holds every figure between the story's recipient and the province to
// its parts.
async function addsUp() {
  const all = await root();
  for (const kota of all.children.filter((c) => story.target.kecamatan.startsWith(`${c.area}.`))) {
    const middle = await json(`/${kota.path}`);
    for (const kecamatan of middle.children.filter((c) => c.area === story.target.kecamatan)) {
      const low = await json(`/${kecamatan.path}`);
      const features = [];
      for (const path of Object.values(low.recipients)) features.push(...(await json(`/${path}`)).features);
      const sums = {};
      for (const need of features.flatMap((f) => f.properties.needs)) {
        sums[need.package] ??= { needed: 0, committed: 0, delivered: 0, received: 0, remaining: 0 };
        for (const k of Object.keys(sums[need.package])) sums[need.package][k] += need[k];
      }
      for (const [id, sum] of Object.entries(sums)) {
        for (const [k, n] of Object.entries(sum)) assert.equal(low.totals.packages[id][k], n, `${k} of ${id} in ${kecamatan.area}`);
      }
      const place = await json(`/data/v1/recipients/${story.target.id}.json`);
      const feature = features.find((f) => f.id === story.target.id);
      for (const need of place.needs) {
        const line = feature.properties.needs.find((n) => n.id === need.id);
        const promised = place.commitments.flatMap((c) => c.lines).filter((l) => l.need === need.id);
        for (const k of ["committed", "delivered", "received"]) {
          assert.equal(line[k], need[k], `${k} on the map and in the file`);
          assert.equal(promised.reduce((sum, l) => sum + l[k], 0), need[k], `${k} of the promises to ${need.id}`);
        }
        assert.equal(need.needed - need.committed - need.delivered - need.received, need.remaining);
      }
    }
    for (const area of [[middle, kota.area], [all, all.area]]) {
      for (const [id, total] of Object.entries(area[0].totals.packages)) {
        for (const k of ["needed", "committed", "delivered", "received", "remaining"]) {
          assert.equal(area[0].children.reduce((sum, c) => sum + (c.totals.packages[id]?.[k] ?? 0), 0), total[k], `${k} of ${id} in ${area[1]}`);
        }
      }
    }
  }
}

// stored returns where the phones of the story hold any of the words: in storage,
// in databases, in what their service workers keep, in cookies.
async function stored(words) {
  const found = [];
  for (const context of story.people) {
    const { cookies, origins } = await context.storageState({ indexedDB: true });
    const kept = [JSON.stringify(cookies), ...origins.map((o) => JSON.stringify(o))];
    const page = await context.newPage();
    await page.goto(platform.origin + "/");
    kept.push(...(await page.evaluate(async () => {
      const all = [JSON.stringify({ ...sessionStorage })];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) all.push(`${request.url} ${await (await cache.match(request)).text()}`);
      }
      return all;
    })));
    await page.close();
    for (const word of words) for (const text of kept) if (text.includes(word)) found.push(`${word} in ${text.slice(0, 200)}`);
  }
  return found;
}

// paper taps a button that saves a file and returns its bytes.
async function paper(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  return readFile(await download.path());
}

const { json } = calls(() => platform.origin);

async function root() {
  const manifest = await json("/data/manifest.json");
  return json("/" + manifest.root);
}

test("a promise travels from the form to the map", async () => {
  const page = await someone();
  story.collaborator = page;
  const shot = (name) => seen(page, name);

  // The map.
  await page.goto(platform.origin + "/");
  await shot("1-peta");
  const was = await root();
  assert.ok(was.totals.recipients > 3000, `${was.totals.recipients} recipients on the map`);

  // A kelurahan, by its shape on the map.
  const target = await someRW(was);
  story.target = target;
  const shape = page.locator(`svg a[href="/wilayah/${target.kelurahan}/"]`).first();
  await shape.scrollIntoViewIfNeeded();
  await Promise.all([page.waitForURL(`**/wilayah/${target.kelurahan}/`), shape.dispatchEvent("click")]);
  await shot("2-kelurahan");

  // An RW, and the button on its page.
  await page.locator(`a[href="/lokasi/${target.id}/"]`).first().click();
  await page.waitForURL(`**/lokasi/${target.id}/`);
  await shot("3-lokasi");
  const openBefore = (await json(`/data/v1/recipients/${target.id}.json`)).needs.find((n) => n.id === target.need);
  await page.locator(`a[href="/bantu/${target.id}/"]`).first().click();
  await page.waitForURL(`**/bantu/${target.id}/`);

  // The form, four short steps.
  const line = page.locator(`[data-need="${target.need}"]`);
  for (const other of await page.locator("[data-need] input[name=need]:checked").all()) {
    if ((await other.inputValue()) !== target.need) await other.uncheck();
  }
  await line.locator("input[name=need]").check();
  await page.locator(`[name="quantity:${target.need}"]`).fill("7");
  await shot("4-formulir-apa");
  await page.locator("#langkah-1 [data-next]").click();
  await page.locator("#from").waitFor({ state: "visible" });
  await shot("5-formulir-kapan");
  story.period = { from: await page.locator("#from").inputValue(), to: await page.locator("#to").inputValue() };
  await page.locator("#langkah-2 [data-next]").click();
  await page.locator("#class").selectOption("individual");
  await page.locator("#name").fill(secret.name);
  await page.locator("input[name=showName][value=no]").check();
  await page.locator("#email").fill(secret.email);
  await page.locator("#phone").fill(secret.phone);
  await shot("6-formulir-siapa");
  await page.locator("#langkah-3 [data-next]").click();
  for (const box of ["goods", "accepted", "consent"]) await page.locator(`input[name=${box}]`).check();
  await page.locator("#signedBy").fill(secret.signature);
  await shot("7-formulir-periksa");
  await page.locator("#kirim").click();

  // The code from the mail.
  await page.locator("#code").waitFor({ state: "visible" });
  const mail = await eventually("the mail with the code", async () =>
    (await json("/_local/mail")).findLast((m) => m.to === secret.email && /\b\d{6}\b/.test(m.subject + m.text)),
  );
  const code = /\b(\d{6})\b/.exec(mail.text)[1];
  assert.equal((await json(`/data/v1/recipients/${target.id}.json`)).commitments.length, target.commitments, "a promise that is not verified is not public");
  await page.locator("#code").fill("000000" === code ? "000001" : "000000");
  await page.locator("#buktikan").click();
  await page.locator("#status-kode", { hasText: /salah|tidak cocok/i }).waitFor();
  await shot("8-kode");
  await page.locator("#code").fill(code);
  await page.locator("#buktikan").click();

  // One's own promise, and the contact.
  await page.waitForURL("**/k/#*");
  story.secrets.push(new URL(page.url()).hash.slice(1), code);
  await page.getByRole("button", { name: "Lihat kontak" }).click();
  const place = await json(`/data/v1/recipients/${target.id}.json`);
  await page.getByText(place.steward).first().waitFor();
  await page.getByText(/\+62\s?0/).first().waitFor();
  await shot("9-komitmen");
  await fit(page);
  assert.equal(await page.locator('a[href^="tel:"], a[href*="wa.me"]').count(), 0, "an invented phone must not be dialled");

  // The numbers follow.
  const now = await eventually("the promise in the recipient's file", async () => {
    const r = await json(`/data/v1/recipients/${target.id}.json`);
    return r.commitments.length > target.commitments && r;
  });
  const openNow = now.needs.find((n) => n.id === target.need);
  assert.equal(openNow.committed, openBefore.committed + 7);
  assert.equal(openNow.remaining, openBefore.remaining - 7);
  const mine = now.commitments.at(-1);
  assert.equal(mine.name, "Hamba Allah");
  assert.equal(mine.state, "pledged");
  const is = await root();
  assert.equal(is.totals.openCommitments, was.totals.openCommitments + 1);
  assert.equal(is.totals.packages[openNow.package].committed, was.totals.packages[openNow.package].committed + 7);
  await addsUp();

  const reader = await someone();
  await told(reader, mine.number, "Hamba Allah");
  await seen(reader, "10-lokasi-sesudah");
  const packs = is.totals.packages[openNow.package].remaining.toLocaleString("id-ID");
  await eventually(`${packs} on the first page`, async () => {
    await reader.goto(platform.origin + "/");
    return (await reader.locator("main").innerText()).includes(packs);
  });
  await seen(reader, "11-peta-sesudah");
  story.number = mine.number;
  story.reader = reader;
});

test("the two sides talk, agree on a day, and the statement is signed", async () => {
  const { collaborator, reader } = story;

  // The steward says first that they have spoken; two taps from the link.
  const steward = await someone();
  story.steward = steward;
  const { link } = await json(`/_local/steward?recipient=${story.target.id}`);
  story.secrets.push(link.split("#")[1]);
  await steward.goto(link);
  const card = steward.locator("section", { hasText: story.number });
  await card.getByRole("button", { name: "Lihat kontaknya" }).click();
  await card.getByText(secret.name).waitFor();
  await card.getByText("6281297538642").waitFor();
  await seen(steward, "13-pj-siapa-datang");
  await fit(steward);
  await card.getByRole("button", { name: "Sudah dihubungi" }).click();
  await steward.getByText("Dicatat: sudah dihubungi.").waitFor();
  await published("the contact", (c) => c.state === "contacted" && c.contactedAt && !c.contactBy);

  // The day, then the signature.
  await collaborator.reload();
  await collaborator.locator("#berikut", { hasText: "Sepakati hari antar" }).waitFor();
  await seen(collaborator, "14-jadwal");
  await collaborator.locator("#mulai").fill("09:00");
  await collaborator.locator("#selesai").fill("11:00");
  const day = await collaborator.locator("#hari").inputValue();
  await collaborator.getByRole("button", { name: "Simpan hari antar" }).click();
  await collaborator.locator("#berikut", { hasText: "Tanda tangani" }).waitFor();
  await published("the day", (c) => c.state === "scheduled" && c.schedule?.on === day && c.schedule.from === "09:00");
  await collaborator.locator("#nama").fill(secret.statement);
  await seen(collaborator, "15-surat");
  await fit(collaborator);
  await collaborator.getByRole("button", { name: "Tanda tangani" }).click();
  await collaborator.locator("#berikut", { hasText: "Antar" }).waitFor();
  await seen(collaborator, "16-antar");
  const { promise } = await published("the signature", (c) => c.state === "signed" && /^sha256-[0-9a-f]{64}$/.test(c.letter));
  await told(reader, story.number);

  // Three papers: the letter as it was signed, and the sheet for the hand-over.
  await collaborator.locator("summary", { hasText: "Dokumen" }).click();
  const letter = await paper(collaborator, "Surat komitmen (PDF)");
  assert.match(letter.toString("latin1", 0, 8), /^%PDF-1/);
  assert.equal(`sha256-${createHash("sha256").update(letter).digest("hex")}`, promise.letter, "the fingerprint in public is that of the letter");
  const sheet = await paper(collaborator, "Simpan lembar BAST (PDF)");
  assert.match(sheet.toString("latin1", 0, 8), /^%PDF-1/);
  story.sheet = wordsOf(sheet);
});

test("a delivery is reported with a photo, and outlives a power failure", async () => {
  const page = story.collaborator;
  const before = await published("the signature", () => true);

  // The photo comes from a camera that writes down where it stood.
  const plain = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2400, 1800];
    const paint = canvas.getContext("2d");
    for (let i = 0; i < 400; i++) {
      paint.fillStyle = `hsl(${(i * 47) % 360} 60% ${30 + (i % 50)}%)`;
      paint.fillRect((i * 131) % 2400, (i * 197) % 1800, 160, 120);
    }
    return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
  });
  const photo = marked(Buffer.from(plain, "base64"), secret.photo);
  assert.ok(photo.includes(secret.photo));

  await page.getByRole("button", { name: "Laporkan penyaluran" }).click();
  await page.locator("#n0").fill("4");
  await page.locator("#catatan").fill(secret.note);
  await page.locator("input[type=file]").first().setInputFiles({ name: `${secret.photo}.jpg`, mimeType: "image/jpeg", buffer: photo });
  await page.locator(".files", { hasText: "Diterima." }).waitFor();
  await page.locator("input[type=file]").last().setInputFiles({ name: "berkas.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n") });
  await page.locator(".files .bad", { hasText: "PDF ini berisi program" }).waitFor();
  await seen(page, "17-lapor");
  await fit(page);

  // The phone closes the browser to make room; what was filled in is there again.
  await page.reload();
  await page.locator(".files", { hasText: "Diterima." }).waitFor();
  assert.equal(await page.locator("#n0").inputValue(), "4");
  assert.equal(await page.locator("#catatan").inputValue(), secret.note);

  // The answer is lost on its way; sending again does not report it twice.
  await page.route("**/deliveries/*", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await page.getByRole("button", { name: "Kirim laporan" }).click();
  await page.getByText("Belum ada jawaban dari server.").waitFor();
  await page.getByRole("button", { name: "Kirim laporan" }).click();
  await page.getByText("Penyaluran dilaporkan.").waitFor();
  const handed = new URL(await page.locator("[data-handover]").getAttribute("href"), platform.origin);
  story.secrets.push(handed.hash.slice(1));
  await seen(page, "18-dilaporkan");

  const { promise, need } = await published("the report", (c) => c.deliveries.length === 1);
  assert.equal(promise.state, "delivered");
  assert.equal(need.delivered, before.need.delivered + 4);
  assert.equal(need.committed, before.need.committed - 4);
  assert.equal(promise.deliveries[0].fingerprints.length, 1, "the photo's fingerprint is public");
  await told(story.reader, promise.deliveries[0].number);
  await seen(story.reader, "19-lokasi-dilaporkan");
  await addsUp();

  // Whoever the link is handed to sees this promise, and nothing else of the place.
  const bearer = await someone();
  await bearer.goto(handed.href);
  await bearer.locator("section", { hasText: story.number }).getByRole("button", { name: "Diterima lengkap" }).waitFor();
  assert.equal(await bearer.getByRole("button", { name: "Jeda nomor saya" }).count(), 0, "who holds a handed-over link is not the steward");
  story.handed = handed;
  story.bearer = bearer;

  story.failure = { origin: platform.origin, from: story.wrong.length };
  await platform.kill();
  platform = await start(folder);
  for (const person of [story.collaborator, story.steward, story.reader]) {
    const { hash, pathname } = new URL(person.url());
    await person.goto(`${platform.origin}${pathname}${hash}`);
  }
  const after = await published("the report after the power failure", (c) => c.state === "delivered");
  assert.deepEqual(after.need, need);
  await addsUp();
});

test("the steward counts fewer, and the two sides settle it", async () => {
  const { collaborator, steward, reader } = story;
  const before = await published("the report", () => true);
  await steward.reload();
  const card = steward.locator("section", { hasText: story.number });
  await card.getByRole("button", { name: "Diterima kurang" }).click();
  await card.locator("input").fill("3");
  await seen(steward, "20-pj-kurang");
  await card.getByRole("button", { name: "Simpan jumlah ini" }).click();
  await steward.getByText("Dicatat: diterima kurang.").waitFor();
  await seen(steward, "21-pj-berbeda");

  // The lower figure counts, and what is disputed stays reserved.
  const { promise, need } = await published("the dispute", (c) => c.state === "disputed");
  assert.equal(promise.deliveries[0].disputed, true);
  assert.equal(need.received, before.need.received + 3);
  assert.equal(need.delivered, before.need.delivered - 4);
  assert.equal(need.committed, before.need.committed + 1);
  assert.equal(need.remaining, before.need.remaining);
  await addsUp();
  await told(reader, "sedang dicocokkan");
  await seen(reader, "22-lokasi-dicocokkan");

  await collaborator.reload();
  await collaborator.locator("section", { hasText: "Menurut penanggung jawab" }).first().waitFor();
  await seen(collaborator, "23-berbeda");
  await fit(collaborator);
  await collaborator.getByRole("button", { name: "Terima angka penanggung jawab" }).click();
  await collaborator.getByText("Jumlahnya disepakati.").waitFor();
  const settled = await published("the agreement", (c) => c.state === "delivered" && c.deliveries[0].settledAt);
  assert.equal(settled.promise.deliveries[0].disputed, false);
});

test("the rest arrives before its report, confirmed with the code on the sheet", async () => {
  const { collaborator, reader } = story;
  const before = await published("the agreement", () => true);
  await collaborator.reload();
  const words = wordsOf(await paper(collaborator, "Simpan lembar BAST (PDF)"));
  const number = words.map((w) => /BAST-[0-9A-Z]{4}-[0-9A-Z]{4}-2/.exec(w)?.[0]).find(Boolean);
  assert.ok(number, `no number on the sheet: ${words.slice(0, 40).join(" | ")}`);
  const code = words.map((w) => w.replace(/\s/g, "")).find((w) => /^[0-9A-HJKMNP-TV-Z]{6}$/.test(w));
  assert.ok(code, `no code on the sheet: ${words.slice(0, 80).join(" | ")}`);
  story.secrets.push(code);

  // Somebody with the sheet in hand, and nothing else.
  const bearer = await someone();
  await bearer.goto(`${platform.origin}/pj/`);
  await bearer.locator("#nomor").fill(number.toLowerCase());
  await bearer.locator("#kode").fill(code === "AAAAAA" ? "BBBBBB" : "AAAAAA");
  await seen(bearer, "24-pj-kode");
  await fit(bearer);
  await bearer.getByRole("button", { name: "Lihat kiriman" }).click();
  await bearer.locator("#status-bast", { hasText: "Kode salah" }).waitFor();
  await bearer.locator("#kode").fill(code.toLowerCase());
  await bearer.getByRole("button", { name: "Lihat kiriman" }).click();
  await bearer.getByRole("button", { name: "Diterima lengkap" }).click();
  await seen(bearer, "25-pj-lengkap");
  await bearer.getByRole("button", { name: "Ya, lengkap" }).click();
  await bearer.getByText("Dicatat: diterima lengkap.").waitFor();
  // The code has done its work: it shows the answer and takes no other.
  await bearer.reload();
  await bearer.getByText("Anda menjawab: diterima lengkap").waitFor();
  assert.equal(await bearer.getByRole("button").count(), 0, "an answered sheet takes no answer");

  const { promise, need } = await published("all of it received", (c) => c.state === "received");
  assert.equal(need.received, before.need.received + 4);
  assert.equal(need.committed, before.need.committed - 4);
  assert.equal(promise.deliveries[1].via, "bast");
  await addsUp();
  await told(reader, "diterima", promise.deliveries[1].number);
  await seen(reader, "26-lokasi-diterima");

  await collaborator.reload();
  await collaborator.locator("#berikut", { hasText: "Diterima. Terima kasih!" }).waitFor();
  await seen(collaborator, "27-diterima");
  await fit(collaborator);
  await story.bearer.goto(`${platform.origin}${story.handed.pathname}${story.handed.hash}`);
  await story.bearer.getByText("Tautan ini tidak berlaku").waitFor();
  await seen(story.bearer, "27-tautan-mati");
  const receipt = await paper(collaborator, "Simpan tanda terima (PDF)");
  assert.match(receipt.toString("latin1", 0, 8), /^%PDF-1/);
});

test("an untouched promise lapses, and its quantity returns to the map", async () => {
  const { id, need } = story.target;
  const before = await json(`/data/v1/recipients/${id}.json`);
  const quiet = { id: uuid7(), email: "diam-5k2w@contoh.invalid" };
  const sent = await fetch(`${platform.origin}/v1/commitments/${quiet.id}`, {
    method: "PUT", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      recipient: id, program: story.target.program, lines: [{ need, quantity: 5 }], period: story.period, route: "direct",
      collaborator: { name: "Komunitas Contoh Diam", class: "community", showName: true, email: quiet.email, phone: "0812-0000-1111" },
      statement: { accepted: true, signedBy: "Komunitas Contoh Diam" }, challenge: await solved(platform.origin), language: "id",
    }),
  });
  assert.equal(sent.status, 201, await sent.clone().text());
  const { secret: bearer } = await sent.json();
  const mail = await eventually("the code of the second promise", async () => (await json("/_local/mail")).findLast((m) => m.to === quiet.email));
  await json(`/v1/commitments/${quiet.id}/verification`, {
    method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ code: /\b(\d{6})\b/.exec(mail.text)[1] }),
  });
  const open = (place) => place.needs.find((n) => n.id === need).remaining;
  await eventually("the second promise in the recipient's file", async () => open(await json(`/data/v1/recipients/${id}.json`)) === open(before) - 5);

  const late = new Date(Date.now() + 49 * 3_600_000).toISOString();
  await json("/_local/schedule/ClockSweep", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ time: late }) });
  const place = await eventually("the quantity back in the recipient's file", async () => {
    const r = await json(`/data/v1/recipients/${id}.json`);
    return open(r) === open(before) && r;
  });
  assert.ok(!place.commitments.some((c) => c.id === quiet.id), "a lapsed promise counts in nothing");
  assert.ok(!JSON.stringify(place.ended).includes("Komunitas Contoh Diam"), "what ended is told without a name");
  await addsUp();
  await story.reader.goto(`${platform.origin}/k/#${bearer}`);
  await story.reader.locator("#berikut", { hasText: "kedaluwarsa" }).waitFor();
  await seen(story.reader, "28-kedaluwarsa");

  story.quiet = { id: quiet.id, bearer };
});

test("a promise is revived, signed on paper, taken back and forgotten", async () => {
  const page = story.reader;
  const { id, bearer } = story.quiet;
  await page.getByRole("button", { name: "Hidupkan lagi" }).click();
  await page.getByText("Komitmen ini berlaku lagi.").waitFor();
  await page.getByRole("button", { name: "Tidak dijawab" }).click();
  await page.getByText("Dicatat. Komitmen Anda ditahan").waitFor();
  assert.equal(await page.getByRole("button", { name: /Tidak dijawab|Perpanjang/ }).count(), 0, "each is said once");

  // A scan of the hand-signed letter is as good as a typed name.
  await page.locator("summary", { hasText: "Tanda tangani surat" }).click();
  await page.locator("summary", { hasText: "Tanda tangan di kertas" }).click();
  const draft = await paper(page, "Simpan surat (PDF)");
  await page.locator("input[type=file]").setInputFiles({ name: "surat.pdf", mimeType: "application/pdf", buffer: draft });
  await page.locator(".files", { hasText: "Diterima." }).waitFor();
  await seen(page, "28-surat-di-kertas");
  await page.getByRole("button", { name: "Pakai sebagai tanda tangan" }).click();
  await page.getByText("Surat komitmen ditandatangani.").waitFor();
  const c = await json(`/v1/commitments/${id}`, { headers: { Authorization: `Bearer ${bearer}` } });
  assert.equal(c.letter, `sha256-${createHash("sha256").update(draft).digest("hex")}`);
  assert.deepEqual([c.state, c.renewed, Boolean(c.silentAt)], ["signed", true, true]);

  await page.locator("summary", { hasText: "Batalkan komitmen" }).click();
  await page.locator("#alasan").selectOption("changed_plan");
  await page.getByRole("button", { name: "Batalkan komitmen" }).click();
  await page.getByRole("button", { name: "Ya, batalkan" }).click();
  await page.locator("#berikut", { hasText: "dibatalkan" }).waitFor();
  await eventually("the promise gone from the recipient's file", async () =>
    !(await json(`/data/v1/recipients/${story.target.id}.json`)).commitments.some((other) => other.id === id));
  await addsUp();

  // Whoever wants to be forgotten taps twice; the link then opens nothing.
  await page.locator("summary", { hasText: "Data saya" }).click();
  await page.getByRole("button", { name: "Hapus data saya" }).click();
  await page.getByRole("button", { name: "Ya, hapus sekarang" }).click();
  await page.getByText("Data Anda sudah dihapus").waitFor();
  const gone = await fetch(`${platform.origin}/v1/commitments/${id}`, { headers: { Authorization: `Bearer ${bearer}` } });
  assert.equal(gone.status, 404);
});

test("the steward says what is needed and how it is shared, and rests a number", async () => {
  const page = story.steward;
  await page.goto((await json(`/_local/steward?recipient=${story.target.id}`)).link);
  await page.reload();
  const need = page.locator("section", { hasText: /Masih butuh [\d.]+ paket sembako/ });
  await need.getByRole("button", { name: "Masih butuh" }).click();
  await page.getByText("Dicatat: masih butuh.").waitFor();
  await page.getByLabel("Bergiliran").check();
  await page.getByRole("button", { name: "Simpan", exact: true }).click();
  await page.getByText("Cara membaginya tampil").waitFor();
  await page.getByRole("button", { name: "Jeda nomor saya" }).click();
  await page.getByText("Nomor Anda dijeda.").waitFor();
  await seen(page, "30-pj-jeda");
  await fit(page);
  await eventually("the plan and the day in the recipient's file", async () => {
    const place = await json(`/data/v1/recipients/${story.target.id}.json`);
    return place.plan?.method === "turns" && place.needs.find((n) => n.id === story.target.need).confirmedOn === today();
  });
});

test("a lost link is asked for with number and address", async () => {
  const page = await someone();
  await page.goto(`${platform.origin}/lapor/`);
  await page.locator("#nomor").fill(story.number);
  await page.locator("#email").fill(secret.email.toUpperCase());
  const letters = async () => (await json("/_local/mail")).filter((m) => m.to === secret.email).length;
  const before = await letters();
  await page.getByRole("button", { name: "Kirim tautan" }).click();
  await page.locator("#status", { hasText: "Kalau nomor dan e-mail itu cocok" }).waitFor();
  await seen(page, "29-lapor");
  await fit(page);
  await eventually("the letter with the link", async () => (await letters()) > before);
  const letter = (await json("/_local/mail")).findLast((m) => m.to === secret.email);
  assert.ok(letter.text.includes(`${platform.origin}/k/#${story.secrets[0]}`), "the link is the same one");
});

test("a complaint is invisible to the place that it names", async () => {
  const sent = await fetch(`${platform.origin}/v1/complaints/${uuid7()}`, {
    method: "PUT", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ class: "bad_quality", about: { recipient: story.target.id }, text: secret.complaint, contact: { email: secret.witness }, challenge: await solved(platform.origin) }),
  });
  assert.equal(sent.status, 201, await sent.clone().text());
  const { ticket, secret: bearer } = await sent.json();
  story.secrets.push(bearer);
  const counts = await eventually("the complaint among the public counts", async () => {
    const all = await fetch(`${platform.origin}/data/v1/complaints.json`);
    const text = all.ok ? await all.text() : "";
    return text.includes("bad_quality") && text;
  });
  for (const told of [ticket, story.target.id, secret.complaint]) assert.ok(!counts.includes(told), `${told} in the public counts`);

  // The page of whoever it names stays as it was.
  await story.steward.goto((await json(`/_local/steward?recipient=${story.target.id}`)).link);
  await story.steward.reload();
  await story.steward.getByText(story.number).first().waitFor();
  const text = await story.steward.locator("body").innerText();
  for (const told of [ticket, "Kanari mengadu", "aduan baru"]) assert.ok(!text.includes(told), `the steward reads ${told}`);
  const place = JSON.stringify(await json(`/data/v1/recipients/${story.target.id}.json`));
  assert.ok(!place.includes(ticket) && !place.includes("complaint"), "the place's file tells of complaints");
});

test("nothing private is where it must not be", async () => {
  const letters = await json("/_local/mail");
  const steward = letters.find((m) => m.text.includes(secret.name) && m.to !== secret.email)?.to;
  assert.match(steward, /^pj-\d+@contoh\.invalid$/, "the steward always learns who comes");
  const others = letters.filter((m) => m.to !== secret.email);
  assert.deepEqual(canaries.filter((c) => JSON.stringify(others.filter((m) => m.to !== steward)).includes(c)), [], "mails to others");
  assert.deepEqual(canaries.filter((c) => !known.includes(c) && JSON.stringify(others).includes(c)), [], "what even the steward does not learn");

  assert.notDeepEqual(await holding(join(folder, "s3"), [story.number]), [], "the search must find what is public");
  assert.deepEqual(await holding(join(folder, "s3"), [...canaries, ...story.secrets.filter((s) => s.length > 6)]), [], "buckets");
  assert.deepEqual(await holding(join(folder, "log"), [...canaries, ...story.secrets]), [], "logs");
  assert.deepEqual(canaries.filter((c) => platform.said().includes(c)), [], "console");
  const decoded = story.asked.map((said) => {
    try {
      return decodeURIComponent(said.split("#")[0]);
    } catch {
      return said;
    }
  });
  assert.deepEqual([...canaries, ...story.secrets].filter((c) => decoded.some((said) => said.includes(c))), [], "addresses, and headers other than Authorization");
  assert.deepEqual([...canaries, ...story.secrets].filter((c) => [...story.titles].some((title) => title.includes(c))), [], "titles, which histories keep");
  // A code is typed to be sent. The secret of a link is not.
  const links = story.secrets.filter((s) => s.length > 20);
  assert.ok(links.length >= 4, `${links.length} private links in this story`);
  assert.deepEqual(story.bodies.filter(({ body }) => links.some((s) => body.includes(s))).map(({ url }) => url), [], "bodies of requests");
  assert.deepEqual(await stored([...links, ...canaries]), [], "what stays on a phone");
  assert.doesNotMatch(platform.said(), /no statement of its Policies/, "a function lacks a permission");
  // Browsers say on the console what was refused, and what was lost on its way; and
  // in the power failure, what they were just asking for, and that the service
  // worker could not be looked for.
  const { origin, from } = story.failure;
  story.wrong = story.wrong.filter((w, i) => !(i >= from && w.includes(` ${origin}/`) && /ERR_CONNECTION_(RESET|REFUSED)|ERR_EMPTY_RESPONSE/.test(w)));
  story.wrong = story.wrong.filter((w) => !w.includes("An unknown error occurred when fetching the script"));
  const meant = story.wrong.filter((w) => /status of 422|status of 404|ERR_FAILED/.test(w));
  assert.deepEqual(story.wrong.filter((w) => !meant.includes(w)), [], "the pages must run without an error");
  assert.ok(meant.length <= 5, meant.join("\n"));
});

test("reading needs no script", async () => {
  const plain = await chrome.newContext({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
  const page = await plain.newPage();
  await page.goto(platform.origin + "/");
  assert.ok((await page.locator('svg a[href^="/wilayah/"]').count()) >= 261, "kelurahan on the map");
  await page.locator("table a").first().click();
  await page.waitForURL("**/wilayah/*/");
  assert.ok((await page.locator("h1").innerText()).length > 0);
  await page.screenshot({ path: join(shots, "12-tanpa-skrip-360.png"), fullPage: true });
  await plain.close();
});

// someRW finds a recipient with a need that has at least 20 units left, the way
// a program would: from the manifest down.
async function someRW(root) {
  for (const kota of root.children) {
    for (const kecamatan of (await json("/" + kota.path)).children) {
      const file = await json("/" + kecamatan.path);
      for (const path of Object.values(file.recipients)) {
        for (const f of (await json("/" + path)).features) {
          const need = f.properties.needs.find((n) => n.remaining >= 20 && n.package === "sembako");
          if (f.properties.kind === "rw" && need) {
            const r = await json(`/data/v1/recipients/${f.id}.json`);
            return { id: f.id, need: need.id, program: r.needs.find((n) => n.id === need.id).program, kelurahan: f.properties.area.slice(0, 13), kecamatan: kecamatan.area, commitments: r.commitments.length };
          }
        }
      }
    }
  }
  throw new Error("no RW needs anything");
}
