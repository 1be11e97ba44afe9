// Pages in the states that nobody plans to see: a form with mistakes, a link that
// leads nowhere, data that fail or do not come, nothing found, no answer from the
// server, and texts that want to be programs. Each says what is the matter, can be
// used by everybody, and breaks no rule of the security policy.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { phone, shots, unfit, watch } from "./fit.mjs";
import { at, facts, languages } from "./pages.mjs";
import { browser, site } from "./platform.mjs";

const platform = await site();
const chrome = await browser();
const about = await facts(platform.origin);

after(async () => {
  await chrome.close();
  await platform.stop();
});

// opened opens a page on a phone of its own. Call close with what may go wrong in
// this state; everything else that does is an error. Service workers are kept
// out: what a test intercepts must come from the page.
async function opened(lang, path, intercept = async () => {}) {
  const wrong = [];
  const context = await chrome.newContext({ ...phone, locale: lang === "id" ? "id-ID" : "en-GB", serviceWorkers: "block" });
  await watch(context, wrong);
  await intercept(context);
  const page = await context.newPage();
  await page.goto(platform.origin + at(lang, path));
  return {
    page, context,
    close: async (meant) => {
      await context.close();
      assert.deepEqual(wrong.filter((w) => !meant?.test(w)), []);
    },
  };
}

async function fits(page, name) {
  await page.screenshot({ path: join(shots, `keadaan-${name}-360.png`), fullPage: true });
  assert.deepEqual(await unfit(page), [], name);
}

// says waits for words of either language, and that a script is done with them.
const says = (page, lang, words) => page.locator("main").getByText(words[lang]).first().waitFor();

