// Opens reports that speak of a ledger, with a plan and without, and uses them as their readers do.
//
//   GROUNDWORK  the program that makes them; target/release/groundwork without it
//   CHROMIUM    the browser; /usr/bin/chromium without it
//
// The ledger is that of the shipped example, as it was known on the fourth of December 2025.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { assertNoSideways, closeAll, contrastOfText, dispose, open, ROOT, shot, SHOTS } from "./browser.mjs";

const THEN = ["--as-of", "2025-12-03", "--known-by", "2025-12-04"];
let alone, planned, card;

before(() => {
  mkdirSync(SHOTS, { recursive: true });
  const program = process.env.GROUNDWORK ?? join(ROOT, "target", "release", "groundwork");
  const folder = join(ROOT, "target", "sample-report", "evidence");
  rmSync(folder, { recursive: true, force: true });
  const run = (...line) => {
    try { return execFileSync(program, line, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 26 }); }
    catch (error) { if (error.status !== 6) throw error; }
  };
  run("new", folder, "--example", "prk-20x10");
  run("import", join(folder, "reports.csv"), "--map", join(folder, "import.toml"), "--folder", folder);
  alone = join(folder, "alone.html");
  run("report", folder, ...THEN, "--out", alone);
  card = JSON.parse(run("status", folder, ...THEN, "--json"));
  run("plan", folder, "--work-limit", "20000000", "--progress", "none");
  planned = join(folder, "planned.html");
  run("report", folder, ...THEN, "--out", planned);
});

afterEach(closeAll);
after(dispose);

const cells = (page, rows) => page.locator(rows).evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)));
const inView = (page, id) => page.locator("#" + id).evaluate((element) => { const box = element.getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0; });
const noMotion = { reducedMotion: "reduce" };

