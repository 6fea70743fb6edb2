// What the tests of the report share: a browser whose every page has a profile of its own, watching for faults, and looks at a page.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, "..", "..");
export const SHOTS = join(HERE, "shots");
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

const left = [];
let browser;

/** Makes the sample pages, unless those of the same program are there, and returns their folder. */
export function samples() {
  const folder = join(ROOT, "target", "sample-report");
  const maker = join(ROOT, "target", "release", "examples", "sample_report");
  // With all crates together, as the program and its tests are built.
  const build = ["build", "--release", "--quiet", "--workspace", "--example", "sample_report"];
  execFileSync("cargo", build, { cwd: ROOT, stdio: "inherit" });
  const written = (file) => (existsSync(file) ? statSync(file).mtimeMs : NaN);
  // The page that is written last.
  const last = join(folder, "difference-large.html");
  if (!(written(last) > written(maker))) execFileSync(maker, [folder], { cwd: ROOT, stdio: "inherit" });
  return folder;
}

/** Closes the pages that a test has opened, also where it failed. */
export async function closeAll() {
  for (const context of left.splice(0)) await context.close();
}

/** Closes the browser. */
export async function dispose() {
  await browser?.close();
  browser = undefined;
}

/** Opens a report, at `hash` where one is given, in a fresh profile and watches for errors, requests and injected scripts. */
export async function open(file, { hash = "", ...options } = {}) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ARGUMENTS });
  const opened = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  left.push(opened);
  const page = await opened.newPage();
  const seen = { faults: [], requests: [] };
  page.on("console", (message) => {
    // Reading pixels is what this test does, not the report.
    const ours = message.text().includes("willReadFrequently");
    if (["error", "warning"].includes(message.type()) && !ours) seen.faults.push(message.text());
  });
  page.on("pageerror", (error) => seen.faults.push(String(error)));
  page.on("dialog", (dialog) => { seen.faults.push("dialog: " + dialog.message()); dialog.dismiss(); });
  page.on("request", (request) => seen.requests.push(request.url()));
  const address = pathToFileURL(file).href;
  await page.goto(address + hash);
  const check = async () => {
    assert.deepEqual(seen.faults, [], "no errors, warnings or dialogs");
    assert.deepEqual(seen.requests.filter((url) => url.split("#")[0] !== address), [], "no request but the file itself");
    if (options.javaScriptEnabled !== false) assert.equal(await page.evaluate(() => window.hacked), undefined, "no injected script ran");
  };
  return { page, check };
}

export const shot = (page, name, options = {}) => page.screenshot({ path: join(SHOTS, name + ".png"), ...options });

export async function assertNoSideways(page) {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(content <= screen, `the page is ${content} px wide on a screen of ${screen} px`);
}

/** Asserts that every control and image has a name, and that ids are unique. */
export async function assertNamed(page) {
  const nameless = await page.evaluate(() => [...document.querySelectorAll("a, button, input, select, [tabindex='0'], svg[role=img]")]
    .filter((element) => !(element.getAttribute("aria-label") || element.textContent.trim() || (element.labels && element.labels.length)))
    .map((element) => element.outerHTML.slice(0, 80)));
  assert.deepEqual(nameless, []);
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((element) => element.id));
  assert.equal(new Set(ids).size, ids.length, "ids are unique");
}

/** Runs in the page: returns the least contrast of any visible text against the background behind it. */
export function contrastOfText() {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (css) => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = css; pen.fillRect(0, 0, 1, 1); return [...pen.getImageData(0, 0, 1, 1).data]; };
  // A page has thousands of elements and a dozen colours.
  const known = new Map(), backs = new Map();
  const rgba = (css) => { if (!known.has(css)) known.set(css, paint(css)); return known.get(css); };
  const luminance = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, part, at) => { const v = c[at] / 255; return sum + part * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0);
  const behind = (element) => {
    if (!element) return [255, 255, 255, 255];
    if (!backs.has(element)) { const colour = rgba(getComputedStyle(element).backgroundColor); backs.set(element, colour[3] > 200 ? colour : behind(element.parentElement)); }
    return backs.get(element);
  };
  let least = 99, where = "";
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("svg, script, style, noscript, .hidden-visually, .skip") || !element.checkVisibility()) continue;
    const text = luminance(rgba(getComputedStyle(element).color)), back = luminance(behind(element));
    const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    if (contrast < least) { least = contrast; where = element.outerHTML.slice(0, 90); }
  }
  return { least, where };
}
