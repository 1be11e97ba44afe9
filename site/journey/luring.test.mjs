// A collaborator's phone on a bad line: what was seen opens without a signal and
// says that it is old, what was never seen says so, and a form that cannot be
// sent waits, goes out once, and leads to its code. Nothing private is kept.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { phone, shots, unfit, watch } from "./fit.mjs";
import { browser, calls, eventually, newFolder, remove, solved, start, uuid7 } from "./platform.mjs";

const wrong = [];
const places = [];
let folder, platform, chrome;

before(async () => {
  folder = await newFolder();
  platform = await start(folder);
  chrome = await browser();
  const root = await json("/" + (await json("/data/manifest.json")).root);
  // Some RW with the same to promise, from the manifest down.
  for (const kota of root.children) {
    for (const kecamatan of (await json("/" + kota.path)).children) {
      for (const path of Object.values((await json("/" + kecamatan.path)).recipients)) {
        for (const f of (await json("/" + path)).features) {
          const need = f.properties.needs.find((n) => n.remaining >= 20 && n.package === "sembako");
          if (f.properties.kind === "rw" && need && places.length < 6) places.push({ id: f.id, need: need.id, remaining: need.remaining });
        }
      }
      if (places.length === 6) return;
    }
  }
});

after(async () => {
  await chrome?.close();
  await platform?.stop();
  if (folder) await remove(folder);
});

const { json } = calls(() => platform.origin);

const mails = async (to) => (await json("/_local/mail")).filter((m) => m.to === to);

// someone is a person with a cheap phone, whose errors are remembered. Without a
// signal a browser calls every request that fails an error, and so it is not one.
async function someone() {
  const context = await chrome.newContext(phone);
  const said = [];
  await watch(context, said);
  context.on("close", () => wrong.push(...said.filter((w) => !/ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED/.test(w))));
  return context;
}

// kept waits until the service worker holds a page.
const kept = (page, path) => eventually(`${path} to be kept`, () => page.evaluate(async (path) => (await caches.match(path)) !== undefined, path));

// fill fills in the whole form up to its last step.
async function fill(page, place, email, quantity) {
  await page.goto(`${platform.origin}/bantu/${place.id}/`);
  await page.locator(`[data-need="${place.need}"] input[name=need]`).waitFor({ state: "attached" });
  for (const other of await page.locator("[data-need] input[name=need]:checked").all()) {
    if ((await other.inputValue()) !== place.need) await other.uncheck();
  }
  await page.locator(`[data-need="${place.need}"] input[name=need]`).check();
  await page.locator(`[name="quantity:${place.need}"]`).fill(String(quantity));
  await page.locator("#langkah-1 [data-next]").click();
  await page.locator("#langkah-2 [data-next]").click();
  await page.locator("#class").selectOption("individual");
  await page.locator("#name").fill("Contoh Luring");
  await page.locator("#email").fill(email);
  await page.locator("#phone").fill("0812-9753-8642");
  await page.locator("#langkah-3 [data-next]").click();
  for (const box of ["goods", "accepted", "consent"]) await page.locator(`input[name=${box}]`).check();
  await page.locator("#signedBy").fill("Contoh Luring");
}

