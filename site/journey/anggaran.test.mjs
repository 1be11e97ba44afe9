// What a first visit costs, counted by the browser and held to the budget: bytes
// over the wire as the edge sends them, requests, script. A page over its budget
// fails the build. The whole view counts with the headers of its answers; HTML and
// script count by what they are when compressed.
//
// A first view is what a browser with empty stores asks for until the page has
// been quiet for half a second and nobody has touched it. What a service worker
// fetches for later is left out: it begins after the page has loaded and belongs
// to no view. A browser tells the two apart, for a worker's requests have no frame.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { phone } from "./fit.mjs";
import { at, facts, languages } from "./pages.mjs";
import { browser, site } from "./platform.mjs";

const platform = await site();
const chrome = await browser();
const about = await facts(platform.origin);

after(async () => {
  await chrome.close();
  await platform.stop();
});

const kB = 1024;

// view opens a page for the first time and returns what came over the wire, one
// entry for each answer: {path, type, bytes with headers, body without}.
async function view(path) {
  const context = await chrome.newContext(phone);
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Network.setCacheDisabled", { cacheDisabled: false });
  const asked = new Map();
  wire.on("Network.requestWillBeSent", (e) => e.frameId && asked.set(e.requestId, { path: new URL(e.request.url).pathname, url: e.request.url, type: e.type }));
  wire.on("Network.responseReceived", (e) => {
    const headers = new Headers(e.response.headers);
    Object.assign(asked.get(e.requestId) ?? {}, { status: e.response.status, coding: headers.get("content-encoding"), body: Number(headers.get("content-length")) });
  });
  wire.on("Network.loadingFinished", (e) => Object.assign(asked.get(e.requestId) ?? {}, { bytes: e.encodedDataLength }));
  await page.goto(platform.origin + path, { waitUntil: "networkidle" });
  // The icon is no part of the page to the browser, and may be on its way still.
  const wanted = () => [...asked.values()].some((a) => a.url.startsWith("http") && a.bytes === undefined);
  for (let waited = 0; waited < 20_000 && wanted(); waited += 50) await new Promise((r) => setTimeout(r, 50));
  await context.close();
  return [...asked.values()].filter((a) => a.url.startsWith("http"));
}

const sum = (answers, key = "bytes") => answers.reduce((n, a) => n + (a[key] ?? 0), 0);
const table = (answers) => answers.map((a) => `${a.status} ${a.path} ${a.type} ${a.bytes} (body ${a.body}) ${a.coding ?? ""}`).join("\n");

for (const lang of languages) {
  describe(`first views in ${lang}`, () => {
    for (const path of ["/", `/wilayah/${about.kelurahan}/`, `/wilayah/${about.kota}/`, `/lokasi/${about.busy}/`, `/bantu/${about.busy}/`, "/statistik/"]) {
      test(at(lang, path), async (t) => {
        const answers = await view(at(lang, path));
        assert.ok(answers.length > 1 && answers.every((a) => a.bytes > 0 && a.body > 0 && a.status === 200), `not everything was measured:\n${table(answers)}`);
        const [document] = answers.filter((a) => a.type === "Document");
        assert.equal(document.coding, "br", "compressed as the edge compresses");
        const scripts = answers.filter((a) => a.type === "Script");
        t.diagnostic(`${answers.length} requests, ${sum(answers)} bytes, HTML ${document.body}, script ${sum(scripts, "body")}`);
        assert.ok(sum(answers) <= 60 * kB, `${sum(answers)} bytes:\n${table(answers)}`);
        assert.ok(answers.length <= 8, `${answers.length} requests:\n${table(answers)}`);
        assert.ok(document.body <= 20 * kB, `HTML of ${document.body} bytes`);
        assert.ok(sum(scripts, "body") <= 12 * kB, `scripts of ${sum(scripts, "body")} bytes:\n${table(scripts)}`);
        assert.deepEqual(answers.filter((a) => a.type === "Font").map((a) => a.path), [], "no font travels");
      });
    }
    for (const path of [`/embed/${about.root}/`, `/embed/${about.kota}/`, `/embed/${about.kecamatan}/`]) {
      test(at(lang, path), async (t) => {
        // In a frame, where it belongs, a browser asks for no icon.
        const answers = (await view(at(lang, path))).filter((a) => a.path !== "/favicon.ico");
        assert.ok(answers.every((a) => a.bytes > 0 && a.body > 0 && a.status === 200), `not everything was measured:\n${table(answers)}`);
        t.diagnostic(`${answers.length} requests, ${sum(answers)} bytes`);
        assert.ok(sum(answers) <= 15 * kB, `${sum(answers)} bytes:\n${table(answers)}`);
        assert.deepEqual(answers.filter((a) => a.type === "Script").map((a) => a.path), [], "an embedded page runs nothing");
      });
    }
  });
}
