// Every page of the site, in both languages, as a phone of 360 px shows it: it is
// there, is valid HTML, says what it is and in which language, asks nobody else
// for anything, breaks no rule of its own security policy, can be heard, tapped,
// read large and in one's own colours. Pictures of all stay in site/shots.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { phone, restless, shapeless, shots, unfit, watch } from "./fit.mjs";
import { at, facts, languages, pages } from "./pages.mjs";
import { browser, site } from "./platform.mjs";

const platform = await site();
const chrome = await browser();
const about = await facts(platform.origin);
const list = pages(about);
const said = new Map(); // title, after its language → addresses

after(async () => {
  await chrome.close();
  await platform.stop();
});

const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    // Written short on purpose: every byte travels to a cheap phone.
    "doctype-style": "off",
    "no-trailing-whitespace": "off",
    "void-style": "off",
    "attr-quotes": "off",
    "attribute-boolean-style": "off",
    "attribute-empty-style": "off",
    // Phone numbers and dates are wrapped by the style sheet where they must be.
    "tel-non-breaking": "off",
    "long-title": "off",
  },
});

const fetched = async (path) => {
  const answer = await fetch(platform.origin + path.split("#")[0], { redirect: "manual" });
  return { status: answer.status, type: answer.headers.get("content-type"), html: await answer.text() };
};
const attribute = (html, pattern) => pattern.exec(html)?.[1];
const alternates = (html) => Object.fromEntries([...html.matchAll(/<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">/g)].map(([, lang, url]) => [lang, new URL(url).pathname]));

for (const lang of languages) {
  describe(`pages in ${lang}`, { concurrency: 2 }, () => {
    for (const p of list) {
      const path = at(lang, p.path);
      test(path, async () => {
        const found = [];
        const { status, type, html } = await fetched(path);
        assert.equal(status, p.status ?? 200, path);
        assert.match(type, /^text\/html/);
        const report = await validator.validateString(html);
        for (const m of report.results.flatMap((r) => r.messages).slice(0, 8)) found.push(`HTML: ${m.message} (${m.ruleId}) near ${html.split("\n")[m.line - 1]?.slice(Math.max(0, m.column - 30), m.column + 90)}`);

        // What it says of itself. The page for what is missing is one for all.
        const speaks = p.status === 404 ? "id" : lang;
        if (attribute(html, /<html lang="(\w+)"/) !== speaks) found.push(`lang is ${attribute(html, /<html lang="(\w+)"/)}`);
        const title = attribute(html, /<title>([^<]+)<\/title>/);
        const titled = `${lang}: ${title}`;
        said.set(titled, [...(said.get(titled) ?? []), path]);
        if (!p.frame && !/<meta name="description" content="[^"]{20,}">/.test(html)) found.push("has no description");
        const others = alternates(html);
        if (p.hidden) {
          if (!html.includes('<meta name="robots" content="noindex')) found.push("must be found by nobody");
          if (Object.keys(others).length > 0) found.push("names other languages, though it is found by nobody");
        } else {
          for (const other of languages) if (others[other] !== at(other, p.path)) found.push(`hreflang ${other} leads to ${others[other]}`);
          if (others["x-default"] !== p.path) found.push(`hreflang x-default leads to ${others["x-default"]}`);
          const canonical = attribute(html, /<link rel="canonical" href="([^"]+)"/);
          if (canonical !== platform.origin + path) found.push(`canonical is ${canonical}`);
        }

        // Pages that differ in a few words only are looked at once.
        if (p.alike) return assert.deepEqual(found, []);
        // What slips out where a text and its values do not fit each other.
        const slip = /.{0,40}(?:%!|ZgotmplZ|&lt;nil&gt;|&lt;no value&gt;|\bundefined\b|\bNaN\b|\[object ).{0,40}/.exec(html.replace(/<script[\s\S]*?<\/script>/g, ""));
        if (slip) found.push(`says ${slip[0]}`);

        const wrong = [];
        const context = await chrome.newContext({ ...phone, locale: lang === "id" ? "id-ID" : "en-GB" });
        await watch(context, wrong);
        const page = await context.newPage();
        await page.goto(platform.origin + path, { waitUntil: "load" });
        await settled(page);
        await page.screenshot({ path: join(shots, `${p.name}-${lang}-360.png`), fullPage: true, scale: "css" });
        await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
        found.push(...(await unfit(page)), ...(await restless(page)), ...(await shapeless(page)));
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = false; }));
        await page.screenshot({ path: join(shots, `${p.name}-${lang}-1280.png`), fullPage: true, scale: "css" });
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) found.push("scrolls sideways at 1280 px");
        await context.close();
        // A browser says of the page for what is missing that it is missing, and
        // asks for the icon of an embedded page only where it stands alone.
        found.push(...wrong.filter((w) => !((p.status === 404 || (p.frame && w.endsWith("/favicon.ico"))) && w.includes("status of 404"))));
        assert.deepEqual(found, []);
      });
    }
  });
}

test("every page has a title of its own", () => {
  assert.ok(said.size > 50, `${said.size} titles`);
  assert.deepEqual([...said].filter(([, paths]) => paths.length > 1), []);
});

// settled waits until a page has done what it does by itself after it is loaded.
async function settled(page) {
  await page.waitForLoadState("networkidle", { timeout: 10_000 }).catch(() => undefined);
}
