// A journalist's way at 360 px: from a number on the front page to the statistics,
// to a report, to its files and to the open data. Page, JSON, CSV, workbook and
// PDF say the same number, every file is what its hash says, everything can be
// read without a script and printed, and running the schedule again changes
// nothing.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { phone, shots, unfit, watch } from "./fit.mjs";
import { browser, site } from "./platform.mjs";

const wrong = [];
let platform, chrome, page, index, open;

before(async () => {
  platform = await site();
  chrome = await browser();
  // No script runs: whoever cannot or will not run one reads the same.
  const reader = await chrome.newContext({ ...phone, javaScriptEnabled: false });
  await watch(reader, wrong);
  page = await reader.newPage();
  page.on("response", (r) => {
    if (r.status() >= 400) wrong.push(`${r.status()} ${r.url()}`);
  });
  open = await json("data/v1/open/index.json");
  index = await json("data/v1/reports/index.json");
});

after(async () => {
  await chrome?.close();
  await platform?.stop();
});

async function json(path) {
  const answer = await fetch(`${platform.origin}/${path}`);
  return answer.ok ? answer.json() : undefined;
}

async function bytes(path) {
  const answer = await fetch(`${platform.origin}/${path}`);
  assert.equal(answer.status, 200, path);
  return Buffer.from(await answer.arrayBuffer());
}

const hashOf = (body) => "sha256-" + createHash("sha256").update(body).digest("base64");
const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ".");
const text = () => page.locator("main").innerText();

// rows counts the records of a CSV file below its two rows of headers.
function rows(csv) {
  let quoted = false, n = 0;
  for (const c of csv.toString()) {
    if (c === '"') quoted = !quoted;
    else if (c === "\n" && !quoted) n++;
  }
  return n - 2;
}

