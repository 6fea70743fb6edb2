// Opens reports with the sections that only some programmes have: a price list, promises, and futures. What they show is held
// against the JSON that the commands print.
//
//   GROUNDWORK  the program that makes them; target/release/groundwork without it
//   CHROMIUM    the browser; /usr/bin/chromium without it
//
// The programmes are the four villages of docs/concepts/model.md, so that every search ends at once.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { assertNamed, assertNoSideways, closeAll, contrastOfText, dispose, open, ROOT, SHOTS } from "./browser.mjs";

const PLACES = `id,name,province,lat,lon,population
A,Anju,West,0,10,400
B,"Paektu <b>& Sons</b>",East,0,10.089932,300
C,Chol,East,0,10.197850,200
D,"A village with an uncommonly long name that has to fit beside the others",East,0,10.449660,150
`;
const VILLAGES = `format = 1
name = "Four villages"
kinds = [{ id = "clinic", reach_km = 12 }]
population = { year = 2030, source = "made up" }
`;
const PLAIN = VILLAGES + `packages = [{ id = "clinic", kinds = ["clinic"] }]
quota = { openings = 1 }
`;
const MONEY = VILLAGES + `periods = { first = 2030, count = 2 }
packages = [{ id = "clinic", kinds = ["clinic"], cost = { money = 10 } }]
budgets = [{ resource = "money", amount = [10, 10] }]
floors = [{ province = "West", by = 2030, at_least = 1 }]
`;
const FUTURES = PLAIN + `periods = { first = 2030, count = 2 }
distance = { cut_off_km = 60 }
[scenarios]
objective = "worst-case"
[[scenarios.future]]
name = "all goes <i>well</i>"
[[scenarios.future]]
name = "Paektu is late"
late = [{ sites = ["B"], periods = 1 }]
[[scenarios.future]]
name = "the East grows"
weight = 2
demand = [{ per_cent = 150, province = "East" }]
`;
let priced, prices, promised, replan, futures, table;

