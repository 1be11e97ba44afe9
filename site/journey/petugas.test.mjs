// An officer's work in the console, in a real browser on the whole platform:
// signing in through the provider, a BAST that is looked at with the keyboard,
// taken back and approved; a contact that is shown for a reason; who may see
// what; and nothing of the token anywhere but in memory.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { wide } from "./console.mjs";
import { phone, shots, unfit, violations, watch } from "./fit.mjs";
import { browser, calls, eventually, newFolder, remove, start, today, uuid7 } from "./platform.mjs";

const email = "kanari-pemberi-5t2q@contoh.invalid";
const wrong = [];
const tokens = [];
const latest = new Map(); // the refresh token that a context holds
const asked = [];
const story = {};
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

const { json, api, pledged } = calls(() => platform.origin);

// place returns somewhere that needs food, and its kelurahan.
async function place() {
  const root = await json(`/${(await json("/data/manifest.json")).root}`);
  for (const kota of root.children) {
    for (const kecamatan of (await json(`/${kota.path}`)).children) {
      for (const path of Object.values((await json(`/${kecamatan.path}`)).recipients)) {
        for (const { id, properties: p } of (await json(`/${path}`)).features) {
          const need = p.needs.find((n) => n.package === "sembako" && n.remaining >= 20);
          if (p.kind === "rw" && need) return { id, name: p.name, need: need.id, program: p.program[0], kelurahan: id.slice(0, 13) };
        }
      }
    }
  }
  throw new Error("nobody in the demonstration needs food");
}

// promised makes a commitment that was delivered, with a photographed BAST.
async function promised(target) {
  const { id, secret } = await pledged({ recipient: target.id, need: target.need, name: "Kanari Pemberi Contoh", email, phone: "0812-9753-8642" });
  await api("POST", `/v1/commitments/${id}/contacted`, {}, secret);
  await api("POST", `/v1/commitments/${id}/signature`, { signedBy: "Kanari Pemberi Contoh" }, secret);
  const scan = await photographed();
  const ticket = await api("POST", `/v1/commitments/${id}/evidence`, { kind: "bast", type: "image/jpeg", length: scan.length, sha256: createHash("sha256").update(scan).digest("hex") }, secret);
  const put = await fetch(ticket.url, { method: "PUT", headers: ticket.headers, body: scan });
  assert.equal(put.status, 200, "the scan is uploaded");
  const own = () => api("GET", `/v1/commitments/${id}`, undefined, secret);
  await eventually("the scan to be accepted", async () => (await own()).evidence.some((e) => e.state === "accepted"));
  await api("PUT", `/v1/commitments/${id}/deliveries/${uuid7()}`, { date: today(), lines: [{ line: 0, quantity: 5 }], evidence: [ticket.id] }, secret);
  return { id, number: (await own()).number, evidence: ticket.id };
}

// photographed returns a picture as a phone takes it.
async function photographed() {
  const page = await chrome.newPage({ viewport: { width: 600, height: 800 } });
  await page.setContent("<h1>Berita acara serah terima</h1><p>Lima paket sembako, diterima lengkap.</p>");
  const picture = await page.screenshot({ type: "jpeg" });
  await page.close();
  return picture;
}

// officer signs somebody in through the page on which one picks who to be, and
// remembers every token that the provider gave.
async function officer(duty, options, back = "") {
  const context = await chrome.newContext(options);
  await watch(context, wrong);
  context.on("request", (r) => asked.push(r.url(), ...Object.entries(r.headers()).filter(([name]) => name !== "authorization").map(([name, value]) => `${name}: ${value}`)));
  context.on("console", (m) => asked.push(m.text()));
  context.on("response", async (r) => {
    if (!r.url().endsWith("/oauth2/token") || r.status() !== 200) return;
    const got = await r.json().catch(() => ({}));
    tokens.push(...[got.access_token, got.refresh_token, got.id_token].filter(Boolean));
    latest.set(context, got.refresh_token);
  });
  const page = await context.newPage();
  await page.goto(`${platform.origin}/petugas/${back}`);
  await page.getByRole("button", { name: "Masuk" }).click();
  await page.getByRole("button", { name: duty }).first().click();
  await page.locator(".side").waitFor({ state: "attached" });
  return { context, page };
}

const said = (page, text) => page.locator(".said p", { hasText: text }).waitFor();

async function seen(page, name) {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true, scale: "css" });
}

