// Starts the whole platform on this machine, with demo data, on a free port and
// in a folder of its own, and a browser in front of it.
//
// Making the demonstration and its reports takes a minute, so run.mjs does it
// once for all files of tests: KSBB_DEMO is the folder that holds it, KSBB_SITE
// the origin of a platform for those that only read. A file that is run without
// run.mjs makes its own.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { inflateSync } from "node:zlib";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../..");

// newFolder returns a folder for a platform that nobody else knows: a copy of
// the prepared demonstration, or an empty one that start fills.
export async function newFolder() {
  const folder = await mkdtemp(join(tmpdir(), "ksbb-journey-"));
  if (process.env.KSBB_DEMO) await copy(process.env.KSBB_DEMO, folder);
  return folder;
}

// copy copies the contents of a folder. The copy holds tens of thousands of small
// files and their attributes, which only cp keeps.
export async function copy(from, to) {
  await promisify(execFile)("cp", ["-a", "--reflink=auto", `${from}/.`, to]);
}

// start resolves once the platform says that it is ready. It and all that it
// starts give way to the browser: the same few processors serve both, and a page
// that nobody draws fails a journey sooner than a server that is slow.
export async function start(folder, port = 0, niceness = 10) {
  const child = spawn(
    "nice",
    ["-n", String(niceness), join(root, "build/local"), "-template", "template.yaml", "-bin", "build/bin", "-site", "site/dist", "-demo"],
    { cwd: root, env: { ...process.env, PORT: String(port), DATA_DIR: folder }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (d) => (said += d));
  const origin = await new Promise((ready, failed) => {
    let out = "";
    child.stdout.on("data", (d) => {
      out += d;
      const line = /^ready (http:\/\/\S+)$/m.exec(out);
      if (line) ready(line[1]);
    });
    child.on("exit", (code) => failed(new Error(`the platform ended with ${code} before it was ready:\n${said}`)));
  });
  const end = (signal) =>
    new Promise((done) => {
      if (child.exitCode !== null || child.signalCode !== null) return done();
      child.once("exit", done);
      child.kill(signal);
    });
  return { origin, said: () => said, stop: () => end("SIGINT"), kill: () => end("SIGKILL") };
}

// reported waits for the reports and open data of half a year, which are made
// after the platform is ready.
export async function reported(platform) {
  for (let waited = 0; waited < 600_000; waited += 200) {
    if (/^everything reported/m.test(platform.said())) return;
    const failed = /^error report: .*$/m.exec(platform.said());
    if (failed) throw new Error(failed[0]);
    await new Promise((r) => setTimeout(r, 200));
  }
  throw new Error(`no reports after ten minutes:\n${platform.said()}`);
}

// site returns the platform of those who only read: nobody may change it.
export async function site() {
  if (process.env.KSBB_SITE) return { origin: process.env.KSBB_SITE, stop: async () => {} };
  const folder = await newFolder();
  const platform = await start(folder);
  await reported(platform);
  return {
    origin: platform.origin,
    stop: async () => {
      await platform.stop();
      await remove(folder);
    },
  };
}

// Two pages that Chromium keeps ready under the address bar of every window take
// more of a processor than most of ours. Of several lists of features only the
// last counts, so Playwright's own come first.
const without = [
  "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay",
  "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints",
  "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
];

export async function browser(...args) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      `--disable-features=${without}`, ...args,
    ],
  });
}

export async function remove(folder) {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

// holding returns the files below a folder that hold any of the words. Six
// digits count where they stand alone, for clocks write digits too.
export async function holding(folder, words) {
  const found = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    for (const word of words) {
      const holds = /^\d{6}$/.test(word) ? new RegExp(`(?<![\\d.])${word}(?![\\d])`).test(body.toString("latin1")) : body.includes(word);
      if (holds) found.push(`${path} holds ${word}`);
    }
  }
  return found;
}

// eventually repeats look until it returns something. The bound is for a busy
// machine, and no measure.
export async function eventually(what, look) {
  for (let waited = 0; waited < 120_000; waited += 200) {
    const found = await look();
    if (found) return found;
    await new Promise((r) => setTimeout(r, 200));
  }
  throw new Error(`waited in vain for ${what}`);
}

// solved returns the answer to a fresh challenge, as the form finds it.
export async function solved(origin) {
  const c = await (await fetch(`${origin}/v1/challenge`)).json();
  for (let number = 0; number <= c.maxnumber; number++) {
    if (createHash("sha256").update(c.salt + number).digest("hex") === c.challenge) {
      const { algorithm, challenge, salt, signature } = c;
      return Buffer.from(JSON.stringify({ algorithm, challenge, number, salt, signature })).toString("base64");
    }
  }
  throw new Error("the challenge has no solution");
}