test("a page that was seen opens without a signal and says that it is old", async () => {
  const context = await someone();
  const page = await context.newPage();
  const [place] = places;
  await page.goto(platform.origin + "/");
  await kept(page, "/");
  for (const path of [`/lokasi/${place.id}/`, "/en/", "/k/"]) await page.goto(platform.origin + path + (path === "/k/" ? "#rahasia-di-tautan" : "?cari=rahasia"));
  await kept(page, `/lokasi/${place.id}/`);
  await kept(page, "/en/luring/");

  await context.setOffline(true);
  for (const [path, words] of [["/", /luring\. Halaman ini disimpan/], [`/lokasi/${place.id}/`, /luring\. Halaman ini disimpan/], ["/en/", /offline\. This page was saved/]]) {
    await page.goto(platform.origin + path);
    assert.match(await page.locator(".stored").innerText(), words, path);
    assert.ok(await page.evaluate(() => getComputedStyle(document.querySelector(".top")).borderBottomWidth !== "0px"), "the style is kept as well");
  }
  assert.deepEqual(await unfit(page), []);
  await page.screenshot({ path: join(shots, "luring-disimpan-360.png"), fullPage: false });

  // What was never seen, and what is never kept.
  for (const [path, title] of [["/wilayah/31.71/", /luring/i], ["/k/", /luring/i], ["/en/wilayah/31.71/", /offline/i]]) {
    await page.goto(platform.origin + path);
    assert.match(await page.locator("h1").innerText(), title, path);
  }
  await page.screenshot({ path: join(shots, "luring-360.png"), fullPage: true });

  // An old manifest is no manifest.
  const stale = await page.evaluate(() => fetch("/data/manifest.json").then(() => "answered", () => "refused"));
  assert.equal(stale, "refused");

  await context.setOffline(false);
  await page.goto(`${platform.origin}/lokasi/${place.id}/`);
  assert.equal(await page.locator(".stored").count(), 0, "a new page does not say that it is old");

  const held = await page.evaluate(async () => {
    const all = [];
    for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys()) all.push(r.url);
    return all;
  });
  assert.ok(held.length > 5, held.join(" "));
  assert.deepEqual(held.filter((u) => /\/(k|pj|v1|langganan)\/|manifest\.json|[?#]|rahasia/.test(u)), []);
  await context.close();
});

test("every kind of answer carries its rules, and a browser keeps them", async () => {
  const policy = async (path) => (await fetch(platform.origin + path)).headers;
  for (const path of ["/", "/en/", `/bantu/${places[0].id}/`, "/k/", "/tidak/ada/", "/sw.js"]) {
    const h = await policy(path);
    assert.match(h.get("content-security-policy"), /script-src 'self';.*frame-ancestors 'none'; require-trusted-types-for 'script'/, path);
    assert.equal(h.get("referrer-policy"), "no-referrer", path);
    assert.match(h.get("permissions-policy"), /camera=\(self\)/, path);
  }
  assert.match((await policy("/embed/31/")).get("content-security-policy"), /frame-ancestors \*/);
  assert.equal((await policy("/data/manifest.json")).get("access-control-allow-origin"), "*");
  const api = await policy("/v1/challenge");
  assert.match(api.get("content-security-policy"), /^default-src 'none'/);
  assert.equal(api.get("cache-control"), "no-store");

  const context = await chrome.newContext(phone);
  const page = await context.newPage();
  await page.goto(platform.origin + "/");
  const tried = await page.evaluate(() => {
    const tries = {
      "text as HTML": () => { document.body.innerHTML = "<p>x"; },
      "another policy": () => globalThis.trustedTypes.createPolicy("default", { createHTML: (s) => s }),
      "text as the address of a script": () => { document.createElement("script").src = "/aset/peta.js"; },
    };
    return Object.entries(tries).filter(([, act]) => {
      try {
        act();
        return true;
      } catch {
        return false;
      }
    }).map(([name]) => name);
  });
  assert.deepEqual(tried, [], "a browser let it happen");
  await context.close();
});

test("a form without a signal waits, outlives a reload, and two tabs send it once", async () => {
  const context = await someone();
  const page = await context.newPage();
  const [place] = places;
  const email = "kanari-luring-1@contoh.invalid";
  await fill(page, place, email, 7);
  await kept(page, `/bantu/${place.id}/`);
  await context.setOffline(true);
  await page.locator("#kirim").click();
  await page.locator("#antre", { hasText: "Menunggu sinyal" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "antre");
  assert.deepEqual(await unfit(page), []);
  await page.screenshot({ path: join(shots, "luring-menunggu-360.png"), fullPage: true });

  await page.reload();
  await page.locator("#antre", { hasText: "Menunggu sinyal" }).waitFor({ state: "attached" });
  const second = await context.newPage();
  await second.goto(`${platform.origin}/bantu/${place.id}/`);
  await second.locator("#antre", { hasText: "Menunggu sinyal" }).waitFor({ state: "attached" });
  // Any page says that something waits.
  const third = await context.newPage();
  await third.goto(`${platform.origin}/`).catch(() => undefined);

  const puts = [];
  context.on("request", (r) => r.method() === "PUT" && r.url().includes("/v1/commitments/") && puts.push(r.url()));
  assert.deepEqual(await mails(email), []);
  await context.setOffline(false);
  const codes = await Promise.race([page, second].map((p) => p.locator("#code").waitFor({ state: "visible" }).then(() => p)));
  const [mail] = await eventually("the mail with the code", async () => {
    const found = await mails(email);
    return found.length > 0 && found;
  });
  assert.equal(new Set(puts.map((u) => u.split("/").at(-1))).size, 1, `sent under one id: ${puts}`);
  await codes.locator("#code").fill(/\b(\d{6})\b/.exec(mail.text)[1]);
  await codes.locator("#buktikan").click();
  await codes.waitForURL("**/k/#*");
  await eventually("one promise in the recipient's file", async () =>
    (await json(`/data/v1/recipients/${place.id}.json`)).needs.find((n) => n.id === place.need).remaining === place.remaining - 7);
  assert.equal((await mails(email)).filter((m) => /\b\d{6}\b/.test(m.subject + m.text) && m.text.includes("kode")).length, 1, "one code, for one commitment");
  assert.equal(await codes.evaluate(() => new Promise((done) => {
    const opening = indexedDB.open("ksbb", 1);
    opening.onsuccess = () => {
      const counted = opening.result.transaction("antre").objectStore("antre").count();
      counted.onsuccess = () => done(counted.result);
    };
  })), 0, "nothing private is left behind");
  await context.close();
});

test("a form that waits is sent from any page, and can be called back", async () => {
  const context = await someone();
  const page = await context.newPage();
  const [, place, other] = places;
  await page.goto(platform.origin + "/cara/");
  await kept(page, "/cara/");
  await kept(page, "/aset/tunggu.js");
  const called = "kanari-luring-2@contoh.invalid", sent = "kanari-luring-3@contoh.invalid";
  for (const [p, email] of [[place, called], [other, sent]]) {
    await context.setOffline(false);
    await fill(page, p, email, 3);
    await kept(page, `/bantu/${p.id}/`);
    await context.setOffline(true);
    await page.locator("#kirim").click();
    await page.locator("#antre", { hasText: "Menunggu sinyal" }).waitFor();
    if (p !== place) continue;
    await page.getByRole("button", { name: "Jangan kirim" }).click();
    await page.locator("#status", { hasText: "Tidak jadi dikirim" }).waitFor();
  }
  await page.goto(`${platform.origin}/cara/`);
  await page.locator(".stored", { hasText: "1 komitmen menunggu sinyal" }).waitFor();
  await page.screenshot({ path: join(shots, "luring-antre-360.png") });
  await context.setOffline(false);
  const link = page.getByRole("link", { name: "Masukkan kode dari e-mail" });
  await link.waitFor();
  await page.screenshot({ path: join(shots, "luring-terkirim-360.png") });
  await link.click();
  await page.locator("#code").waitFor({ state: "visible" });
  await eventually("the code", async () => (await mails(sent)).length === 1);
  assert.deepEqual(await mails(called), []);
  await context.close();
});

test("the service worker sends a form whose page is closed", async () => {
  const context = await someone();
  const page = await context.newPage();
  const place = places[4];
  const email = "kanari-luring-5@contoh.invalid";
  await fill(page, place, email, 2);
  await kept(page, `/bantu/${place.id}/`);
  await context.setOffline(true);
  await page.locator("#kirim").click();
  await page.locator("#antre", { hasText: "Menunggu sinyal" }).waitFor();
  await page.close();
  await context.setOffline(false);

  // What a browser does when the signal comes back.
  const other = await context.newPage();
  const devtools = await context.newCDPSession(other);
  const registration = new Promise((found) => devtools.on("ServiceWorker.workerRegistrationUpdated", (e) => {
    const ours = e.registrations.find((r) => r.scopeURL === `${platform.origin}/`);
    if (ours) found(ours.registrationId);
  }));
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.dispatchSyncEvent", { origin: platform.origin, registrationId: await registration, tag: "ksbb-antre", lastChance: false });
  await eventually("the code", async () => (await mails(email)).length === 1);

  // The form's page knows what became of it.
  await other.goto(`${platform.origin}/bantu/${place.id}/`);
  await other.locator("#code").waitFor({ state: "visible" });
  assert.ok((await other.locator("#ke").innerText()).includes(email));
  assert.equal((await mails(email)).length, 1);
  await context.close();
});

test("what others promised meanwhile is corrected before it is sent, and neighbours are named", async () => {
  const context = await someone();
  const page = await context.newPage();
  const place = places[3];
  await page.goto(`${platform.origin}/bantu/${place.id}/`);
  const quantity = page.locator(`[name="quantity:${place.need}"]`);
  await quantity.waitFor({ state: "attached" });
  assert.equal(await quantity.inputValue(), String(place.remaining));
  // The form's own first look at the figures.
  await new Promise((r) => setTimeout(r, 1000));

  // Somebody else is faster, and leaves four.
  const id = uuid7(), email = "kanari-luring-4@contoh.invalid";
  const file = await json(`/data/v1/recipients/${place.id}.json`);
  const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
  const put = await fetch(`${platform.origin}/v1/commitments/${id}`, {
    method: "PUT", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      recipient: place.id, program: file.needs.find((n) => n.id === place.need).program, lines: [{ need: place.need, quantity: place.remaining - 4 }],
      period: { from: day(1), to: day(5) }, route: "direct", language: "id",
      collaborator: { name: "Contoh Cepat", class: "individual", showName: true, email, phone: "081297538642" },
      statement: { accepted: true, signedBy: "Contoh Cepat" }, challenge: await solved(platform.origin),
    }),
  });
  const { secret } = await put.json();
  assert.equal(put.status, 201);
  const mail = await eventually("the code", async () => (await mails(email))[0]);
  const proved = await fetch(`${platform.origin}/v1/commitments/${id}/verification`, {
    method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${secret}` }, body: JSON.stringify({ code: /\b(\d{6})\b/.exec(mail.text)[1] }),
  });
  assert.equal(proved.status, 200);
  await eventually("four left", async () => (await json(`/data/v1/recipients/${place.id}.json`)).needs.find((n) => n.id === place.need).remaining === 4);

  // The form looks again when its last step opens.
  await new Promise((r) => setTimeout(r, 10_000));
  await page.goto(`${platform.origin}/bantu/${place.id}/#langkah-4`);
  await page.locator("#sisa", { hasText: "masih butuh 4" }).waitFor();
  assert.equal(await quantity.inputValue(), "4");
  await page.locator("#tetangga", { hasText: "belum menerima apa pun" }).waitFor();
  assert.match(await page.locator("#tetangga li").first().innerText(), /\S, [\d,.]+ k?m$/);
  assert.ok(await page.locator("#tetangga a").count() <= 3);
  assert.deepEqual(await unfit(page), []);
  await page.screenshot({ path: join(shots, "formulir-sisa-360.png"), fullPage: true });

  // More than that is refused beside the field, with others who need the same.
  await page.goto(`${platform.origin}/bantu/${place.id}/#langkah-1`);
  await quantity.fill("9");
  await page.locator("#langkah-1 [data-next]").click();
  await page.locator("#ringkas", { hasText: "Terdekat yang masih membutuhkan" }).waitFor();
  assert.equal(await quantity.getAttribute("aria-invalid"), "true");
  assert.deepEqual(await unfit(page), []);
  await page.screenshot({ path: join(shots, "formulir-salah-360.png"), fullPage: true });
  await context.close();
});

test("nothing went wrong on the way", () => assert.deepEqual(wrong, []));