test("a verifier looks at a BAST with the keyboard, takes it back and approves it", async () => {
  story.target = await place();
  story.promise = await promised(story.target);
  const { page } = await officer(/pemeriksa/, wide, "#/antrean/evidence");
  assert.equal(new URL(page.url()).search, "", "the code is gone from the address");
  assert.equal(new URL(page.url()).hash, "#/antrean/evidence", "one is where one wanted to be");
  await eventually("the BAST in the queue", async () => {
    if (await page.locator(".queue li", { hasText: story.promise.number }).count()) return true;
    await page.reload();
    await page.getByRole("button", { name: /pemeriksa/ }).first().click({ timeout: 5_000 }).catch(() => undefined);
    await page.locator(".queue, .empty").first().waitFor();
  });
  const entry = page.locator(".queue li", { hasText: story.promise.number });
  // The oldest come first; J goes down to it.
  for (let i = 0; i < 30 && !(await entry.getAttribute("class"))?.includes("on"); i++) await page.keyboard.press("j");
  await page.locator(".chosen h2", { hasText: story.promise.number }).waitFor();
  const ready = async () => {
    await page.locator(".chosen .evidence .stick").waitFor();
    await eventually("the picture", () => page.locator(".chosen .sight img").evaluate((i) => i.complete && i.naturalWidth > 0));
  };
  await ready();
  await seen(page, "petugas-antrean-1280");
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize(wide.viewport);
  await entry.locator("a").focus();
  await page.locator(".chosen h2", { hasText: story.promise.number }).waitFor();
  await ready();

  await page.keyboard.press("a");
  await said(page, "Bukti disetujui.");
  await entry.waitFor({ state: "detached" });
  await page.keyboard.press("u");
  await said(page, "Diurungkan");
  await entry.waitFor();
  await page.locator(".chosen h2", { hasText: story.promise.number }).waitFor();
  await ready();
  await page.keyboard.press("a");
  await said(page, "Bukti disetujui.");

  // It stays so, and the trail says who did it three times.
  await page.goto(`${platform.origin}/petugas/#/komitmen/${story.promise.id}`);
  await page.locator(".papers .chip", { hasText: "Disetujui" }).waitFor();
  const admin = (await (await fetch(`${platform.origin}/_local/token?role=admin&sub=kanari-pengawas`)).text()).trim();
  const trail = await (await fetch(`${platform.origin}/v1/staff/audit?object=evidence/${story.promise.evidence}`, { headers: { Authorization: `Bearer ${admin}` } })).json();
  assert.deepEqual(trail.items.map((a) => a.action), ["approved", "reopen", "approved"]);
  assert.ok(trail.items.every((a) => a.role === "verifier" && a.name && a.at));
  story.verifier = page;
});

test("a contact is shown for a reason, and no longer than a minute", async () => {
  const page = story.verifier;
  assert.equal(await page.getByText("9753").count(), 0, "masked at first");
  await page.getByRole("button", { name: /Tampilkan kontak Kolaborator/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Tampilkan" }).click();
  await page.getByRole("dialog").locator(".error").waitFor();
  await page.getByRole("dialog").getByLabel("Untuk apa?").fill("menanyakan jumlah di BAST");
  await page.clock.install();
  await page.getByRole("dialog").getByRole("button", { name: "Tampilkan" }).click();
  await page.locator(".contact", { hasText: "9753" }).waitFor();
  await page.clock.runFor(61_000);
  await page.locator(".contact").waitFor({ state: "detached" });
});

test("an office sees its own kelurahan, and nobody else's is there at all", async () => {
  const { page } = await officer(/kelurahan/, phone);
  await page.locator(".tabs a").first().waitFor();
  await page.getByRole("button", { name: "Menu" }).click();
  const menu = page.getByRole("navigation", { name: "Konsol" });
  assert.equal(await menu.getByRole("link", { name: "Akun petugas" }).count(), 0);
  await seen(page, "petugas-kelurahan-360");
  assert.deepEqual(await unfit(page), []);
  const foreign = await page.goto(`${platform.origin}/petugas/#/komitmen/${story.promise.id}`).then(() => page.locator(".note.bad").innerText());
  assert.match(foreign, /Tidak ditemukan/, "what lies elsewhere is not there");
  assert.equal(await page.getByText(story.promise.number).count(), 0);
  // What the browser says of the refusal is expected.
  const refused = wrong.findIndex((w) => w.includes(story.promise.id) && w.includes("status of 404"));
  assert.ok(refused >= 0);
  wrong.splice(refused, 1);
});

test("the token is in memory and nowhere else", async () => {
  assert.ok(tokens.length >= 4, `${tokens.length} tokens were given`);
  for (const context of chrome.contexts()) {
    const kept = [JSON.stringify(await context.storageState({ indexedDB: true }))];
    for (const page of context.pages()) {
      kept.push(page.url(), await page.title().catch(() => ""), await page.content().catch(() => ""));
      kept.push(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])).catch(() => ""));
    }
    for (const token of tokens) assert.ok(!kept.some((k) => k.includes(token)), "a page keeps a token");
  }
  for (const token of tokens) assert.ok(!asked.some((a) => a.includes(token)), "a token is in an address, a header or a log");
});

test("signing out ends it here and at the provider", async () => {
  const page = story.verifier;
  const held = latest.get(page.context());
  assert.ok(held);
  await page.locator(".who button").click();
  await page.getByRole("button", { name: "Masuk" }).waitFor();
  const { base, client } = await json("/v1/staff/sign-in");
  const answer = await fetch(`${base}/oauth2/token`, { method: "POST", body: new URLSearchParams({ grant_type: "refresh_token", client_id: client, refresh_token: held }) });
  assert.equal(answer.status, 400, "the refresh token is worth nothing");
  await page.goBack().catch(() => undefined);
  assert.equal(await page.getByText(story.promise.number).count(), 0, "going back shows nothing");
  assert.deepEqual(wrong, []);
});
