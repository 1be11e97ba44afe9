// Runs the journeys: node journey/run.mjs [file.test.mjs …]. The demonstration is
// made once; each file of tests that changes something gets a copy of it, and all
// that only read share one platform. People's ways are mostly waiting, so two files
// run at a time; then alone those that measure, so that it is not another's work.
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { newFolder, remove, reported, start } from "./platform.mjs";

const named = process.argv.slice(2).map((f) => basename(f));
const files = named.length > 0 ? named : (await readdir(import.meta.dirname)).filter((f) => f.endsWith(".test.mjs")).sort();

const measuring = ["lighthouse.test.mjs"];

const began = performance.now();
const seconds = () => ((performance.now() - began) / 1000).toFixed(0);
const clear = [];
const cleared = async () => {
  for (let undo = clear.pop(); undo; undo = clear.pop()) await undo();
};
let code = 1;
let stopped = false;
let tests;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, async () => {
    stopped = true;
    if (tests) return tests.kill(signal); // its end ends everything
    await cleared();
    process.exit(1);
  });
}
try {
  const demo = await newFolder();
  clear.push(() => remove(demo));
  const first = await start(demo, 0, 0); // there is no browser yet to give way to
  clear.push(() => first.stop());
  await reported(first);
  await first.stop();
  process.env.KSBB_DEMO = demo;

  // Pages name their own address, so the readers' platform has the port that
  // they were drawn for.
  const copy = await newFolder();
  clear.push(() => remove(copy));
  const readers = await start(copy, new URL(first.origin).port);
  clear.push(() => readers.stop());
  console.log(`# the demonstration stands after ${seconds()} s`);

  const pass = async (files, concurrency) => {
    if (files.length === 0 || stopped) return stopped ? 1 : 0;
    tests = spawn(process.execPath, ["--test", `--test-concurrency=${concurrency}`, ...files.map((f) => join(import.meta.dirname, f))], {
      stdio: "inherit", env: { ...process.env, KSBB_SITE: readers.origin },
    });
    return new Promise((done) => tests.on("exit", (code) => done(code ?? 1)));
  };
  code = Math.max(await pass(files.filter((f) => !measuring.includes(f)), 2), await pass(files.filter((f) => measuring.includes(f)), 1));
  console.log(`# all journeys took ${seconds()} s`);
} finally {
  await cleared();
}
process.exit(code);
