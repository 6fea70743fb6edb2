// Opens the page about two plans, from its file, and uses it as its readers do.
//
//   GROUNDWORK_DIFFERENCE        a page; without it one is made from the sample
//   GROUNDWORK_DIFFERENCE_LARGE  a page with 42,010 points; likewise
//   CHROMIUM                     the browser; /usr/bin/chromium without it
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { assertNamed, assertNoSideways, closeAll, contrastOfText, dispose, open, samples, shot, SHOTS } from "./browser.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const ROWS = 20;
let difference, large;

before(() => {
  mkdirSync(SHOTS, { recursive: true });
  const { GROUNDWORK_DIFFERENCE: given, GROUNDWORK_DIFFERENCE_LARGE: given_large } = process.env;
  const sample = given && given_large ? "" : samples();
  difference = resolve(given ?? join(sample, "difference.html"));
  large = resolve(given_large ?? join(sample, "difference-large.html"));
});

afterEach(closeAll);
after(dispose);

const number = (text) => Number(text.replaceAll(",", "").replace("\u2212", "-").replace(/[^0-9.-]/g, ""));
const visible = (page, table) => page.locator(`${table} tbody tr:visible`);
const column = (rows, at) => rows.evaluateAll((rows, at) => rows.map((row) => row.cells[at].textContent), at);

