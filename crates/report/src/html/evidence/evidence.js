"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en");
  const ENTRIES_IN_PRINT = 600;
  document.documentElement.classList.add("js");

  // ---- The series shown --------------------------------------------------------------------------

  const series = [...document.querySelectorAll(".one-series")];
  const choice = $("series-choice");

  function showSeries(shown) {
    series.forEach((part, at) => { part.hidden = at !== shown; part.open = at === shown; });
    hintScrolling();
  }

  if (choice) choice.addEventListener("change", () => showSeries(Number(choice.value)));
  if (series.length > 0) showSeries(choice ? Number(choice.value) : 0);

  // ---- Places: one opens when somebody follows its address, from here or from elsewhere ------------

  const places = [...document.querySelectorAll("#place-list > .place")];

  /** Unfolds what an address leads to, and brings it into view. */
  function unfold(target) {
    if (!target) return;
    for (let part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
      part.hidden = false;
    }
    target.scrollIntoView();
    if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
    hintScrolling();
  }

  function followAddress() {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* An address that is no text leads nowhere. */ }
    if (/^(place-|entry-|programme$)/.test(name)) unfold($(name));
  }

  window.addEventListener("hashchange", followAddress);
  // The same address followed again changes no hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) followAddress();
  });

  // ---- Finding a place by name ---------------------------------------------------------------------

  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().normalize("NFC");
  const texts = places.map((place) => folded(place.querySelector("summary").textContent));

  function filter() {
    const wanted = folded($("place-filter").value.trim());
    let shown = 0;
    places.forEach((place, at) => {
      place.hidden = !texts[at].includes(wanted);
      if (!place.hidden) shown++;
    });
    $("places-filtered").textContent = wanted ? number.format(shown) + " of " + number.format(places.length) : "";
  }

  if ($("place-filter")) $("place-filter").addEventListener("input", filter);

  // ---- Tables and paper ------------------------------------------------------------------------------

  /** Marks the tables that are wider than the page, so that a reader sees that they scroll. */
  function hintScrolling() {
    for (const box of document.querySelectorAll(".scroll")) box.classList.toggle("wide", box.scrollWidth > box.clientWidth + 1);
  }

  for (const part of document.querySelectorAll("details.more, details.place")) part.addEventListener("toggle", hintScrolling);
  window.addEventListener("resize", hintScrolling);

  const opened = [];

  window.addEventListener("beforeprint", () => {
    const few = document.querySelectorAll(".entry").length <= ENTRIES_IN_PRINT;
    for (const part of document.querySelectorAll("details.more, details.one-series" + (few ? ", details.place" : ""))) {
      if (!part.open) { opened.push(part); part.open = true; }
    }
  });
  window.addEventListener("afterprint", () => { for (const part of opened.splice(0)) part.open = false; });

  hintScrolling();
  followAddress();
})();
