// What every page must be for those who hear it, see it badly, tap with a thumb,
// or read large: checked in a page that is open in a browser.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const axe = await readFile(join(import.meta.dirname, "../node_modules/axe-core/axe.min.js"), "utf8");

export const shots = join(import.meta.dirname, "../shots");
await mkdir(shots, { recursive: true });

export const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: "id-ID", timezoneId: "Asia/Jakarta" };

// watch writes into wrong whatever goes wrong in a context: errors, refusals of
// the security policy, and requests to anybody else. What is waited for in it may
// take long: two processors serve the browser and the platform.
export async function watch(context, wrong) {
  context.setDefaultTimeout(120_000);
  await context.exposeBinding("ksbbRefused", ({ page }, what) => wrong.push(`${page.url()}: refused by the policy: ${what}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => globalThis.ksbbRefused(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`));
  });
  context.on("weberror", (e) => wrong.push(`${e.page()?.url()}: ${e.error()}`));
  context.on("console", (m) => m.type() === "error" && wrong.push(`${m.page()?.url()}: ${m.text()} ${m.location().url}`));
  context.on("request", (r) => {
    const { protocol, hostname } = new URL(r.url());
    if (protocol.startsWith("http") && !["localhost", "127.0.0.1"].includes(hostname)) wrong.push(`asks a third party: ${r.url()}`);
  });
}

// large sets the size of the text, as a reader does in the settings.
export async function large(page, percent) {
  await page.evaluate((percent) => {
    const sheet = new CSSStyleSheet();
    if (percent !== 100) sheet.replaceSync(`:root { font-size: ${percent}% }`);
    document.adoptedStyleSheets = [sheet];
  }, percent);
}

// sized gives a page its size back, and makes sure that it is tapped where it is
// pointed at: a phone that was made narrower and higher now and then stays zoomed
// in by a little, and every tap falls beside what it shows.
export async function sized(page, size) {
  const wire = await page.context().newCDPSession(page);
  for (let n = 0; n < 20; n++) {
    await page.setViewportSize(size);
    await wire.send("Emulation.setPageScaleFactor", { pageScaleFactor: 1 });
    await page.evaluate(() => {
      globalThis.pointed = undefined;
      addEventListener("mousemove", (e) => { globalThis.pointed = [e.clientX, e.clientY]; }, { capture: true, once: true });
    });
    const point = [150 + n, 300 + n];
    await page.mouse.move(...point);
    const felt = await page.waitForFunction(() => globalThis.pointed, undefined, { timeout: 5_000 }).then((h) => h.jsonValue(), () => undefined);
    if (felt?.every((at, i) => Math.abs(at - point[i]) < 1)) return wire.detach();
  }
  throw new Error(`the page is not tapped where it is pointed at: ${await page.evaluate(() => JSON.stringify([innerWidth, innerHeight, visualViewport.scale, visualViewport.offsetLeft, visualViewport.offsetTop]))}`);
}

// unfit returns what is wrong with the page as it stands. It leaves it at 360 px.
export async function unfit(page) {
  const found = [];
  // Everything that one taps to act. Links in running text are as high as it.
  const low = await page.evaluate(() => [...document.querySelectorAll(
    "main :is(button, summary, select, textarea, input:not(.unseen, [type=radio], [type=checkbox], [type=hidden]), .btn, .pick > label, .shelf a, .files-of a, .takes a, tbody th a)",
  )].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 1 && e.getBoundingClientRect().height < 47.5)
    .map((e) => `lower than 48 px: ${e.outerHTML.slice(0, 100)}`));
  found.push(...low.slice(0, 5));
  for (const [width, percent] of [[360, 100], [360, 200], [320, 100], [320, 200]]) {
    await page.setViewportSize({ width, height: 740 });
    await large(page, percent);
    const wide = await page.evaluate(() => {
      if (document.documentElement.scrollWidth <= innerWidth) return undefined;
      // The innermost ones that stick out say where to look.
      const out = [...document.body.querySelectorAll("*")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1);
      const inner = out.filter((e) => !out.some((o) => o !== e && e.contains(o)));
      return inner.slice(0, 3).map((e) => e.outerHTML.slice(0, 100)).join(" | ") || "somewhere";
    });
    if (wide) found.push(`scrolls sideways at ${width} px with text of ${percent} %: ${wide}`);
  }
  await large(page, 100);
  await page.setViewportSize({ width: 360, height: 740 });
  found.push(...(await violations(page)));
  return found;
}

// violations returns what axe finds, WCAG 2.2 AA and good practice.
export async function violations(page) {
  // What sticks to the edge of the screen covers whatever has not been scrolled
  // out from under it; on a screen as high as the page it covers nothing.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: 360, height: Math.min(Math.max(height, 740), 30_000) });
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] });
    return violations.map((v) => `${v.id} at ${v.nodes[0].target.join(" ")}${v.nodes.length > 1 ? ` and ${v.nodes.length - 1} more` : ""}: ${v.nodes[0].failureSummary.split("\n")[1]?.trim()} ${v.nodes[0].html.slice(0, 120)}`);
  });
  await sized(page, { width: 360, height: 740 });
  return found;
}

// restless returns what still moves for those who asked for less motion.
export async function restless(page) {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const moving = await page.evaluate(() => {
    const long = (times) => times.split(",").some((t) => parseFloat(t) * (t.trim().endsWith("ms") ? 1 : 1000) > 10);
    return [...document.querySelectorAll("*")].filter((e) => {
      const s = getComputedStyle(e);
      return (s.animationName !== "none" && long(s.animationDuration)) || long(s.transitionDuration) || s.scrollBehavior === "smooth";
    }).slice(0, 3).map((e) => `moves in spite of reduced motion: ${e.outerHTML.slice(0, 100)}`);
  });
  await page.emulateMedia({ reducedMotion: null });
  return moving;
}

// shapeless returns controls that lose their shape where the reader's own
// colours replace those of the page: backgrounds go, borders stay. Headings that
// sort a table look like headings anyway.
export async function shapeless(page) {
  await page.emulateMedia({ forcedColors: "active" });
  const lost = await page.evaluate(() => [...document.querySelectorAll("main :is(button, select, textarea, input:not(.unseen, [type=radio], [type=checkbox], [type=hidden]), .btn)")]
    .filter((e) => {
      const shape = (e) => parseFloat(getComputedStyle(e).borderTopWidth) > 0 || getComputedStyle(e).outlineStyle !== "none" || getComputedStyle(e).textDecorationLine.includes("underline");
      return e.checkVisibility() && !e.closest("th") && !shape(e) && !shape(e.parentElement);
    }).slice(0, 3).map((e) => `has no shape in forced colours: ${e.outerHTML.slice(0, 100)}`));
  await page.emulateMedia({ forcedColors: null });
  return lost;
}