describe("the page about two plans", () => {
  test("gains and losses add up to the change, in every table", async () => {
    const { page, check } = await open(difference);
    const changes = page.locator("#years .changes-table");
    const rows = await changes.locator("tbody:first-of-type tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
    const net = rows.reduce((sum, row) => sum + number(row[5]) - number(row[4]), 0);
    const figure = number(await page.locator(".figure.net .number").textContent());
    assert.ok(Math.abs(net - figure) < 0.001 * rows.length * 2 + 1e-9, `${net} and ${figure}`);
    const provinces = await page.locator("#provinces .changes-table tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
    const persons = provinces.reduce((sum, row) => sum + number(row[1]), 0);
    assert.equal(persons, number(await page.locator(".figure.nearer .number").textContent()));
    assert.equal(await page.locator(".figure.same").count(), 1);
    await check();
  });

  test("long tables show their first rows until somebody asks, and the keyboard goes on there", async () => {
    const { page, check } = await open(difference);
    const all = await page.locator(".moves-table tbody tr").count();
    assert.ok(all > ROWS);
    assert.equal(await visible(page, ".moves-table").count(), ROWS);
    const more = page.locator("#moves .more-rows");
    assert.equal(await more.textContent(), `Show all ${all}`);
    await more.focus();
    await page.keyboard.press("Enter");
    assert.equal(await visible(page, ".moves-table").count(), all);
    assert.equal(await more.isVisible(), false);
    const focused = await page.evaluate(() => [...document.querySelectorAll(".moves-table tbody tr")].indexOf(document.activeElement));
    assert.equal(focused, ROWS, "the first row that was not there has the focus");
    await check();
  });

  test("a table is searched by name, and says how many rows fit", async () => {
    const { page, check } = await open(difference);
    const rows = page.locator(".moves-table tbody tr");
    // Of the rows behind the first ones, the last.
    const [id] = (await rows.last().locator("th .under").textContent()).split(",");
    await page.locator("#find-move").fill(id.toLowerCase());
    assert.equal(await visible(page, ".moves-table").count(), 1);
    assert.equal(await page.locator("#moves [role=status]").textContent(), `1 of ${await rows.count()} rows`);
    await page.locator("#find-move").fill("no such name");
    assert.equal(await visible(page, ".moves-table").count(), 0);
    await page.locator("#find-move").fill("");
    assert.equal(await visible(page, ".moves-table").count(), ROWS);
    assert.equal(await page.locator("#moves [role=status]").textContent(), "");
    await check();
  });

  test("a table is sorted by its headings, with the keyboard", async () => {
    const { page, check } = await open(difference);
    const head = (name) => page.locator(".moves-table thead button", { hasText: name });
    const periods = async (at) => (await page.locator(".moves-table tbody tr").evaluateAll((rows, at) => rows.map((row) => Number(row.cells[at].dataset.sort)), at));
    for (const [name, at] of [["First plan", 1], ["Second plan", 2]]) {
      await head(name).focus();
      await page.keyboard.press("Enter");
      const rising = await periods(at);
      assert.deepEqual(rising, [...rising].sort((a, b) => a - b));
      assert.equal(await page.locator(".moves-table th[aria-sort]").count(), 1);
      assert.equal(await page.locator(".moves-table th[aria-sort=ascending]").textContent(), name);
      await page.keyboard.press("Enter");
      const falling = await periods(at);
      assert.deepEqual(falling, [...falling].sort((a, b) => b - a));
    }
    const gain = page.locator(".places-table").first();
    await gain.locator("thead button", { hasText: "Persons" }).click();
    const persons = (await column(gain.locator("tbody tr"), 1)).map(number);
    assert.deepEqual(persons, [...persons].sort((a, b) => b - a));
    await check();
  });

  test("hostile names are text, everything has a name, and the focus is seen", async () => {
    const { page, check } = await open(difference);
    assert.equal(await page.locator("main script, main img, main iframe").count(), 0);
    assert.equal(await page.locator("h1").count(), 1);
    await assertNamed(page);
    const unnamed = await page.locator("table").evaluateAll((tables) => tables.filter((table) => !table.caption || ![...table.tHead.rows].at(-1).cells[0].scope).length);
    assert.equal(unnamed, 0, "tables have captions and heads");
    const visited = [];
    for (let step = 0; step < 80; step++) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return { name: document.activeElement.id || document.activeElement.className || document.activeElement.textContent.trim().slice(0, 30), outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
      });
      assert.ok(seen.outlined, `focus is seen on ${seen.name}`);
      visited.push(seen.name);
      if (seen.name === "find-place") break;
    }
    assert.equal(visited[0], "skip");
    for (const name of ["find-move", "scroll", "more-rows", "find-place"]) assert.ok(visited.some((one) => one.startsWith(name)), `${name} in ${visited}`);
    await check();
  });

  test("looks well wide and narrow, light and dark, and in forced colours", async () => {
    const { page, check } = await open(difference);
    for (const [name, width, colorScheme, forcedColors] of [
      ["wide", 1280, "light", "none"], ["dark", 1280, "dark", "none"], ["phone", 390, "light", "none"], ["phone-dark", 390, "dark", "none"], ["forced-colours", 1280, "light", "active"],
    ]) {
      await page.emulateMedia({ colorScheme, forcedColors });
      await page.setViewportSize({ width, height: 844 });
      await assertNoSideways(page);
      const contrast = await page.evaluate(contrastOfText);
      assert.ok(contrast.least >= 4.5 || forcedColors === "active", `${name}: text contrast ${contrast.least.toFixed(2)} at ${contrast.where}`);
      // Nearer and farther are told apart on the map, and both from what stays the same.
      const fills = await page.evaluate(() => [0, 1, 2, 3, 4, 5, 6].map((step) => getComputedStyle(document.querySelector(".map-key .step" + step)).fill));
      assert.equal(new Set(fills).size, 7, name);
      // The signs do not shrink with the map.
      const sign = await page.locator(".still .move").first().boundingBox();
      assert.ok(Math.max(sign.width, sign.height) >= 5, `${name}: signs of ${sign.width} px`);
      await shot(page, "difference-" + name, { fullPage: ["wide", "phone"].includes(name) });
    }
    assert.ok((await page.locator(".still .step0, .still .step1, .still .step2").count()) > 0 && (await page.locator(".still .step6, .still .step5, .still .step4").count()) > 0);
    await check();
  });

  test("paper has every row and no controls", async () => {
    const { page, check } = await open(difference);
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator("tbody tr:visible").count(), await page.locator("tbody tr").count());
    assert.equal(await page.locator("input:visible, .more-rows:visible").count(), 0);
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    await page.emulateMedia({ media: "screen" });
    assert.equal(await visible(page, ".moves-table").count(), ROWS);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    writeFileSync(join(SHOTS, "difference.pdf"), pdf);
    assert.ok(pdf.length > 20_000);
    await check();
  });

  test("without scripts every row can be read", async () => {
    const { page, check } = await open(difference, { javaScriptEnabled: false });
    assert.equal(await page.locator("tbody tr:visible").count(), await page.locator("tbody tr").count());
    assert.equal(await page.locator("input:visible").count(), 0);
    assert.equal(await page.locator("svg.still").isVisible(), true);
    await assertNoSideways(page);
    await check();
  });
});

describe("two plans of 42,010 points", () => {
  test("tables are cut and say where the rest is, and the page answers quickly", async (context) => {
    const start = Date.now();
    const { page, check } = await open(large);
    context.diagnostic(`opened in ${Date.now() - start} ms`);
    assert.equal(await page.locator(".moves-table tbody tr").count(), 500);
    assert.match(await page.locator("#moves .listed").textContent(), /and [\d,]+ more: see moved of groundwork compare --json\./);
    assert.equal(await page.locator(".places-table tbody tr").count(), 200);
    const typed = Date.now();
    await page.locator("#find-place").fill("san");
    assert.ok(Date.now() - typed < 1000, `${Date.now() - typed} ms`);
    await assertNoSideways(page);
    await shot(page, "difference-large");
    await check();
  });

  test("fits a telephone", async () => {
    const { page, check } = await open(large, PHONE);
    await assertNoSideways(page);
    const moves = await page.locator(".moves-table").boundingBox();
    assert.ok(moves.width <= 390, `moves are read without scrolling: ${moves.width} px`);
    await check();
  });
});