before(() => {
  mkdirSync(SHOTS, { recursive: true });
  const program = process.env.GROUNDWORK ?? join(ROOT, "target", "release", "groundwork");
  const made = join(ROOT, "target", "sample-report", "sections");
  rmSync(made, { recursive: true, force: true });
  const run = (...line) => execFileSync(program, line, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const quiet = ["--progress", "none", "--time-limit", "20"];
  const folder = (name, settings, files = {}) => {
    const path = join(made, name);
    mkdirSync(path, { recursive: true });
    for (const [file, text] of Object.entries({ "programme.toml": settings, "places.csv": PLACES, ...files })) writeFileSync(join(path, file), text);
    return path;
  };

  // A alone, of which nobody says that it is best: what the changes bring is known between two numbers.
  priced = folder("prices", MONEY, { "mine.csv": "site,period\nA,2030\n" });
  run("plan", priced, "--from", join(priced, "mine.csv"), ...quiet);
  prices = JSON.parse(run("prices", priced, "--plan", join(priced, "plans", "plan.json"), "--step", "money=10", "--json", ...quiet));
  run("report", priced);
  priced = join(priced, "report.html");

  // Promised: B, D, A. B has failed and C stands, and both others may change.
  promised = folder("promises", PLAIN + "periods = { first = 2030, count = 3 }\n", { "state.csv": "site,state,period\nB,failed,\nC,built,2030\n" });
  run("plan", promised, ...quiet);
  replan = JSON.parse(run("replan", promised, "--state", join(promised, "state.csv"), "--begun-by", "2030", "--changes", "2", "--json", ...quiet));
  run("report", promised, join(promised, "plans", "replan.json"));
  promised = join(promised, "report.html");

  futures = folder("futures", FUTURES);
  table = JSON.parse(run("scenarios", futures, "--json", ...quiet));
  run("report", futures, join(futures, "plans", "together.json"));
  futures = join(futures, "report.html");
});

afterEach(closeAll);
after(dispose);

const grouped = (n) => new Intl.NumberFormat("en").format(n);
/** Person-metres as whole person-km; half of one goes up. */
const kilometres = (metres, round = Math.round) => grouped(round(metres / 1000)).replace("-", "\u2212");
const rowsOf = (page, section) => page.locator(`#${section} tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.firstChild.textContent)));

describe("what each rule costs", () => {
  test("the table has the figures of the list, rounded so that nothing more is promised than is proved", async () => {
    const { page, check } = await open(priced);
    const rows = await rowsOf(page, "prices");
    assert.equal(rows.length, prices.prices.length);
    assert.ok(prices.prices.length >= 2);
    const open_ends = prices.prices.filter((price) => price.gain_at_least !== price.gain_at_most);
    assert.ok(open_ends.length > 0, "the list can tell rounding down from rounding up");
    const signed = (number) => (number > 0 ? "+" : "") + grouped(number).replace("-", "\u2212");
    prices.prices.forEach((price, at) => {
      const exact = price.gain_at_least === price.gain_at_most;
      assert.deepEqual(rows[at].slice(1), [
        kilometres(price.gain_at_least, exact ? Math.round : Math.floor), kilometres(price.gain_at_most, exact ? Math.round : Math.ceil),
        signed(price.access_gained), signed(price.person_years_gained),
      ], price.change);
      assert.ok(rows[at][0].endsWith(": " + price.change), rows[at][0]);
    });
    const said = await page.locator("#prices > p").first().textContent();
    assert.ok(said.includes(`value ${kilometres(prices.value)} and the bound ${kilometres(prices.bound)}, in person-km`), said);
    await check();
  });
});

describe("promised and now", () => {
  test("the table has each site that differs from its promise, with both and the reason", async () => {
    const { page, check } = await open(promised);
    const asked = replan.question.replan;
    const name = new Map(PLACES.trim().split("\n").slice(1).map((line) => [line[0], line.split(",")[1].replaceAll('"', "")]));
    const year = (period) => (period ? String(2029 + period) : "\u2014");
    const period = (list, site) => (list.find((row) => row.site === site) ?? {}).period;
    const expected = ["A", "B", "C", "D"]
      .map((site) => [name.get(site), year(period(asked.promised, site)), year(period(replan.openings, site))])
      .filter(([, before, now]) => before !== now);
    assert.equal(expected.length, 4, "all four differ");
    const rows = await rowsOf(page, "promises");
    assert.deepEqual(rows.map((row) => row.slice(0, 3)).sort(), expected.sort());
    const why = new Map(rows.map((row) => [row[0], row[3]]));
    assert.deepEqual(["A", "B", "C", "D"].map((site) => why.get(name.get(site))), ["changed", "happened: failed", "happened: built", "changed"]);
    const said = await page.locator("#promises > p").first().textContent();
    assert.equal(said, "3 sites were promised, and 0 of them stay as promised. 2 changes of 2 allowed, 0 new, 2 by what happened.");
    // What is promised stands before the map: whoever was promised something looks for that first.
    assert.deepEqual((await page.locator("nav.contents a").allTextContents()).slice(0, 2), ["Promises", "Map"]);
    await check();
  });
});

describe("in each future", () => {
  test("the table has the values of the commands in every future", async () => {
    const { page, check } = await open(futures);
    const lost = (row) => (row.together - row.alone.bound) / row.alone.value;
    const rows = await rowsOf(page, "futures");
    assert.deepEqual(rows.map((row) => [row[0], row[1], row[2], row[3], row[5]]), table.futures.map((row) => [
      row.name, grouped(row.weight), kilometres(row.together), kilometres(row.alone.value), kilometres(row.own_numbers),
    ]));
    rows.forEach((row, at) => {
      const shown = Number(row[4].replace(/[^0-9.]/g, "")) / 100;
      const exact = lost(table.futures[at]);
      assert.ok(shown >= exact - 1e-9 && shown < exact + 0.002, `${row[4]} for ${exact}`);
    });
    assert.match(await page.locator("#futures > p").first().textContent(), /One plan for 3 futures.*makes the worst of these futures best/);
    await check();
  });
});

describe("on every screen", () => {
  for (const [section, file] of [["prices", () => priced], ["promises", () => promised], ["futures", () => futures]]) {
    test(section, async () => {
      const { page, check } = await open(file());
      assert.equal(await page.locator(`nav.contents a[href="#${section}"]`).count(), 1, "it is in the contents");
      const part = page.locator("#" + section);
      assert.equal(await part.locator("table").count(), await part.locator("table caption").count(), "its tables have captions");
      assert.equal(await part.locator("tbody tr > *:first-child:not(th[scope=row])").count(), 0, "each row has its head");
      await assertNamed(page);
      for (const [name, width, colorScheme] of [["wide", 1280, "light"], ["dark", 1280, "dark"], ["phone", 390, "light"], ["phone-dark", 390, "dark"]]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 844 });
        await assertNoSideways(page);
        const contrast = await page.evaluate(contrastOfText);
        assert.ok(contrast.least >= 4.5, `${name}: text contrast ${contrast.least.toFixed(2)} at ${contrast.where}`);
        await part.screenshot({ path: join(SHOTS, `${section}-${name}.png`) });
      }
      await assertScrolledByKeys(page, part.locator(".scroll").first());
      await check();
    });
  }

  test("names are text, on paper and without scripts too", async () => {
    for (const [section, file, name] of [["promises", promised, "Paektu <b>& Sons</b>"], ["futures", futures, "all goes <i>well</i>"]]) {
      const { page, check } = await open(file, { javaScriptEnabled: false });
      assert.equal(await page.locator("main script, main img, main td i, main td b, main th i, main th b").count(), 0);
      assert.ok((await page.locator("#" + section).textContent()).includes(name));
      await assertNoSideways(page);
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator(`#${section} tbody tr:visible`).count(), await page.locator(`#${section} tbody tr`).count());
      await check();
    }
  });
});

/** A table that is wider than a telephone says so, and whoever has no pointer scrolls it with the keys. */
async function assertScrolledByKeys(page, box) {
  await page.evaluate(() => window.dispatchEvent(new Event("resize")));
  await box.focus();
  assert.ok(await box.evaluate((element) => element === document.activeElement));
  if (!(await box.evaluate((element) => element.scrollWidth > element.clientWidth + 1))) return;
  assert.match(await box.evaluate((element) => getComputedStyle(element, "::before").content), /scroll sideways/);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((element) => element.scrollLeft > 0, await box.elementHandle());
  const caption = await box.locator("caption").boundingBox();
  assert.ok(caption.x >= 0 && caption.x + caption.width <= 390, "what the table shows is still read");
}