test("the front page leads to the statistics, which say what their file says", async () => {
  await page.goto(platform.origin);
  await page.getByRole("navigation", { name: "Utama" }).getByRole("link", { name: "Data" }).click();
  await page.getByRole("heading", { level: 1, name: "Statistik DKI Jakarta" }).waitFor();
  const path = (await page.locator(".whence a").first().getAttribute("href")).slice(1);
  const body = await bytes(path);
  assert.equal(await page.locator(".whence code").first().textContent(), hashOf(body), "the page names another hash than the file has");
  const s = JSON.parse(body).statistics;
  const said = await text();
  for (const n of [s.whole.commitments.holding, s.whole.gift.needed, s.whole.gift.received, s.register.unreached, s.largest[0].households]) {
    assert.ok(said.includes(number(n)), `the statistics do not say ${number(n)}`);
  }
  const parts = s.areas.reduce((sum, a) => sum + a.commitments.holding, 0);
  assert.equal(parts, s.whole.commitments.holding, "the kota do not add up to the whole");
  await page.getByRole("link", { name: "Jakarta Selatan" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Statistik Jakarta Selatan" }).waitFor();
  assert.ok((await text()).includes(number(s.areas.find((a) => a.area === "31.74" || a.key === "31.74").commitments.holding)), "the kota says another number than the region");
});

test("a report says one number in page, JSON, CSV and list", async () => {
  const latest = index.reports.find((r) => r.kind === "monthly");
  await page.goto(`${platform.origin}/laporan/`);
  await page.getByRole("link", { name: "Baca laporan" }).click();
  await page.waitForURL(`**/laporan/${latest.period}/`);
  const revision = latest.revisions[0];
  for (const f of revision.files) {
    const body = await bytes(f.path);
    assert.equal(body.length, f.bytes, `${f.path} has another size than the list says`);
    assert.equal(hashOf(body), f.hash, `${f.path} is not what the list says`);
    if (f.path.endsWith(".csv")) assert.equal(rows(body), f.rows ?? 0, `${f.path} has another number of rows`);
    assert.equal(await page.locator(`.takes a[href="/${f.path}"]`).count(), 1, `${f.path} cannot be taken from the page`);
  }
  const report = JSON.parse(await bytes(revision.files.find((f) => /\/\d+\.json$/.test(f.path)).path));
  const said = await text();
  for (const n of [report.happened.pledged, report.happened.receivedValue, report.before.pledgedValue, report.forgottenTotal, report.end.whole.gift.received]) {
    assert.ok(said.includes(number(n)), `the report does not say ${number(n)}`);
  }
  for (const paragraph of report.paragraphs) assert.ok(said.includes(paragraph), `the page leaves out: ${paragraph}`);
  const kelurahan = await page.locator("#kelurahan tbody tr").count();
  assert.equal(kelurahan, report.kelurahan.length, "kelurahan on the page");
  const csv = (await bytes(revision.files.find((f) => f.table === "commitments").path)).toString();
  const numbers = new Set(csv.match(/^K-[0-9A-Z]{4}-[0-9A-Z]{4}(?=,)/gm));
  assert.ok(numbers.size >= report.happened.pledged, `${numbers.size} commitments in the CSV, ${report.happened.pledged} pledged in the period`);
});

test("a report is printed without navigation, and with all of its tables", async () => {
  const latest = index.reports.find((r) => r.kind === "monthly");
  const desk = await chrome.newContext({ viewport: { width: 800, height: 1100 } });
  const one = await desk.newPage();
  await one.goto(`${platform.origin}/laporan/${latest.period}/`);
  await one.emulateMedia({ media: "print" });
  for (const gone of ["header nav", "footer", ".crumb", ".whence"]) {
    assert.equal(await one.locator(`${gone}:visible`).count(), 0, `${gone} is printed`);
  }
  assert.ok(await one.locator("#kelurahan tbody tr").last().isVisible(), "what is folded on the screen is not printed");
  await one.pdf({ path: join(shots, "laporan.pdf"), format: "A4" });
  await desk.close();
});

test("the open data hold as many rows as the page says", async () => {
  await page.goto(`${platform.origin}/data/`);
  const region = open.areas[0];
  const shown = new Map();
  for (const row of await page.locator(".shelved").first().locator("tbody tr").all()) {
    shown.set(await row.locator("a").first().getAttribute("href"), await row.locator("td").first().innerText());
  }
  for (const f of region.files.filter((f) => f.path.endsWith(".csv"))) {
    const csv = await bytes(f.path);
    assert.equal(hashOf(csv), f.hash, f.path);
    assert.equal(rows(csv), region.rows[f.table], `${f.path} has another number of rows than the list`);
    assert.equal(shown.get("/" + f.path), number(region.rows[f.table]), `the page says another number of ${f.table}`);
    const lines = region.files.find((g) => g.table === f.table && g.path.endsWith(".jsonl"));
    assert.equal((await bytes(lines.path)).toString().split("\n").filter(Boolean).length, region.rows[f.table], `${lines.path} has another number of lines`);
  }
  const kota = open.areas.filter((a) => /^\d\d\.\d\d$/.test(a.area));
  for (const table of ["recipients", "needs", "commitments", "deliveries"]) {
    assert.equal(kota.reduce((sum, a) => sum + a.rows[table], 0), region.rows[table], `${table} of the kota do not add up`);
  }
});

test("every link of these pages leads somewhere", async () => {
  const month = index.reports.find((r) => r.kind === "monthly").period;
  const asked = new Map();
  const kota = open.areas.filter((a) => /^\d\d\.\d\d$/.test(a.area)).map((a) => `/statistik/${a.area}/`);
  for (const path of ["/statistik/", ...kota, "/laporan/", `/laporan/${month}/`, "/data/"]) {
    await page.goto(platform.origin + path);
    for (const link of await page.locator("a[href^='/'], link[href^='/']").evaluateAll((all) => all.map((a) => a.getAttribute("href")))) {
      asked.set(link.split("#")[0], path);
    }
  }
  assert.ok(asked.size > 100, `${asked.size} links`);
  const dead = [];
  const links = [...asked.keys()];
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let link = links.pop(); link; link = links.pop()) {
      const answer = await fetch(platform.origin + link);
      await answer.body?.cancel();
      if (!answer.ok) dead.push(`${answer.status} ${link} on ${asked.get(link)}`);
    }
  }));
  assert.deepEqual(dead, []);
});

test("running the schedule again changes nothing", async () => {
  const marks = async () => {
    const all = {};
    const paths = ["data/v1/reports/index.json", "data/v1/open/index.json", "data/v1/reports/feed.atom", "laporan/", "data/"];
    for (const r of index.reports) paths.push(`laporan/${r.period}/`, ...r.revisions[0].files.map((f) => f.path));
    for (const f of open.areas[0].files) paths.push(f.path);
    for (const path of paths) all[path] = hashOf(await bytes(path));
    return all;
  };
  const first = await marks();
  const again = await fetch(`${platform.origin}/_local/schedule/ReportScheduled`, { method: "POST" });
  assert.ok(again.ok, await again.text());
  assert.deepEqual(await marks(), first);
});

test("nothing went wrong on the way", () => assert.deepEqual(wrong, []));