describe("the ledger's page", () => {
  test("has the figures of status", async () => {
    const { page, check } = await open(alone);
    for (const batch of ["2024", "2025"]) {
      const group = card.batches.find((one) => one.batch === batch && one.kind === "factories");
      const rows = await page.locator(".batch", { has: page.locator("h3", { hasText: batch + " factories" }) }).locator(".stages-table tbody tr")
        .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)));
      for (const score of group.stages) {
        const row = rows.find(([stage]) => stage === score.stage.replace("-", " "));
        const number = (list) => (list && list.length > 0 ? String(list.length) : "\u2013");
        assert.deepEqual(row.slice(2, 5), [number(score.claimed), number(score.verified), number(score.denied)], batch + " " + score.stage);
      }
    }
    // Of the claimed 40 one was named as completed by then, 19 at a later stage only, and 20 nobody explains.
    const forty = card.reconciliations.find((one) => one.day === "2025-12-03" && one.number === 40);
    assert.deepEqual([forty.matched, forty.further, forty.unexplained], [1, 19, 20]);
    const label = await page.locator(".total", { hasText: "2025-12-03" }).first().locator("svg").getAttribute("aria-label");
    assert.equal(label, "1 named at that stage, 19 at a later stage only, 20 not explained, of 40");
    assert.equal(await page.locator("#alerts .alert").count(), card.alerts.length);
    assert.equal(await page.locator(".milestones-table tbody tr").count(), card.promises.length);
    assert.ok((await page.locator("#ledger").textContent()).includes(card.root.hash));
    await shot(page, "evidence", { fullPage: true });
    await check();
  });

  test("shows the series that is chosen, and no other", async () => {
    const { page, check } = await open(alone);
    const options = await page.locator("#series-choice option").allTextContents();
    assert.ok(options.length > 2 && options[0] === "Places with factories inaugurated, all batches", options[0]);
    assert.equal(await page.locator(".one-series:visible").count(), 1);
    const at = options.indexOf("Places with factories inaugurated, 2024");
    await page.locator("#series-choice").selectOption({ index: at });
    const shown = page.locator(".one-series:visible");
    assert.equal(await shown.count(), 1);
    assert.equal(await shown.locator("h3").textContent(), options[at]);
    assert.ok(await shown.locator("svg.wide").isVisible());
    await shown.locator("details.more summary").click();
    const series = card.series.find((one) => one.batch === "2024" && one.kind === "factories" && one.stage === "inaugurated");
    const rows = await cells(page, ".one-series:not([hidden]) tbody tr");
    assert.deepEqual(rows, series.points.map((p) => [p.day, p.promised, p.claimed, p.verified, p.late, p.late_unverified].map(String)));
    await page.locator("#series").screenshot({ path: join(SHOTS, "evidence-series.png") });
    await check();
  });

  test("draws every facility of the main batches, and leads from it to its place", async () => {
    const { page, check } = await open(alone, noMotion);
    const names = await page.locator("#timeline svg.wide").first().locator(".who").allTextContents();
    assert.equal(names.length, 20);
    assert.equal(new Set(names).size, 20);
    // No name lies on another one.
    const tops = await page.locator("#timeline svg.wide").first().locator(".who").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    tops.slice(1).forEach((top, at) => assert.ok(top - tops[at] > 12));
    await page.locator("#timeline").screenshot({ path: join(SHOTS, "evidence-timeline.png") });
    assert.equal(await page.locator("#entry-72").isVisible(), false);
    await page.locator("#timeline svg.wide a", { hasText: "Songchon" }).first().click();
    assert.equal(new URL(page.url()).hash, "#place-KP0717");
    assert.ok(await page.locator("#entry-72").isVisible());
    assert.ok(await inView(page, "place-KP0717"));
    // Folded again, the same address opens it once more.
    await page.locator(".place", { has: page.locator("#place-KP0717") }).locator("summary").click();
    assert.equal(await page.locator("#entry-72").isVisible(), false);
    await page.locator("#timeline svg.wide a", { hasText: "Songchon" }).first().click();
    assert.ok(await page.locator("#entry-72").isVisible());
    await check();
  });

  test("opens at the address of a place and of an entry", async () => {
    const { page, check } = await open(alone, { hash: "#place-KP0717", ...noMotion });
    assert.ok(await page.locator("#place-KP0717").isVisible() && (await inView(page, "place-KP0717")));
    await shot(page, "evidence-place");
    await check();
    const entry = await open(alone, { hash: "#entry-22", ...noMotion });
    assert.ok(await entry.page.locator("#entry-22").isVisible() && (await inView(entry.page, "entry-22")));
    assert.ok((await entry.page.locator("#entry-22").textContent()).includes("40 places completed"));
    await entry.check();
  });

  test("finds a place by its name, local name or province", async () => {
    const { page, check } = await open(alone);
    const all = await page.locator("#place-list > .place").count();
    for (const [wanted, least, most] of [["songchon", 1, 2], ["\uc131\ucc9c", 1, 2], ["kangwon", 2, 30], ["no such place", 0, 0]]) {
      await page.locator("#place-filter").fill(wanted);
      const shown = await page.locator("#place-list > .place:visible").count();
      assert.ok(shown >= least && shown <= most && shown < all, `${wanted}: ${shown}`);
      assert.equal(await page.locator("#places-filtered").textContent(), `${shown} of ${all}`);
    }
    await check();
  });

  test("without scripts has a series, every entry, and opens at the address of a place", async () => {
    const { page, check } = await open(alone, { javaScriptEnabled: false, hash: "#place-KP0717" });
    assert.ok(await page.locator(".one-series svg.wide").first().isVisible());
    assert.equal(await page.locator("#series-choice").isVisible(), false);
    assert.equal(await page.locator(".entry").count(), card.counted + card.withdrawn);
    assert.ok(await page.locator("#entry-72").isVisible(), "the browser unfolds what an address leads to");
    await check();
  });

  for (const [name, options] of Object.entries({
    light: {}, dark: { colorScheme: "dark" }, phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
    "phone-dark": { colorScheme: "dark", viewport: { width: 400, height: 800 }, hasTouch: true, isMobile: true },
  })) {
    test("can be read: " + name, async () => {
      const { page, check } = await open(alone, { hash: "#place-KP0717", ...options });
      const contrast = await page.evaluate(contrastOfText);
      assert.ok(contrast.least >= 4.5, `text contrast ${contrast.least.toFixed(2)} at ${contrast.where}`);
      await assertNoSideways(page);
      // The letters of charts keep the size of letters.
      const small = await page.locator("#timeline svg:visible text, #series svg:visible text, #totals svg:visible text")
        .evaluateAll((all) => Math.min(...all.map((one) => one.getBoundingClientRect().height)));
      assert.ok(small >= 11, `letters of ${small} px`);
      // Each picture takes seconds: in the dark one shows the colours.
      for (const id of name.includes("dark") ? ["scorecard"] : ["scorecard", "timeline", "totals"]) await page.locator("#" + id).screenshot({ path: join(SHOTS, `evidence-${name}-${id}.png`) });
      await check();
    });
  }

  test("on paper everything is unfolded", async () => {
    const { page, check } = await open(alone);
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator("details.more:not([open]), details.place:not([open])").count(), 0);
    assert.ok(await page.locator("#entry-72").isVisible());
    assert.equal(await page.locator("#series-choice").isVisible(), false);
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator("details.place[open]").count(), 0);
    await check();
  });
});

describe("a page of a plan and a ledger", () => {
  test("leads from the map to what is said of a place", async () => {
    const { page, check } = await open(planned, noMotion);
    await page.locator("#find").fill("Songchon");
    await page.keyboard.press("Enter");
    const link = page.locator("#card a", { hasText: "What is said and seen of it" });
    const entries = await page.locator("#place-KP0717 > .entry").count();
    assert.equal(await link.textContent(), `What is said and seen of it: ${entries} entries`);
    await link.click();
    assert.ok(await page.locator("#entry-72").isVisible() && (await inView(page, "place-KP0717")));
    assert.equal(await page.locator("nav.contents a").evaluateAll((links) => links.filter((a) => !document.getElementById(a.hash.slice(1))).length), 0);
    await check();
  });

  test("keeps what belongs to a plan", async () => {
    const { page, check } = await open(planned);
    for (const id of ["headline", "map", "years", "openings", "proof", "scorecard", "places"]) assert.equal(await page.locator("section#" + id).count(), 1, id);
    await assertNoSideways(page);
    await check();
  });
});