// calls returns how a test asks the platform at an origin, which is there once a
// test begins: for a file, as the API is called, and for a promise that is proved.
export function calls(origin) {
  async function json(path, init) {
    const answer = await fetch(origin() + path, init);
    assert.equal(answer.status, 200, path);
    return answer.json();
  }

  async function api(method, path, body, secret) {
    const answer = await fetch(origin() + path, {
      method, headers: { "Content-Type": "application/json", ...(secret && { Authorization: `Bearer ${secret}` }) }, ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text || "null");
  }

  // pledged promises five of a need today, directly or through an aggregator.
  async function pledged({ recipient, need, name, email, phone, through }) {
    const id = uuid7();
    const { secret } = await api("PUT", `/v1/commitments/${id}`, {
      recipient, program: "pangan", lines: [{ need, quantity: 5 }], period: { from: today(), to: today() },
      ...(through ? { route: "aggregator", aggregator: through } : { route: "direct" }),
      collaborator: { name, class: "individual", showName: true, email, phone },
      statement: { accepted: true, signedBy: name }, challenge: await solved(origin()), language: "id",
    });
    const mail = await eventually("the mail with the code", async () => (await json("/_local/mail")).findLast((m) => m.to === email && /\b\d{6}\b/.test(m.subject + m.text)));
    await api("POST", `/v1/commitments/${id}/verification`, { code: /\b(\d{6})\b/.exec(mail.subject + mail.text)[1] }, secret);
    return { id, secret };
  }

  return { json, api, pledged };
}

// today is the day in Jakarta, as a form writes it.
export const today = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);

// uuid7 makes an identifier as a phone makes one.
export function uuid7() {
  const h = Date.now().toString(16).padStart(12, "0") + "7" + crypto.randomUUID().replaceAll("-", "").slice(13);
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");
}

// wordsOf returns what a paper says, one entry for each piece of text. Its
// compressed streams hold strings of UTF-16.
export function wordsOf(pdf) {
  const raw = pdf.toString("latin1");
  const words = [];
  for (const found of raw.matchAll(/stream\r?\n/g)) {
    const start = found.index + found[0].length;
    if (raw.slice(found.index - 3, found.index) === "end") continue;
    let text;
    try {
      text = inflateSync(Buffer.from(raw.slice(start, raw.indexOf("endstream", start)), "latin1"), { finishFlush: 2 }).toString("latin1");
    } catch {
      continue; // a font, or a picture of another kind
    }
    for (const [, string] of text.matchAll(/\(((?:[^\\)]|\\[\s\S])*)\) ?Tj/g)) {
      const bytes = string.replace(/\\([\s\S])/g, (_, c) => ({ n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" })[c] ?? c);
      words.push(Buffer.from(bytes, "latin1").swap16().toString("utf16le"));
    }
  }
  return words;
}

// marked returns a JPEG that carries words where cameras write: in EXIF, with a
// position, and in a comment.
export function marked(jpeg, words) {
  const segment = (marker, body) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(body.length + 2, 2);
    return Buffer.concat([head, body]);
  };
  // TIFF, little endian: IFD0 with ImageDescription and a GPS directory that
  // names the latitude.
  const text = Buffer.from(words + "\0");
  const tiff = Buffer.alloc(8 + 2 + 2 * 12 + 4 + 2 + 2 * 12 + 4 + 24);
  tiff.write("II*\0", 0, "latin1");
  tiff.writeUInt32LE(8, 4);
  const entry = (at, tag, type, count, value) => {
    tiff.writeUInt16LE(tag, at);
    tiff.writeUInt16LE(type, at + 2);
    tiff.writeUInt32LE(count, at + 4);
    tiff.writeUInt32LE(value, at + 8);
  };
  tiff.writeUInt16LE(2, 8);
  entry(10, 0x010e, 2, text.length, tiff.length);
  entry(22, 0x8825, 4, 1, 38);
  tiff.writeUInt16LE(2, 38);
  entry(40, 1, 2, 2, 0x53); // "S"
  entry(52, 2, 5, 3, 68);
  [6, 1, 12, 1, 345678, 10000].forEach((n, i) => tiff.writeUInt32LE(n, 68 + 4 * i));
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff, text]);
  return Buffer.concat([jpeg.subarray(0, 2), segment(0xe1, exif), segment(0xfe, Buffer.from(words)), jpeg.subarray(2)]);
}
