// Officers at work in the console, each in a browser of their own.
import { watch } from "./fit.mjs";

export const wide = { viewport: { width: 1280, height: 860 }, locale: "id-ID", timezoneId: "Asia/Jakarta" };

// officers returns what opens the page of somebody who signed in through the
// picker, one for each. where says which browser and origin, once they are there;
// what goes wrong is written into wrong.
export function officers(where, wrong, usual) {
  const open = {};
  return async (subject, size = usual, path = "/petugas/") => {
    if (open[subject]) return open[subject];
    const { chrome, origin } = where();
    const context = await chrome.newContext(size);
    await watch(context, wrong);
    const page = await context.newPage();
    await page.goto(origin + path);
    await page.getByRole("button", { name: /Masuk|Sign in/ }).click();
    await page.locator(`button[value="${subject}"]`).click();
    await page.locator(".shell").waitFor();
    return (open[subject] = page);
  };
}

// said waits for what the console says in passing.
export const said = (page, text) => page.locator(".said").getByText(text).waitFor();