for (const lang of languages) {
  describe(`states in ${lang}`, () => {
    test("a form with mistakes in it", async () => {
      const { page, close } = await opened(lang, `/bantu/${about.forgotten}/`);
      await page.locator("#langkah-1 [data-next]").tap();
      await page.locator("#langkah-2 [data-next]").tap();
      await page.locator("#email").fill("bukan e-mail");
      await page.locator("#langkah-3 [data-next]").tap();
      await page.locator("#ringkas").waitFor();
      assert.ok((await page.locator("#langkah-3 [aria-invalid=true]").count()) >= 3, "what is wrong is marked");
      for (const invalid of await page.locator("#langkah-3 [aria-invalid=true]").all()) {
        const told = await invalid.evaluate((e) => (e.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(""));
        assert.ok(told.length > 5, `nothing says what is wrong with ${await invalid.getAttribute("id")}`);
      }
      await fits(page, `formulir-salah-${lang}`);
      await close();
    });

    for (const [path, before, words] of [
      ["/k/", "", { id: /tidak ditemukan/, en: /not found/i }],
      ["/pj/", "", { id: /Tautan ini tidak berlaku/, en: /This link does not hold/ }],
      ["/aduan/", "a.", { id: /tidak ditemukan/, en: /not found/i }],
      ["/langganan/", "l.", { id: /tidak lengkap/, en: /not complete|incomplete/i }],
    ]) {
      test(`a private link that leads nowhere: ${path}`, async () => {
        const { page, close } = await opened(lang, `${path}#${before}${"x".repeat(43)}`);
        await says(page, lang, words);
        assert.ok(!(await page.title()).includes("xxx"));
        await fits(page, `tautan-mati${path.replaceAll("/", "-")}${lang}`);
        await close(/status of (401|403|404)/);
      });
    }

    test("a record that does not exist", async () => {
      const answer = await fetch(`${platform.origin}${at(lang, "/bast/BAST-0000-0000-9/")}`);
      assert.equal(answer.status, 404);
    });

    test("a map whose data fail", async () => {
      const { page, close } = await opened(lang, "/peta/", (context) => context.route("**/data/**", (route) => route.fulfill({ status: 503, body: "" })));
      await page.locator("main button:visible").getByText(lang === "id" ? /Coba lagi|Muat ulang/ : /Try again|Reload/).first().waitFor();
      await fits(page, `peta-gagal-${lang}`);
      await close(/status of 503/);
    });

    test("a map whose data do not come", async () => {
      const { page, close } = await opened(lang, "/peta/", (context) => context.route("**/data/**", () => new Promise(() => {})));
      await says(page, lang, { id: /Memuat/, en: /Loading/ });
      await fits(page, `peta-lambat-${lang}`);
      await close();
    });

    test("a search that finds nothing", async () => {
      const { page, close } = await opened(lang, "/peta/?cari=zzqqxxyy");
      await page.locator("#hasil").waitFor();
      await page.locator("#hasil .empty").waitFor();
      await fits(page, `cari-kosong-${lang}`);
      await close();
    });

    test("a status that nobody answers", async () => {
      const { page, close } = await opened(lang, "/status/", (context) => context.route(/\/(data|v1)\//, (route) => route.abort()));
      await page.waitForLoadState("networkidle");
      assert.doesNotMatch(await page.locator("main").innerText(), lang === "id" ? /(detik|menit) (yang )?lalu/ : /(second|minute)s? ago/, "nothing is called fresh that was not read");
      await fits(page, `status-gagal-${lang}`);
      await close(/ERR_FAILED/);
    });

    test("a poster for a place that is not there", async () => {
      const { page, close } = await opened(lang, "/poster/#31.00.00.0000.000");
      await page.waitForLoadState("networkidle");
      assert.ok((await page.locator("main").innerText()).length > 20);
      await fits(page, `poster-tanpa-lokasi-${lang}`);
      await close(/status of 404/);
    });
  });
}

// Scripts put what people wrote on the page as well. Here every text of the public
// files is hostile, each another one, in the answers that the scripts read.
test("nothing that people write runs in a script's hands", async () => {
  const { cores, around } = JSON.parse(await readFile(join(import.meta.dirname, "../../shared/page/testdata/hostile.json"), "utf8"));
  const all = around.flatMap(([before, behind]) => cores.map((core) => before + core + behind));
  assert.ok(all.length >= 500);
  let n = 0;
  const written = new Set(["name", "steward", "address", "source", "free", "equivalent", "reason", "confirmedBy", "place"]);
  const poison = (v) => {
    if (Array.isArray(v)) {
      // Rows of names to search: [id, name, kind, kelurahan].
      if (v.length === 4 && v.every((e) => typeof e === "string")) return [v[0], all[n++ % all.length], v[2], v[3]];
      return v.map(poison);
    }
    if (v === null || typeof v !== "object") return v;
    return Object.fromEntries(Object.entries(v).map(([k, e]) => [k, written.has(k) && typeof e === "string" ? all[n++ % all.length] : poison(e)]));
  };
  const ran = [];
  const { page, context, close } = await opened("id", "/", async (context) => {
    await context.exposeBinding("ksbbRan", (_, what) => ran.push(what));
    await context.addInitScript(() => {
      for (const name of ["alert", "prompt", "confirm"]) globalThis[name] = () => globalThis.ksbbRan(name);
    });
    await context.route(/\/data\/v1\/(recipients|commitments|search|areas|statistics)\//, async (route) => {
      const answer = await route.fetch();
      if (!answer.ok()) return route.fulfill({ response: answer });
      return route.fulfill({ response: answer, json: poison(await answer.json()) });
    });
  });
  for (const path of [`/peta/#w=${about.kecamatan}`, "/peta/?cari=alert", `/poster/#${about.busy}`, `/poster/#${about.institution}`, `/bantu/${about.busy}/`, `/lokasi/${about.busy}/`]) {
    const before = n;
    await page.goto("about:blank");
    await page.goto(platform.origin + path);
    await page.waitForLoadState("networkidle");
    if (path.startsWith("/peta/#")) {
      // The whole list, and the card of a place.
      await page.locator("#daftar li").first().waitFor();
      while (await page.locator("#lagi").isVisible()) await page.locator("#lagi").tap();
      await page.locator("#daftar button").first().dispatchEvent("click");
      await page.locator("#kartu").waitFor();
    }
    const alien = await page.evaluate(() => [...document.querySelectorAll("main :is(script, iframe, object, embed, base, style, link:not([href^='/aset/']), meta, img[src='x'], [onerror], [onload], [onclick], a[href^='javascript:' i], [style*='example'])")].map((e) => e.outerHTML.slice(0, 120)));
    assert.deepEqual(alien, [], path);
    if (!path.startsWith("/lokasi/")) assert.ok(n > before, `${path} read nothing hostile`);
  }
  assert.ok(n >= all.length, `${n} texts were hostile, want at least ${all.length}: each of them`);
  assert.deepEqual(ran, []);
  await page.screenshot({ path: join(shots, "keadaan-teks-jahat-360.png"), fullPage: true });
  await context.unrouteAll({ behavior: "ignoreErrors" });
  await close();
});
