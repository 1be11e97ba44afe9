// The ways that the site was made for. A stranger on a phone of 360 px and a slow
// line finds a forgotten RW and promises something, in both languages, with a
// thumb or with the keyboard alone; without a script one comes as far as the form;
// a journalist finds the split by kota, what it means and its file in three clicks.
// How many taps and seconds it took is said, not held against a clock.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { phone, shots, watch } from "./fit.mjs";
import { at } from "./pages.mjs";
import { browser, calls, eventually, newFolder, remove, start } from "./platform.mjs";

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

const { json } = calls(() => platform.origin);

// stranger opens a new browser; slow is a line of 1.6 Mbit/s and 150 ms.
async function stranger(options = {}, slow = true) {
  const context = await chrome.newContext({ ...phone, ...options });
  await watch(context, wrong);
  const page = await context.newPage();
  if (slow) {
    const line = await context.newCDPSession(page);
    await line.send("Network.enable");
    await line.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 });
  }
  return page;
}

// touched says whether anybody ever promised something to a recipient that counts.
const touched = async (id) => (await json(`/data/v1/recipients/${id}.json`)).needs.some((n) => n.committed + n.delivered + n.received > 0);
const idOf = (page) => new URL(page.url()).pathname.split("/").at(-2);

async function codeFor(email) {
  const mail = await eventually("the mail with the code", async () => (await json("/_local/mail")).findLast((m) => m.to === email && /\b\d{6}\b/.test(m.subject + m.text)));
  return /\b(\d{6})\b/.exec(mail.subject + mail.text)[1];
}

// next returns the link that leads a stranger on from where the page lists what is
// needed: to a place that has received nothing, if one is listed, or else to the
// area that is listed first. Who looks for the forgotten passes over the news. A
// page is a moment behind its data.
async function next(page) {
  for (let look = 0; look < 20; look++) {
    const href = await listedNext(page);
    if (href) return href;
    await page.reload();
  }
  throw new Error(`${page.url()} leads nowhere`);
}

async function listedNext(page) {
  const links = page.locator("main :is(li, th) a[href*='/lokasi/']:not([aria-labelledby=kabar] a)");
  for (const link of await links.all()) {
    const href = await link.getAttribute("href");
    if ((await link.isVisible()) && !(await touched(href.split("/").at(-2)))) return href;
  }
  for (const list of ["section[aria-labelledby=terlupakan]", "#daftar"]) {
    const link = page.locator(`${list} li a[href*='/wilayah/'], ${list} tbody a[href*='/wilayah/']`).first();
    if ((await link.count()) > 0) return link.getAttribute("href");
  }
  return null;
}

// listed finds the link of a list or table; on the map the first tap only shows.
const listed = (href) => `main :is(li, th) a[href="${href}"]`;

for (const lang of ["id", "en"]) {
  test(`a stranger finds a forgotten RW and commits, with a thumb, in ${lang}`, async (t) => {
    const page = await stranger({ locale: lang === "id" ? "id-ID" : "en-GB" });
    const email = `orang-asing-${lang}@contoh.invalid`;
    const began = performance.now();
    let taps = 0;
    const tap = async (target) => {
      taps++;
      await target.tap();
    };
    await page.goto(platform.origin + at(lang, "/"));
    while (!new URL(page.url()).pathname.includes("/lokasi/")) {
      const url = page.url();
      await tap(page.locator(listed(await next(page))).first());
      await page.waitForURL((u) => u.href !== url);
    }
    const id = idOf(page);
    assert.equal(await touched(id), false, `${id} is not forgotten`);
    await tap(page.locator(`a[href="${at(lang, `/bantu/${id}/`)}"]`).first());
    await page.waitForURL(`**${at(lang, `/bantu/${id}/`)}`);
    assert.equal(await page.locator("html").getAttribute("lang"), lang);
    // A busy phone moves the focus some time after the tap, and would take it away
    // from a field that was tapped meanwhile. People see the next step come first.
    await page.locator("#kirim:not([hidden])").waitFor({ state: "attached" }); // the script is there
    const on = async (step) => {
      await tap(page.locator(`#langkah-${step - 1} [data-next]`));
      await page.locator(`#j${step}:focus`).waitFor();
    };
    await on(2);
    await on(3);
    taps++;
    await page.locator("#class").selectOption("individual");
    // And they wait for the keyboard to come up, see what they typed, and type
    // again what a busy browser swallowed.
    const type = async (field, text) => {
      for (let more = 3; more > 0 && (await page.locator(field).inputValue()) !== text; more--) {
        await page.locator(field).fill("");
        await tap(page.locator(field));
        await page.locator(`${field}:focus`).waitFor();
        await page.keyboard.type(text);
      }
      assert.equal(await page.locator(field).inputValue(), text);
    };
    await type("#name", "Orang Asing Contoh");
    await type("#email", email);
    await type("#phone", "0812-9753-8642");
    await on(4);
    for (const box of ["goods", "accepted", "consent"]) await tap(page.locator(`label:has(input[name=${box}])`));
    await type("#signedBy", "Orang Asing Contoh");
    await tap(page.locator("#kirim"));
    await page.locator("#code").waitFor({ state: "visible" });
    const code = await codeFor(email);
    await page.locator("#code").focus();
    await page.keyboard.type(code);
    await tap(page.locator("#buktikan"));
    await page.waitForURL(`**${at(lang, "/k/")}#*`);
    await page.locator("#k h2, #k h1").first().waitFor();
    const took = (performance.now() - began) / 1000;
    t.diagnostic(`${taps} taps, ${took.toFixed(0)} s of machine time on a slow line, typing at the speed of a machine`);
    assert.ok(taps <= 25, `${taps} taps`);
    await page.screenshot({ path: join(shots, `jalan-${lang}-360.png`), fullPage: true });
    await eventually("the commitment in public", () => touched(id));
    await page.context().close();
  });
}

