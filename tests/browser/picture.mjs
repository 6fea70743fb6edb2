// Makes a picture of a part of a report, light and wide. The README's is the map in a middle year; that of the guide the
// first batch of the scorecard.
//   node picture.mjs REPORT.html PICTURE.png [SELECTOR]
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, picture] = process.argv.slice(2, 4).map((path) => resolve(path));
const selector = process.argv[4];
const profile = mkdtempSync(join(tmpdir(), "groundwork-picture-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true,
  viewport: { width: 1180, height: 900 }, colorScheme: "light",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = context.pages()[0] ?? (await context.newPage());
await page.goto(pathToFileURL(report).href);
mkdirSync(dirname(picture), { recursive: true });
if (selector) {
  await page.locator(selector).first().screenshot({ path: picture });
} else {
  const slider = page.locator("input[type=range]").first();
  await slider.evaluate((input) => {
    input.value = String(Number(input.min) + 3);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.waitForTimeout(300);
  await page.locator("section", { has: slider }).first().screenshot({ path: picture });
}
await context.close();
rmSync(profile, { recursive: true, force: true });
