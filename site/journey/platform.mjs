// Starts the whole platform on this machine, with demo data, on a free port and
// in a folder of its own, and a browser in front of it.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../..");

export async function newFolder() {
  return mkdtemp(join(tmpdir(), "ksbb-journey-"));
}

// start resolves once the platform says that it is ready.
export async function start(folder) {
  const child = spawn(
    join(root, "build/local"),
    ["-template", "template.yaml", "-bin", "build/bin", "-site", "site/dist", "-demo"],
    { cwd: root, env: { ...process.env, PORT: "0", DATA_DIR: folder }, stdio: ["ignore", "pipe", "pipe"] },
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
  return {
    origin,
    said: () => said,
    stop: () =>
      new Promise((done) => {
        child.once("exit", done);
        child.kill("SIGINT");
      }),
    kill: () =>
      new Promise((done) => {
        child.once("exit", done);
        child.kill("SIGKILL");
      }),
  };
}

export async function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

export async function remove(folder) {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

// holding returns the files below a folder that hold any of the words.
export async function holding(folder, words) {
  const found = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    for (const word of words) {
      if (body.includes(word)) found.push(`${path} holds ${word}`);
    }
  }
  return found;
}

// eventually repeats look until it returns something, for as long as a person
// would wait.
export async function eventually(what, look) {
  for (let waited = 0; waited < 30_000; waited += 200) {
    const found = await look();
    if (found) return found;
    await new Promise((r) => setTimeout(r, 200));
  }
  throw new Error(`waited in vain for ${what}`);
}