test("the same with the keyboard alone", async (t) => {
  const page = await stranger({ isMobile: false, hasTouch: false }, false);
  const email = "papan-ketik@contoh.invalid";
  let keys = 0;
  const press = async (key) => {
    keys++;
    await page.keyboard.press(key);
  };
  // reach presses Tab until the focus is where it should be, and holds each place
  // where it stops on the way to being seen.
  const reach = async (selector) => {
    for (let n = 0; n < 500; n++) {
      const at = await page.evaluate(async (selector) => {
        const e = document.activeElement;
        // Where a link or a step leads is no stop of its own.
        if (!e || e === document.body || e.matches("[tabindex='-1']")) return { there: e?.matches(selector) };
        const s = getComputedStyle(e);
        const inner = e.querySelector("path, circle");
        const seen = (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || (inner && parseFloat(getComputedStyle(inner).strokeWidth) >= 2.5)
          || e.type === "date" // the browser marks the day or the month inside
          || [...(e.closest("label, .pick")?.matches(":focus-within") ? [e.closest("label, .pick")] : [])].some((l) => parseFloat(getComputedStyle(l).outlineWidth) >= 2 && getComputedStyle(l).outlineStyle !== "none");
        // A browser scrolls a moment later, and glides.
        const inside = () => e.getBoundingClientRect().bottom > 0 && e.getBoundingClientRect().top < innerHeight;
        for (const end = performance.now() + 10_000; performance.now() < end && !inside();) await new Promise(requestAnimationFrame);
        return { there: e.matches(selector), seen, inside: inside(), what: e.outerHTML.slice(0, 100) };
      }, selector);
      if (at.what) {
        assert.ok(at.seen, `the focus cannot be seen on ${at.what}`);
        assert.ok(at.inside, `the focus is off the screen on ${at.what}`);
      }
      if (at.there) return;
      await press("Tab");
    }
    throw new Error(`500 times Tab, and never on ${selector}`);
  };
  // What a key leads to comes a moment later.
  const focused = (selector, what) => page.waitForFunction((s) => document.activeElement?.closest(s), selector)
    .catch(() => { throw new Error(`not so: ${what}`); });
  const write = async (selector, text) => {
    await reach(selector);
    keys += text.length;
    await page.keyboard.type(text);
  };

  await page.goto(platform.origin + "/");
  // Past the menu, to what the page is about.
  await press("Tab");
  await focused(".skip", "the first stop leads past the menu");
  await press("Enter");
  while (!new URL(page.url()).pathname.includes("/lokasi/")) {
    const url = page.url();
    await reach(listed(await next(page)));
    await press("Enter");
    await page.waitForURL((u) => u.href !== url);
    await page.waitForLoadState();
  }
  const id = idOf(page);
  assert.equal(await touched(id), false);
  await reach(`a[href="/bantu/${id}/"]`);
  await press("Enter");
  await page.waitForURL(`**/bantu/${id}/`);
  await page.locator("#kirim:not([hidden])").waitFor({ state: "attached" }); // the script is there
  await reach("#langkah-1 [data-next]");
  await press("Enter");
  await focused("#langkah-2", "the focus comes along to the second step");
  await reach("#langkah-2 [data-next]");
  await press("Enter");
  await focused("#langkah-3", "the focus comes along to the third step");
  await reach("#class");
  await press("ArrowDown");
  assert.notEqual(await page.locator("#class").inputValue(), "");
  await write("#name", "Papan Ketik Contoh");
  await write("#email", email);
  // A slip on the way: the page says so, takes one there, and goes on.
  await write("#phone", "081");
  await reach("#langkah-3 [data-next]");
  await press("Enter");
  await page.locator("#ringkas").waitFor();
  await focused("#ringkas, [aria-invalid=true]", "the focus is on what is wrong");
  await reach("#ringkas a, #phone");
  if (await page.evaluate(() => document.activeElement?.matches("#ringkas a"))) await press("Enter");
  await reach("#phone");
  await press("End");
  await write("#phone", "297538642");
  await reach("#langkah-3 [data-next]");
  await press("Enter");
  await focused("#langkah-4", "the focus comes along to the last step");
  for (const box of ["goods", "accepted", "consent"]) {
    await reach(`input[name=${box}]`);
    await press("Space");
    assert.ok(await page.locator(`input[name=${box}]`).isChecked(), box);
  }
  await write("#signedBy", "Papan Ketik Contoh");
  await reach("#kirim");
  await press("Enter");
  await page.locator("#code").waitFor({ state: "visible" });
  await write("#code", await codeFor(email));
  await reach("#buktikan");
  await press("Enter");
  await page.waitForURL("**/k/#*");
  await page.locator("#k button, #k a.btn").first().waitFor();
  await reach("#k button, #k a.btn");
  t.diagnostic(`${keys} keys from the front page to one's own commitment`);
  await eventually("the commitment in public", () => touched(id));
  await page.context().close();
});

test("without a script one reads everything up to the form", async () => {
  for (const lang of ["id", "en"]) {
    const page = await stranger({ javaScriptEnabled: false }, false);
    await page.goto(platform.origin + at(lang, "/"));
    assert.ok((await page.locator(`svg a[href^="${at(lang, "/wilayah/")}"]`).count()) >= 261, "kelurahan on the map");
    while (!new URL(page.url()).pathname.includes("/lokasi/")) {
      const url = page.url();
      await page.locator(listed(await next(page))).first().click();
      await page.waitForURL((u) => u.href !== url);
    }
    const id = idOf(page);
    await page.locator(`a[href="${at(lang, `/bantu/${id}/`)}"]`).first().click();
    await page.waitForURL(`**${at(lang, `/bantu/${id}/`)}`);
    // All four steps can be read, and the page says what sending needs.
    await page.locator("noscript .note, noscript p").first().waitFor();
    for (const step of [1, 2, 3, 4]) {
      if (!(await page.locator(`#langkah-${step} h2`).isVisible())) await page.locator(`a[href="#langkah-${step}"]`).first().click();
      assert.ok(await page.locator(`#langkah-${step} h2`).isVisible(), `step ${step} is hidden`);
    }
    assert.equal(await page.locator("#kirim").isVisible(), false, "what cannot be sent has no button");
    await page.screenshot({ path: join(shots, `tanpa-skrip-${lang}-360.png`), fullPage: true });
    await page.context().close();
  }
});

test("a journalist finds the split by kota, what it means and its file in three clicks", async () => {
  for (const lang of ["id", "en"]) {
    const page = await stranger({}, false);
    await page.goto(platform.origin + at(lang, "/"));
    await page.getByRole("navigation", { name: lang === "id" ? "Utama" : "Main" }).getByRole("link", { name: "Data", exact: true }).first().click();
    const split = page.locator("#wilayah");
    await split.getByText("Jakarta Selatan").first().waitFor();
    const shown = Object.fromEntries(await split.locator("tbody tr").evaluateAll((rows) => rows.map((r) => [r.querySelector("th").innerText.trim(), Number(r.querySelector("td").innerText.replace(/\D/g, ""))])));
    await split.locator(".whence summary").click();
    const meaning = await split.locator(".whence").innerText();
    assert.match(meaning, lang === "id" ? /Komitmen berlaku\. / : /\bCommitments?\b/i, "what is counted is said");
    const file = split.locator(".whence a[href$='.json']");
    const address = await file.getAttribute("href");
    const [answer] = await Promise.all([page.waitForResponse((r) => new URL(r.url()).pathname === address), file.click()]);
    const body = await answer.body();
    assert.ok(meaning.includes("sha256-" + createHash("sha256").update(body).digest("base64")), "the file is the one that the page names");
    const { areas } = JSON.parse(body).statistics;
    assert.deepEqual(areas.map((a) => a.commitments.holding).sort((a, b) => a - b), Object.values(shown).sort((a, b) => a - b), "the page shows what the file holds");
    await page.context().close();
  }
});

test("nothing went wrong on the way", () => assert.deepEqual(wrong, []));
