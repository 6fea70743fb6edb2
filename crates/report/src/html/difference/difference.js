"use strict";
(() => {
  const ROWS = 20;
  const number = new Intl.NumberFormat("en");
  const collator = new Intl.Collator("en", { numeric: true });
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().normalize("NFC");
  document.documentElement.classList.add("js");

  /** Makes an element with a text. */
  function make(tag, attributes, text) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  }

  // ---- A table: its first rows until somebody asks for all, or searches ----------------------------

  const tables = [];
  let printing = false;

  function table(element) {
    const body = element.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, text: folded(row.textContent) }));
    const part = { element, body, rows, all: rows.length <= ROWS, wanted: "" };
    part.more = make("button", { type: "button", class: "more-rows" }, "");
    part.more.addEventListener("click", () => showAll(part));
    element.parentElement.after(part.more);
    [...headOf(element).cells].forEach((cell, column) => sortable(part, cell, column));
    tables.push(part);
    show(part);
    return part;
  }

  /** Shows the rows that are wanted, and returns how many fit. */
  function show(part) {
    const fit = part.rows.filter(({ text }) => text.includes(part.wanted));
    const most = part.all || part.wanted || printing ? fit.length : ROWS;
    for (const { row } of part.rows) row.hidden = true;
    for (const { row } of fit.slice(0, most)) row.hidden = false;
    part.more.hidden = most >= fit.length;
    part.more.textContent = "Show all " + number.format(part.rows.length);
    return fit.length;
  }

  function showAll(part) {
    const first = part.rows[ROWS].row;
    part.all = true;
    show(part);
    // The button is gone: go on where it led.
    first.setAttribute("tabindex", "-1");
    first.focus();
  }

  /** Returns the headings of the columns; above them may stand those of groups. */
  const headOf = (table) => table.tHead.rows[table.tHead.rows.length - 1];

  // ---- Order ---------------------------------------------------------------------------------------

  function sortable(part, cell, column) {
    const button = make("button", { type: "button" }, cell.textContent);
    cell.replaceChildren(button);
    part.element.classList.add("sortable");
    button.addEventListener("click", () => {
      const falls = cell.getAttribute("aria-sort") ? cell.getAttribute("aria-sort") === "ascending" : cell.classList.contains("n");
      for (const other of headOf(part.element).cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", falls ? "descending" : "ascending");
      sort(part, column, falls);
    });
  }

  function sort(part, column, falls) {
    const keyed = part.rows.map((row, at) => ({ row, at, key: keyOf(row.row.cells[column]) }));
    keyed.sort((a, b) => compare(a.key, b.key, falls ? -1 : 1) || a.at - b.at);
    part.rows = keyed.map(({ row }) => row);
    part.body.append(...part.rows.map(({ row }) => row));
    show(part);
  }

  /** Returns what a cell is sorted by: its number, else its text; null for a number that is not there. */
  function keyOf(cell) {
    if (cell.dataset.sort) return Number(cell.dataset.sort);
    if (!cell.classList.contains("n")) return cell.textContent;
    const digits = cell.textContent.replace("\u2212", "-").replace(/[^0-9.-]/g, "");
    return digits === "" ? null : Number(digits);
  }

  /** Compares keys in a direction; what is not there comes last in both. */
  function compare(a, b, direction) {
    if (a === null || b === null) return (a === null) - (b === null);
    return direction * (typeof a === "number" ? a - b : collator.compare(a, b));
  }

  // ---- Search --------------------------------------------------------------------------------------

  for (const part of document.querySelectorAll(".listed")) {
    const own = [...part.querySelectorAll("table")].map(table);
    const field = part.querySelector("input"), said = part.querySelector("[role=status]");
    if (field) field.addEventListener("input", () => {
      const wanted = folded(field.value.trim());
      let fit = 0, all = 0;
      for (const one of own) { one.wanted = wanted; fit += show(one); all += one.rows.length; }
      said.textContent = wanted ? number.format(fit) + " of " + number.format(all) + " rows" : "";
      hintScrolling();
    });
  }

  // ---- Tables and paper ----------------------------------------------------------------------------

  /** Marks the tables that are wider than the page, so that a reader sees that they scroll. */
  function hintScrolling() {
    for (const box of document.querySelectorAll(".scroll")) box.classList.toggle("wide", box.scrollWidth > box.clientWidth + 1);
  }

  window.addEventListener("resize", hintScrolling);
  window.addEventListener("beforeprint", () => { printing = true; tables.forEach(show); });
  window.addEventListener("afterprint", () => { printing = false; tables.forEach(show); });
  hintScrolling();
})();
