"use strict";
(() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const PLACES = DATA.places;
  const COUNT = PLACES.id.length;
  const PERIODS = DATA.periods.length;
  const EARTH_M = 6371008.8;
  const ROWS_AT_ONCE = 500;
  const ROWS_IN_PRINT = 1500;
  const $ = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en");
  const oneDecimal = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  document.documentElement.classList.add("js");

  // ---- Words -------------------------------------------------------------------------------------

  const kilometres = (metres) => (metres === null || !isFinite(metres) ? "none" : oneDecimal.format(metres / 1000) + "\u00a0km");
  const plural = (n, one, many) => number.format(n) + " " + (n === 1 ? one : many);
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().normalize("NFC");

  function share(part, all) {
    const percent = all > 0 ? (100 * part) / all : 0;
    if (all > 0 && part >= all) return "100\u00a0%";
    if (percent >= 99.95) return "over 99.9\u00a0%";
    if (part > 0 && percent < 0.05) return "under 0.1\u00a0%";
    return oneDecimal.format(percent) + "\u00a0%";
  }

  /** Makes an element; texts become text, never markup. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined) continue;
      if (key === "class") element.className = value;
      else element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  /** Returns the names of a place in other languages, each marked with its language. */
  function localNames(spot) {
    const names = [];
    for (const [language, column] of PLACES.languages) {
      if (column[spot]) names.push(make("span", { lang: language }, column[spot]), " ");
    }
    return names;
  }

  const provinceOf = (spot) => PLACES.provinces[PLACES.province[spot]];
  const personsOf = (spot) => (PLACES.persons[spot] < 0 ? "" : plural(PLACES.persons[spot], "person", "persons"));

  // ---- Geometry: degrees to world units, true to shape at the mean latitude -------------------------

  const [WEST, SOUTH, EAST, NORTH] = DATA.frame;
  const COS = Math.max(0.05, Math.cos((((NORTH + SOUTH) / 2) * Math.PI) / 180));
  const WORLD = { width: Math.max(1e-3, (EAST - WEST) * COS), height: Math.max(1e-3, NORTH - SOUTH) };
  const X = new Float64Array(COUNT);
  const Y = new Float64Array(COUNT);
  const SITE_LON = Float64Array.from(PLACES.lon);
  const SITE_LAT = Float64Array.from(PLACES.lat);
  const EXISTING = new Uint8Array(COUNT);
  const worldX = (lon) => (lon - WEST) * COS;
  const worldY = (lat) => NORTH - lat;
  for (const [spot, lon, lat] of PLACES.moved) { SITE_LON[spot] = lon; SITE_LAT[spot] = lat; }
  for (const spot of PLACES.existing) EXISTING[spot] = 1;
  for (let spot = 0; spot < COUNT; spot++) { X[spot] = worldX(PLACES.lon[spot]); Y[spot] = worldY(PLACES.lat[spot]); }

  /** Holds areas as flat rings with their boxes; `of[spot]` is the area of a spot or -1. */
  const AREAS = readAreas();
  const HAS_AREAS = AREAS.rings.length > 0;
  const BARE = [];
  for (let spot = 0; spot < COUNT; spot++) if (AREAS.of[spot] < 0) BARE.push(spot);

  function readAreas() {
    const areas = { of: new Int32Array(COUNT).fill(-1), spot: [], rings: [], box: [], heart: [] };
    for (const { spot, rings, heart } of DATA.areas) {
      areas.of[spot] = areas.rings.length;
      areas.spot.push(spot);
      areas.heart.push([worldX(heart[0]), worldY(heart[1]), heart[2]]);
      areas.rings.push(rings.map(worldRing));
      areas.box.push(boxOf(areas.rings[areas.rings.length - 1]));
    }
    return areas;
  }

  function worldRing(steps) {
    const points = new Float64Array(steps.length);
    let lon = 0, lat = 0;
    for (let at = 0; at < steps.length; at += 2) {
      lon += steps[at]; lat += steps[at + 1];
      points[at] = worldX(lon / DATA.grid); points[at + 1] = worldY(lat / DATA.grid);
    }
    return points;
  }

  function boxOf(rings) {
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    for (const ring of rings) for (let at = 0; at < ring.length; at += 2) {
      west = Math.min(west, ring[at]); east = Math.max(east, ring[at]);
      north = Math.min(north, ring[at + 1]); south = Math.max(south, ring[at + 1]);
    }
    return [west, north, east, south];
  }

  function trace(path, rings) {
    for (const ring of rings) {
      path.moveTo(ring[0], ring[1]);
      for (let at = 2; at < ring.length; at += 2) path.lineTo(ring[at], ring[at + 1]);
      path.closePath();
    }
  }

  function insideRings(rings, x, y) {
    let inside = false;
    for (const ring of rings) for (let at = 0, last = ring.length - 2; at < ring.length; last = at, at += 2) {
      const y1 = ring[at + 1], y2 = ring[last + 1];
      if (y1 > y !== y2 > y && x < ((ring[last] - ring[at]) * (y - y1)) / (y2 - y1) + ring[at]) inside = !inside;
    }
    return inside;
  }

  /** Sorts the points without an area into square bins, for picking. */
  const BINS = binPoints();

  function binPoints() {
    const across = Math.max(1, Math.ceil(Math.sqrt((BARE.length / 2) * (WORLD.width / WORLD.height))));
    const size = WORLD.width / across + 1e-9;
    const down = Math.max(1, Math.ceil(WORLD.height / size + 1e-9));
    const bin = (spot) => clamp(Math.floor(Y[spot] / size), 0, down - 1) * across + clamp(Math.floor(X[spot] / size), 0, across - 1);
    const start = new Int32Array(across * down + 1);
    for (const spot of BARE) start[bin(spot) + 1]++;
    for (let at = 0; at < across * down; at++) start[at + 1] += start[at];
    const fill = start.slice();
    const items = new Int32Array(BARE.length);
    for (const spot of BARE) items[fill[bin(spot)]++] = spot;
    return { across, down, size, start, items };
  }

  function clamp(value, low, high) { return Math.min(high, Math.max(low, value)); }

  /** Returns metres between a spot and the site of another, as the plan counts them. */
  function metresBetween(from, site) {
    if (from === site && PLACES.own.length > 0 && SITE_LON[site] === PLACES.lon[site] && SITE_LAT[site] === PLACES.lat[site]) return PLACES.own[site];
    const radians = Math.PI / 180;
    const lat1 = PLACES.lat[from] * radians, lat2 = SITE_LAT[site] * radians;
    const dLat = Math.sin((lat2 - lat1) / 2), dLon = Math.sin(((SITE_LON[site] - PLACES.lon[from]) * radians) / 2);
    const h = dLat * dLat + Math.cos(lat1) * Math.cos(lat2) * dLon * dLon;
    return Math.round(2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h))) * DATA.detour);
  }

  // ---- Plans ---------------------------------------------------------------------------------------

  const PLANS = DATA.plans.map(readPlan);

  function readPlan(raw) {
    const period = new Uint16Array(COUNT);
    const fixed = new Uint8Array(COUNT);
    raw.spot.forEach((spot, at) => { period[spot] = raw.period[at]; });
    for (const at of raw.fixed) fixed[raw.spot[at]] = 1;
    // What happens in each period: openings, then upgrades and closures.
    const events = Array.from({ length: PERIODS + 1 }, () => []);
    raw.spot.forEach((spot, at) => { if (raw.period[at] <= PERIODS) events[raw.period[at]].push({ spot, action: 0, pack: raw.package.length > 0 ? raw.package[at] : null }); });
    for (const [spot, when, action, pack] of raw.changes) if (when <= PERIODS) events[when].push({ spot, action, pack });
    const byPeriod = Array.from({ length: PERIODS + 1 }, () => []);
    for (const spot of raw.spot) if (period[spot] <= PERIODS) byPeriod[period[spot]].push(spot);
    const closed = new Map(raw.changes.filter(([, , action]) => action === 2).map(([spot, when]) => [spot, when]));
    return { ...raw, period, fixed, byPeriod, events, closed, paths: null };
  }

  const PACKAGES = DATA.packages;
  const packageOf = (event) => (event.pack === null || PACKAGES.length === 0 ? "" : PACKAGES[event.pack]);

  /** Who is served where in the report's own plan: rows by period and site, and by period and place. */
  const SERVED = readServed();

  function readServed() {
    const raw = DATA.served;
    if (!raw) return null;
    const empty = () => Array.from({ length: PERIODS + 1 }, () => new Map());
    const index = { kinds: raw.kinds, bySite: empty(), byPlace: empty() };
    const add = (map, key, row) => { if (map.has(key)) map.get(key).push(row); else map.set(key, [row]); };
    raw.site.forEach((site, at) => {
      const row = { site, place: raw.place[at], kind: raw.kind[at], persons: raw.persons[at] };
      if (raw.period[at] > PERIODS) return;
      add(index.bySite[raw.period[at]], site, row);
      add(index.byPlace[raw.period[at]], row.place, row);
    });
    return index;
  }

  /** Returns the rows of who is served by a site in the period shown; none for other plans than the first. */
  const servedBy = (spot) => (SERVED && state.plan === 0 && SERVED.bySite[state.period].get(spot)) || [];
  const servedFrom = (spot) => (SERVED && state.plan === 0 && SERVED.byPlace[state.period].get(spot)) || [];

  /** Returns one outline a period with all areas that open in it. */
  function areaPaths(plan) {
    if (plan.paths === null) {
      plan.paths = plan.byPeriod.map((spots) => {
        const path = new Path2D();
        for (const spot of spots) if (AREAS.of[spot] >= 0) trace(path, AREAS.rings[AREAS.of[spot]]);
        return path;
      });
    }
    return plan.paths;
  }

  const state = { plan: 0, period: PERIODS, over: -1, kept: -1, playing: 0, keyboard: false };
  const plan = () => PLANS[state.plan];

  /** Returns the nearest site that is open in the period shown, with its distance. */
  function nearestOpen(spot) {
    let best = -1, metres = Infinity;
    const consider = (site) => {
      if (plan().closed.has(site) && plan().closed.get(site) <= state.period) return;
      const away = metresBetween(spot, site);
      if (away < metres || (away === metres && site < best)) { best = site; metres = away; }
    };
    for (const site of PLACES.existing) consider(site);
    for (let period = 1; period <= state.period; period++) plan().byPeriod[period].forEach(consider);
    return DATA.cutOff !== null && metres > DATA.cutOff ? { site: -1, metres: Infinity } : { site: best, metres };
  }

  // ---- Map: a ground layer that stays while the slider moves, and the open sites above it -------------

  const surface = $("surface");
  const canvas = $("canvas");
  const screen = canvas.getContext("2d");
  const ground = document.createElement("canvas");
  const view = { width: 0, height: 0, ratio: 1, scale: 1, fit: 1, middle: 0, x: WORLD.width / 2, y: WORLD.height / 2 };
  const people = Math.max(1, DATA.people);
  let theme = null;
  let groundStale = true;
  let frameAsked = false;

  function readTheme() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const forced = matchMedia("(forced-colors: active)").matches;
    const probe = getComputedStyle(document.body);
    theme = {
      ramp: dark ? DATA.dark : DATA.light,
      none: colour("--none"), noneDot: colour("--none-dot"), edge: colour("--edge"),
      ink: forced ? probe.color : colour("--ink"), soft: forced ? probe.color : colour("--soft"), paper: forced ? probe.backgroundColor : colour("--paper"),
      font: probe.fontFamily,
    };
    theme.inks = theme.ramp.map(inkOn);
  }

  function inkOn(hex) {
    const linear = (at) => { const c = parseInt(hex.slice(at, at + 2), 16) / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5) > 0.179 ? "#000000" : "#ffffff";
  }

  const sx = (x) => (x - view.x) * view.scale + view.width / 2;
  const sy = (y) => (y - view.y) * view.scale + view.height / 2;
  const wx = (x) => (x - view.width / 2) / view.scale + view.x;
  const wy = (y) => (y - view.height / 2) / view.scale + view.y;

  function measure() {
    // The note stands above the country and the credits below it; a wide country needs less height
    // than the style sheet allows.
    surface.style.height = "";
    const allowed = surface.getBoundingClientRect();
    if (allowed.width < 2 || allowed.height < 2) return;
    const above = Math.max(38, heightOf(".cells-note") + 8), below = Math.max(14, heightOf(".credits") + 8);
    const margin = Math.min(26, allowed.width * 0.04);
    const needed = Math.max(280, ((allowed.width - 2 * margin) * WORLD.height) / WORLD.width + above + below);
    if (needed < allowed.height) surface.style.height = needed + "px";
    const box = surface.getBoundingClientRect();
    const whole = view.width === 0 || Math.abs(view.scale - view.fit) < 1e-9;
    view.width = box.width; view.height = box.height; view.ratio = Math.min(2, window.devicePixelRatio || 1);
    for (const sheet of [canvas, ground]) { sheet.width = Math.round(view.width * view.ratio); sheet.height = Math.round(view.height * view.ratio); }
    view.fit = Math.min((view.width - 2 * margin) / WORLD.width, (view.height - above - below) / WORLD.height);
    view.middle = (above - below) / 2 / view.fit;
    if (whole) showAll(); else setView(view.x, view.y, view.scale);
  }

  function heightOf(selector) {
    const element = document.querySelector(".view " + selector);
    return element ? element.offsetHeight : 0;
  }

  function setView(x, y, scale) {
    view.scale = clamp(scale, view.fit, view.fit * (HAS_AREAS ? 24 : 60));
    view.x = clamp(x, 0, WORLD.width); view.y = clamp(y, -view.middle, WORLD.height);
    surface.classList.toggle("zoomed", view.scale > view.fit * 1.001);
    $("tip").hidden = true;
    groundStale = true;
    ask();
  }

  function showAll() { setView(WORLD.width / 2, WORLD.height / 2 - view.middle, view.fit); }

  function zoomAt(px, py, factor) {
    const x = wx(px), y = wy(py);
    const scale = clamp(view.scale * factor, view.fit, view.fit * (HAS_AREAS ? 24 : 60));
    setView(x - (px - view.width / 2) / scale, y - (py - view.height / 2) / scale, scale);
  }

  function ask() {
    if (frameAsked) return;
    frameAsked = true;
    requestAnimationFrame(() => { frameAsked = false; draw(); });
  }

  /** Draws the map now. */
  function draw() {
    if (view.width === 0) return;
    if (groundStale) { drawGround(); groundStale = false; }
    plainPixels(screen);
    screen.drawImage(ground, 0, 0);
    toScreen(screen);
    if (HAS_AREAS) drawOpenAreas();
    drawStanding();
    drawOpenPoints();
    drawMarks();
    drawChosen();
  }

  function plainPixels(context) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
  }

  function toScreen(context) { context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0); }

  function toWorld(context) {
    const k = view.scale * view.ratio;
    context.setTransform(k, 0, 0, k, (view.width / 2 - view.x * view.scale) * view.ratio, (view.height / 2 - view.y * view.scale) * view.ratio);
  }

  let allAreas = null;

  function drawGround() {
    const context = ground.getContext("2d");
    plainPixels(context);
    if (HAS_AREAS) {
      if (allAreas === null) { allAreas = new Path2D(); for (const rings of AREAS.rings) trace(allAreas, rings); }
      toWorld(context);
      context.fillStyle = theme.none;
      context.fill(allAreas, "evenodd");
      context.strokeStyle = theme.edge; context.lineWidth = 1 / view.scale; context.lineJoin = "round";
      context.stroke(allAreas);
    }
    toScreen(context);
    context.fillStyle = theme.noneDot;
    dots(context, BARE, 0.55, 0);
  }

  /** Returns the radius of a point in pixels: its area grows with the persons who live there. */
  function radius(spot, floor) {
    const grown = Math.sqrt(view.scale / view.fit);
    const ink = (0.05 * WORLD.width * WORLD.height * view.fit * view.fit) / Math.PI;
    return clamp(Math.sqrt((ink * Math.max(0, PLACES.persons[spot])) / people), floor, 15) * grown;
  }

  /** Fills one dot a spot, in one path; small dots are squares, which draw faster and look alike. */
  function dots(context, spots, floor, halo) {
    context.beginPath();
    for (const spot of spots) {
      const x = sx(X[spot]), y = sy(Y[spot]);
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      const r = radius(spot, floor) + halo;
      if (r < 1.6) context.rect(x - r * 0.89, y - r * 0.89, r * 1.78, r * 1.78);
      else { context.moveTo(x + r, y); context.arc(x, y, r, 0, 6.2832); }
    }
    context.fill();
  }

  function drawOpenAreas() {
    const paths = areaPaths(plan());
    toWorld(screen);
    screen.lineJoin = "round";
    for (let period = 1; period <= state.period; period++) {
      screen.fillStyle = theme.ramp[period - 1];
      screen.fill(paths[period], "evenodd");
      screen.strokeStyle = theme.edge; screen.lineWidth = 1 / view.scale;
      screen.stroke(paths[period]);
    }
    screen.strokeStyle = theme.ink; screen.lineWidth = 2.2 / view.scale;
    screen.stroke(paths[state.period]);
    toScreen(screen);
  }

  const bareByPlan = new Map();

  function barePoints() {
    if (!bareByPlan.has(state.plan)) {
      const points = plan().byPeriod.map((spots) => spots.filter((spot) => AREAS.of[spot] < 0).sort((a, b) => PLACES.persons[b] - PLACES.persons[a]));
      bareByPlan.set(state.plan, points);
    }
    return bareByPlan.get(state.plan);
  }

  function drawOpenPoints() {
    const points = barePoints();
    const floor = BARE.length > 3000 ? 2.4 : 3.2;
    for (let period = 1; period <= state.period; period++) {
      if (points[period].length === 0) continue;
      screen.fillStyle = period === state.period ? theme.ink : theme.paper;
      dots(screen, points[period], floor, period === state.period ? 1.6 : 0.7);
      screen.fillStyle = theme.ramp[period - 1];
      dots(screen, points[period], floor, 0);
    }
  }

  /** Draws the existing facilities as hollow squares, beneath the openings; smaller where there are many. */
  function drawStanding() {
    const grown = Math.sqrt(view.scale / view.fit);
    const side = clamp(60 / Math.sqrt(Math.max(1, PLACES.existing.length)), 2.6, 8) * Math.min(grown, 3);
    screen.beginPath();
    for (const spot of PLACES.existing) {
      const x = sx(worldX(SITE_LON[spot])), y = sy(worldY(SITE_LAT[spot]));
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      screen.rect(x - side / 2, y - side / 2, side, side);
    }
    screen.strokeStyle = theme.soft; screen.lineWidth = clamp(side / 6, 0.8, 1.5); screen.lineJoin = "miter";
    screen.stroke();
  }

  /** Draws the year's digits where there is room, and the sign of a fixed opening. */
  function drawMarks() {
    screen.textAlign = "center"; screen.textBaseline = "middle";
    for (let period = 1; period <= state.period; period++) {
      for (const spot of plan().byPeriod[period]) drawMark(spot, period);
    }
  }

  function drawMark(spot, period) {
    const [worldX, worldY, room] = heartOf(spot);
    const x = sx(worldX), y = sy(worldY);
    if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) return;
    const fixed = plan().fixed[spot] === 1;
    screen.fillStyle = theme.inks[period - 1];
    if (room < (fixed ? 10 : 7)) { if (fixed && room >= 2.4) diamond(x, y, Math.min(3.2, room * 0.75)); return; }
    const size = fixed ? clamp((2 * room - 8) / 1.35, 8.5, 14) : clamp(room / 0.85, 8.5, 14);
    screen.font = (period === state.period ? "700 " : "400 ") + size + "px " + theme.font;
    if (fixed) diamond(x - size * 0.58 - 1.5, y, 3);
    screen.fillText(DATA.digits[period - 1], x + (fixed ? 4 : 0), y + 0.5);
  }

  /** Returns where the label of a spot sits, and the room around it in pixels. */
  function heartOf(spot) {
    const area = AREAS.of[spot];
    if (area < 0) return [X[spot], Y[spot], radius(spot, 2.4) * 0.9];
    const [x, y, room] = AREAS.heart[area];
    return [x, y, room * view.scale];
  }

  function diamond(x, y, r) {
    screen.beginPath();
    screen.moveTo(x, y - r); screen.lineTo(x + r, y); screen.lineTo(x, y + r); screen.lineTo(x - r, y);
    screen.closePath(); screen.fill();
  }

  /** Draws the way from the place pointed at or kept to its nearest open site. */
  function drawChosen() {
    if (state.keyboard) crosshair();
    const spot = state.over >= 0 ? state.over : state.kept;
    if (spot < 0) return;
    const rows = [...servedBy(spot), ...servedFrom(spot)];
    const { site } = nearestOpen(spot);
    if (rows.length > 0) lines(rows);
    else if (site >= 0 && site !== spot) way(spot, site);
    outline(spot);
  }

  /** Draws a line from each place to the site that serves it, the wider the more people go. */
  function lines(rows) {
    const pairs = new Map();
    for (const { place, site, persons } of rows) {
      const key = place * COUNT + site;
      pairs.set(key, Math.max(persons, pairs.get(key) || 0));
    }
    const most = Math.max(...pairs.values());
    for (const [colour, more] of [[theme.paper, 2.4], [theme.ink, 0]]) {
      screen.strokeStyle = colour;
      for (const [key, persons] of pairs) {
        const place = Math.floor(key / COUNT), site = key % COUNT;
        if (place === site) continue;
        screen.lineWidth = 0.8 + 3.2 * Math.sqrt(persons / most) + more;
        screen.beginPath();
        screen.moveTo(sx(X[place]), sy(Y[place]));
        screen.lineTo(sx(worldX(SITE_LON[site])), sy(worldY(SITE_LAT[site])));
        screen.stroke();
      }
    }
  }

  function way(spot, site) {
    const from = [sx(X[spot]), sy(Y[spot])], to = [sx(worldX(SITE_LON[site])), sy(worldY(SITE_LAT[site]))];
    for (const [colour, width] of [[theme.paper, 4], [theme.ink, 1.8]]) {
      screen.strokeStyle = colour; screen.lineWidth = width;
      screen.beginPath(); screen.moveTo(...from); screen.lineTo(...to); screen.stroke();
      screen.beginPath(); screen.arc(to[0], to[1], 4.5, 0, 6.2832); screen.stroke();
    }
  }

  function outline(spot) {
    const area = AREAS.of[spot];
    for (const [colour, width] of [[theme.paper, 5], [theme.ink, 2.6]]) {
      screen.strokeStyle = colour;
      if (area >= 0) {
        const path = new Path2D();
        trace(path, AREAS.rings[area]);
        toWorld(screen); screen.lineWidth = width / view.scale; screen.stroke(path); toScreen(screen);
      } else {
        screen.lineWidth = width;
        screen.beginPath(); screen.arc(sx(X[spot]), sy(Y[spot]), Math.max(6, radius(spot, 2) + 3), 0, 6.2832); screen.stroke();
      }
    }
  }

  function crosshair() {
    const x = view.width / 2, y = view.height / 2;
    for (const [colour, width] of [[theme.paper, 4], [theme.ink, 1.5]]) {
      screen.strokeStyle = colour; screen.lineWidth = width;
      screen.beginPath();
      screen.moveTo(x - 11, y); screen.lineTo(x - 3, y); screen.moveTo(x + 3, y); screen.lineTo(x + 11, y);
      screen.moveTo(x, y - 11); screen.lineTo(x, y - 3); screen.moveTo(x, y + 3); screen.lineTo(x, y + 11);
      screen.stroke();
    }
  }

  /** Returns the spot at a point of the screen, or -1; `slack` pixels may lie between. */
  function pick(px, py, slack) {
    const point = pickPoint(px, py, slack);
    return point >= 0 ? point : pickArea(wx(px), wy(py));
  }

  function pickArea(x, y) {
    for (let at = 0; at < AREAS.box.length; at++) {
      const [west, north, east, south] = AREAS.box[at];
      if (x >= west && x <= east && y >= north && y <= south && insideRings(AREAS.rings[at], x, y)) return AREAS.spot[at];
    }
    return -1;
  }

  function pickPoint(px, py, slack) {
    const x = wx(px), y = wy(py), reach = (slack + 15 * Math.sqrt(view.scale / view.fit)) / view.scale;
    const column = (value) => clamp(Math.floor(value / BINS.size), 0, BINS.across - 1);
    const row = (value) => clamp(Math.floor(value / BINS.size), 0, BINS.down - 1);
    let best = -1, least = slack;
    for (let r = row(y - reach); r <= row(y + reach); r++) {
      const first = BINS.start[r * BINS.across + column(x - reach)], last = BINS.start[r * BINS.across + column(x + reach) + 1];
      for (let at = first; at < last; at++) {
        const spot = BINS.items[at];
        const open = plan().period[spot] > 0 && plan().period[spot] <= state.period;
        const away = Math.hypot(X[spot] - x, Y[spot] - y) * view.scale - (open ? radius(spot, 2.4) + 3 : radius(spot, 0.6));
        if (away < least) { least = away; best = spot; }
      }
    }
    return best;
  }

  // ---- What stands beside the map ----------------------------------------------------------------------

  function showYear() {
    const at = state.period - 1, shown = plan();
    $("year").textContent = DATA.periods[at];
    $("year").classList.toggle("long", DATA.periods[at].length > 5);
    $("now-access").textContent = number.format(shown.access[at] || 0);
    $("now-share").textContent = share(shown.access[at] || 0, DATA.peopleIn[at]) + " of " + number.format(DATA.peopleIn[at]);
    $("now-mean").textContent = kilometres(shown.mean[at]);
    $("now-worst").textContent = distanceWords(shown, at);
    $("now-open").textContent = number.format(shown.open[at] || 0);
    $("now-new").textContent = number.format(shown.opened[at] || 0) + " new in this " + DATA.step;
    $("now-against").textContent = against(at);
    const slider = $("slider");
    slider.value = String(state.period);
    slider.setAttribute("aria-valuetext", DATA.periods[at]);
    [...$("swatches").children].forEach((swatch, position) => {
      swatch.classList.toggle("later", position > at);
      swatch.classList.toggle("now", position === at);
    });
  }

  /** Says how far the farthest place is, and whom mean and farthest distance leave out. */
  function distanceWords(shown, at) {
    const farthest = "farthest place " + kilometres(shown.worst[at]);
    if (!(shown.unserved[at] > 0)) return farthest;
    return farthest + ", both of those with a site" + DATA.within + ". Without any site" + DATA.within + ": " + plural(shown.unserved[at], "person", "persons");
  }

  /** Says how the plan shown differs from the report's own plan in this period. */
  function against(at) {
    if (state.plan === 0) return DATA.refused ? "\u2717 The checker refused this plan: these figures are its own claims." : "";
    const difference = (plan().access[at] || 0) - (PLANS[0].access[at] || 0);
    if (difference === 0) return "As many people as in \u201c" + PLANS[0].label + "\u201d.";
    return number.format(Math.abs(difference)) + (difference < 0 ? " fewer" : " more") + " people with access than in \u201c" + PLANS[0].label + "\u201d.";
  }

  let spokenTimer = 0;

  /** Tells a screen reader, when the reader has stopped moving. */
  function speak(text) {
    clearTimeout(spokenTimer);
    spokenTimer = setTimeout(() => { $("spoken").textContent = text; }, 350);
  }

  function speakYear() {
    speak(DATA.periods[state.period - 1] + ": " + $("now-access").textContent + " people with access, " + $("now-share").textContent +
      ". Mean distance " + $("now-mean").textContent + ", " + $("now-worst").textContent + ". " + $("now-open").textContent + " sites open.");
  }

  function showCard() {
    const spot = state.over >= 0 ? state.over : state.kept;
    if (spot < 0) return;
    const rows = PLANS.map((shown) => make("div", {}, make("dt", {}, shown.label), make("dd", {}, openingWords(shown, spot))));
    $("card").replaceChildren(
      make("h3", {}, PLACES.name[spot], " ", make("span", { class: "local" }, ...localNames(spot))),
      make("p", { class: "explained" }, [provinceOf(spot), personsOf(spot), PLACES.id[spot]].filter(Boolean).join(" \u00b7 ")),
      make("dl", {}, ...rows),
      make("p", { class: "nearest" }, nearestWords(spot)),
      ...saidOf(spot),
      ...servedParts(spot),
    );
  }

  /** Returns a link to what the ledger says of a place, where the page has any of it. */
  function saidOf(spot) {
    const marked = (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase();
    const anchor = "place-" + encodeURIComponent(PLACES.id[spot]).replace(/[!'()*~]/g, marked).replace(/%/g, "~");
    const entries = document.querySelectorAll("#" + CSS.escape(anchor) + " > .entry").length;
    if (entries === 0) return [];
    return [make("p", { class: "nearest" }, make("a", { href: "#" + anchor }, "What is said and seen of it: " + plural(entries, "entry", "entries")))];
  }

  /** Returns who is served at a site, and where the people of a place go, in the period shown. */
  function servedParts(spot) {
    const parts = [];
    const year = DATA.periods[state.period - 1];
    const part = (rows, other, title) => {
      if (rows.length === 0) return;
      const lists = SERVED.kinds.map((label, kind) => {
        const own = rows.filter((row) => row.kind === kind).sort((a, b) => b.persons - a.persons);
        if (own.length === 0) return null;
        const names = own.slice(0, 5).map((row) => PLACES.name[row[other]] + " " + number.format(row.persons));
        if (own.length > 5) names.push("and " + number.format(own.length - 5) + " more");
        return make("p", { class: "served" }, make("b", {}, label + ": "), names.join("; "));
      });
      parts.push(make("h4", {}, title + year), ...lists.filter(Boolean));
    };
    part(servedBy(spot), "place", "Serves in ");
    part(servedFrom(spot).filter((row) => row.site !== spot), "site", "Its people also go to, in ");
    return parts;
  }

  function openingWords(shown, spot) {
    if (EXISTING[spot]) return "\u25a1 exists already" + changeWords(shown, spot);
    const period = shown.period[spot];
    if (period === 0) return "does not open";
    return (shown.fixed[spot] ? "\u25c6 fixed, " : "") + DATA.periods[period - 1] + changeWords(shown, spot);
  }

  /** Says with which package a site opens, and what becomes of it later. */
  function changeWords(shown, spot) {
    const at = shown.spot.indexOf(spot);
    const name = (pack) => (pack === null || pack === undefined ? "" : PACKAGES[pack]);
    let said = at >= 0 && shown.package.length > 0 ? ", " + name(shown.package[at]) : "";
    for (const [changed, period, action, pack] of shown.changes) {
      if (changed !== spot) continue;
      said += action === 1 ? "; " + DATA.periods[period - 1] + " turns to " + name(pack) : "; " + DATA.periods[period - 1] + " closes";
    }
    return said;
  }

  function nearestWords(spot) {
    const { site, metres } = nearestOpen(spot);
    const year = DATA.periods[state.period - 1];
    if (site < 0) return "In " + year + ": no open site within the distance that counts.";
    const where = site === spot ? "in the place itself" : "in " + PLACES.name[site];
    return "In " + year + ": nearest open site " + where + ", " + kilometres(metres) + accessWords(metres) + ".";
  }

  /** Says to which kinds somebody has access whose nearest open site is so far. */
  function accessWords(metres) {
    const near = DATA.kinds.filter(([, reach]) => metres <= reach);
    if (DATA.kinds.length === 0) return "";
    if (near.length === DATA.kinds.length) return "; with access";
    return near.length === 0 ? "; without access" : "; with access only to " + near.map(([label]) => label).join(", ");
  }

  function speakPlace(spot) {
    const names = [PLACES.name[spot], provinceOf(spot), personsOf(spot)].filter(Boolean).join(", ");
    speak(names + ". " + PLANS.map((shown) => shown.label + ": " + openingWords(shown, spot)).join(". ") + ". " + nearestWords(spot));
  }

  function showTip(px, py) {
    const tip = $("tip");
    if (state.over < 0) { tip.hidden = true; return; }
    tip.replaceChildren(make("b", {}, PLACES.name[state.over]), " \u00b7 " + openingWords(plan(), state.over));
    tip.hidden = false;
    const left = px + 14 + tip.offsetWidth > view.width ? px - tip.offsetWidth - 10 : px + 14;
    tip.style.transform = "translate(" + Math.max(2, left) + "px," + clamp(py - 34, 2, view.height - 30) + "px)";
  }

  // ---- Changes -------------------------------------------------------------------------------------------

  function setPeriod(period) {
    state.period = clamp(Math.round(period), 1, PERIODS);
    showYear(); showCard(); speakYear(); ask();
  }

  function setPlan(at) {
    state.plan = at;
    document.querySelectorAll("input[name=plan]").forEach((input) => { input.checked = Number(input.value) === at; });
    if ($("table-plan")) $("table-plan").value = String(at);
    showYear(); showCard(); speakYear(); ask(); listOpenings();
  }

  function keep(spot) {
    state.kept = spot;
    if (spot >= 0) { showCard(); speakPlace(spot); }
    ask();
  }

  function hover(spot) {
    if (spot === state.over) return;
    state.over = spot;
    surface.classList.toggle("over", spot >= 0);
    showCard(); ask();
  }

  function play() {
    if (state.playing) { stop(); return; }
    if (state.period === PERIODS) setPeriod(1);
    state.playing = setInterval(() => { setPeriod(state.period + 1); if (state.period === PERIODS) stop(); }, PERIODS > 20 ? 500 : 1100);
    playLooks("\u275a\u275a", "Pause", "true");
  }

  function stop() {
    clearInterval(state.playing);
    state.playing = 0;
    playLooks("\u25b6", "Play", "false");
  }

  function playLooks(sign, word, pressed) {
    $("play-sign").textContent = sign; $("play-word").textContent = word; $("play").setAttribute("aria-pressed", pressed);
  }

  // ---- Pointer, wheel and keys on the map -------------------------------------------------------------------

  const pointers = new Map();
  let dragged = 0;
  let pinch = 0;

  function at(event) {
    const box = surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function pointerDown(event) {
    if (event.button > 0) return;
    state.keyboard = false;
    pointers.set(event.pointerId, at(event));
    surface.setPointerCapture(event.pointerId);
    dragged = pointers.size > 1 ? 99 : 0;
    pinch = pointers.size === 2 ? spread() : 0;
  }

  function spread() { const [a, b] = [...pointers.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]); }

  function pointerMove(event) {
    const now = at(event), before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") { hover(pick(now[0], now[1], 8)); showTip(...now); }
      return;
    }
    pointers.set(event.pointerId, now);
    if (pointers.size === 2) { pinchMove(); return; }
    dragged += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (dragged < 4) return;
    $("tip").hidden = true;
    surface.classList.add("dragging");
    setView(view.x - (now[0] - before[0]) / view.scale, view.y - (now[1] - before[1]) / view.scale, view.scale);
  }

  function pinchMove() {
    const [a, b] = [...pointers.values()], apart = spread();
    if (pinch > 0 && apart > 0) zoomAt((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, apart / pinch);
    pinch = apart;
  }

  function pointerUp(event) {
    if (!pointers.delete(event.pointerId)) return;
    surface.classList.remove("dragging");
    if (dragged < 4 && event.type === "pointerup") {
      const spot = pick(...at(event), event.pointerType === "mouse" ? 8 : 16);
      state.over = spot;
      keep(spot);
      showTip(...at(event));
    }
  }

  let hintTimer = 0;

  /** The wheel zooms a map that has the focus, or with Ctrl; else it scrolls the page. */
  function wheel(event) {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== surface) {
      const hint = $("hint");
      hint.textContent = "Click the map, or hold Ctrl, to zoom with the wheel";
      hint.hidden = false;
      clearTimeout(hintTimer);
      hintTimer = setTimeout(() => { hint.hidden = true; }, 1200);
      return;
    }
    event.preventDefault();
    const step = event.deltaMode === 1 ? event.deltaY * 18 : event.deltaY;
    zoomAt(...at(event), Math.exp(-clamp(step, -240, 240) * (event.ctrlKey ? 0.01 : 0.0022)));
  }

  const KEYS = {
    ArrowLeft: () => move(-1, 0), ArrowRight: () => move(1, 0), ArrowUp: () => move(0, -1), ArrowDown: () => move(0, 1),
    "+": () => zoomAt(view.width / 2, view.height / 2, 1.5), "=": () => zoomAt(view.width / 2, view.height / 2, 1.5),
    "-": () => zoomAt(view.width / 2, view.height / 2, 1 / 1.5), "_": () => zoomAt(view.width / 2, view.height / 2, 1 / 1.5),
    0: showAll,
    Enter: () => keep(pick(view.width / 2, view.height / 2, 24)),
    Escape: () => { state.keyboard = false; state.over = -1; keep(-1); },
  };

  function move(dx, dy) {
    const step = (Math.min(view.width, view.height) * 0.08) / view.scale;
    state.keyboard = true;
    setView(view.x + dx * step, view.y + dy * step, view.scale);
    const spot = pick(view.width / 2, view.height / 2, 24);
    state.over = spot;
    showCard();
    if (spot >= 0) speakPlace(spot);
  }

  function mapKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  }

  // ---- Finding a place by name ---------------------------------------------------------------------------------

  let searchTexts = null;
  const found = { spots: [], at: -1 };

  /** Returns one lower-case text a place, with all its names. */
  function texts() {
    if (searchTexts === null) {
      searchTexts = PLACES.name.map((name, spot) =>
        folded([name, ...PLACES.languages.map(([, column]) => column[spot]), provinceOf(spot), PLACES.id[spot]].join("\n")));
    }
    return searchTexts;
  }

  function find() {
    const wanted = folded($("find").value.trim());
    found.spots = []; found.at = -1;
    if (wanted) {
      const first = [], later = [];
      texts().forEach((text, spot) => { const place = text.indexOf(wanted); if (place === 0) first.push(spot); else if (place > 0) later.push(spot); });
      const large = (a, b) => PLACES.persons[b] - PLACES.persons[a];
      found.spots = [...first.sort(large), ...later.sort(large)].slice(0, 8);
    }
    listFound();
  }

  function listFound() {
    const items = found.spots.map((spot, position) => {
      const item = make("li", { id: "found-" + position, role: "option", "aria-selected": String(position === found.at) },
        PLACES.name[spot], " ", ...localNames(spot), make("span", { class: "under" }, [provinceOf(spot), personsOf(spot)].filter(Boolean).join(" \u00b7 ")));
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(spot); });
      return item;
    });
    $("found").replaceChildren(...items);
    $("found").hidden = items.length === 0;
    $("find").setAttribute("aria-expanded", String(items.length > 0));
    if (found.at >= 0) $("find").setAttribute("aria-activedescendant", "found-" + found.at);
    else $("find").removeAttribute("aria-activedescendant");
  }

  function choose(spot) {
    found.spots = []; found.at = -1;
    $("find").value = PLACES.name[spot];
    listFound();
    state.over = -1;
    setView(X[spot], Y[spot], Math.max(view.scale, view.fit * (HAS_AREAS ? 2.5 : 8)));
    keep(spot);
  }

  function findKey(event) {
    const count = found.spots.length;
    if (event.key === "Escape") { found.spots = []; listFound(); return; }
    if (count === 0) return;
    if (event.key === "ArrowDown") found.at = (found.at + 1) % count;
    else if (event.key === "ArrowUp") found.at = (found.at + count - (found.at < 0 ? 0 : 1)) % count;
    else if (event.key === "Enter") { choose(found.spots[Math.max(0, found.at)]); return; }
    else return;
    event.preventDefault();
    listFound();
  }

  // ---- The table of openings: one folded part a year, filled when it is unfolded ----------------------------------

  const table = { sort: "province", down: 1, wanted: "", unfolded: new Set([1]), printing: false };

  const COLUMNS = [
    { key: "name", title: "Place", of: ({ spot }) => PLACES.name[spot] },
    { key: "local", title: "Local name", of: ({ spot }) => PLACES.languages.map(([, column]) => column[spot]).join(" ") },
    { key: "province", title: "Province", of: ({ spot }) => provinceOf(spot) },
    { key: "persons", title: "Persons", of: ({ spot }) => PLACES.persons[spot] },
    { key: "package", title: "Package", of: packageOf },
    { key: "kind", title: "Fixed or planned", of: ({ spot, action }) => (action > 0 ? action + 1 : 1 - plan().fixed[spot]) },
  ].filter((column) => (column.key !== "local" || PLACES.languages.length > 0) && (column.key !== "package" || PACKAGES.length > 0));

  const collator = new Intl.Collator("en", { numeric: true });

  function sorted(events) {
    const by = COLUMNS.find((column) => column.key === table.sort), name = COLUMNS[0];
    const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));
    return events.slice().sort((a, b) => table.down * compare(by.of(a), by.of(b)) || compare(name.of(a), name.of(b)) || a.spot - b.spot);
  }

  function matching(events) {
    return table.wanted ? events.filter(({ spot }) => texts()[spot].includes(table.wanted)) : events;
  }

  /** Lists the years anew: after a change of plan, filter or order. */
  function listOpenings() {
    const parts = [];
    let shown = 0;
    for (let period = 1; period <= PERIODS; period++) {
      const events = matching(plan().events[period]);
      shown += openingsIn(events).length;
      if (events.length > 0) parts.push(yearPart(period, events));
    }
    $("opening-years").replaceChildren(...parts);
    const all = plan().spot.length;
    $("filtered").textContent = table.wanted ? number.format(shown) + " of " + plural(all, "opening", "openings") : plural(all, "opening", "openings");
  }

  const openingsIn = (events) => events.filter(({ action }) => action === 0);

  function yearPart(period, events) {
    const spots = openingsIn(events).map(({ spot }) => spot);
    const count = (wanted) => events.filter(({ action }) => action === wanted).length;
    const changed = (count(1) > 0 ? " \u00b7 " + plural(count(1), "upgrade", "upgrades") : "") + (count(2) > 0 ? " \u00b7 " + plural(count(2), "closure", "closures") : "");
    const persons = spots.reduce((sum, spot) => sum + Math.max(0, PLACES.persons[spot]), 0);
    const chip = make("i", { class: "chip" });
    chip.style.background = theme.ramp[period - 1];
    const without = plan().unserved[period - 1] || 0;
    const left = without > 0 ? " \u00b7 " + plural(without, "person is", "persons are") + " without any site" + DATA.within + " in this " + DATA.step : "";
    const part = make("details", { class: "opening-year" },
      make("summary", {}, chip, make("b", {}, DATA.periods[period - 1]), make("span", {}, plural(spots.length, "opening", "openings") + " \u00b7 " + plural(persons, "person lives", "persons live") + " there" + changed + left)));
    part.addEventListener("toggle", () => {
      if (!table.printing && !table.wanted) table.unfolded[part.open ? "add" : "delete"](period);
      if (part.open && part.children.length === 1) fill(part, period, sorted(events));
      hintScrolling();
    });
    part.open = table.wanted !== "" || table.unfolded.has(period);
    return part;
  }

  function fill(part, period, spots) {
    const body = make("tbody", {});
    const head = make("tr", {}, ...COLUMNS.map(headCell));
    part.append(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Openings of " + DATA.periods[period - 1] }, make("table", {}, make("thead", {}, head), body)));
    addRows(part, body, spots, 0);
  }

  function addRows(part, body, spots, from) {
    const limit = table.printing ? ROWS_IN_PRINT : ROWS_AT_ONCE;
    body.append(...spots.slice(from, from + limit).map(openingRow));
    const left = spots.length - from - limit;
    if (left <= 0) return;
    const more = make("button", { type: "button", class: "more-rows" }, "Show " + number.format(Math.min(left, ROWS_AT_ONCE)) + " more of " + number.format(left));
    more.addEventListener("click", () => { more.remove(); addRows(part, body, spots, from + limit); });
    part.append(more);
  }

  function headCell(column) {
    const sortedBy = table.sort === column.key ? (table.down > 0 ? "ascending" : "descending") : null;
    const button = make("button", { type: "button" }, column.title);
    button.addEventListener("click", () => sortBy(column.key));
    return make("th", { scope: "col", class: column.key === "persons" ? "n" : null, "aria-sort": sortedBy, "data-key": column.key }, button);
  }

  function sortBy(key) {
    const open = document.activeElement && document.activeElement.closest("details.opening-year");
    const place = open ? [...$("opening-years").children].indexOf(open) : -1;
    table.down = table.sort === key ? -table.down : key === "persons" ? -1 : 1;
    table.sort = key;
    listOpenings();
    // The pressed button was replaced: give the focus to its successor.
    setTimeout(() => { const part = $("opening-years").children[place]; const next = part && part.querySelector("th[data-key=" + key + "] button"); if (next) next.focus(); }, 0);
  }

  function openingRow(event) {
    const { spot, action } = event;
    const cells = COLUMNS.slice(1).map((column) => {
      if (column.key === "local") return make("td", {}, ...localNames(spot));
      if (column.key === "persons") return make("td", { class: "n" }, PLACES.persons[spot] < 0 ? "" : number.format(PLACES.persons[spot]));
      if (column.key === "kind") return make("td", { class: "kind" }, action === 1 ? "\u2191 upgraded" : action === 2 ? "\u2715 closes" : plan().fixed[spot] ? "\u25c6 fixed" : "\u25c7 planned");
      return make("td", {}, column.of(event));
    });
    return make("tr", {}, make("th", { scope: "row" }, PLACES.name[spot]), ...cells);
  }

  /** Marks the tables that are wider than the page, so that a reader sees that they scroll. */
  function hintScrolling() {
    for (const box of document.querySelectorAll(".scroll")) box.classList.toggle("wide", box.scrollWidth > box.clientWidth + 1);
  }

  // ---- Paper -------------------------------------------------------------------------------------------------------

  const foldedBefore = [];

  function beforePrint() {
    table.printing = true;
    if (plan().spot.length > ROWS_IN_PRINT) return;
    for (const part of document.querySelectorAll("details:not(.place, .one-series)")) {
      if (!part.open) { foldedBefore.push(part); part.open = true; }
      const period = DATA.periods.indexOf(part.querySelector("b") ? part.querySelector("b").textContent : "") + 1;
      if (part.classList.contains("opening-year") && part.children.length === 1) fill(part, period, sorted(matching(plan().byPeriod[period])));
    }
  }

  function afterPrint() {
    for (const part of foldedBefore.splice(0)) part.open = false;
    setTimeout(() => { table.printing = false; }, 0);
  }

  // ---- Start -------------------------------------------------------------------------------------------------------

  function drawSwatches() {
    const track = document.querySelector(".track");
    track.style.setProperty("--n", String(PERIODS));
    const swatches = $("swatches");
    const room = swatches.getBoundingClientRect().width / PERIODS;
    const longest = Math.max(...DATA.periods.map((label) => label.length));
    const whole = room >= longest * 8.2 + 4;
    const every = whole || room >= 21 ? 1 : 0;
    swatches.classList.toggle("tight", room < 12);
    swatches.replaceChildren(...DATA.periods.map((label, position) => {
      const swatch = make("span", {}, every ? (whole ? label : DATA.digits[position]) : "");
      swatch.style.background = theme.ramp[position];
      swatch.style.color = theme.inks[position];
      swatch.addEventListener("click", () => { stop(); setPeriod(position + 1); });
      return swatch;
    }));
  }

  function newLooks() { readTheme(); measure(); drawSwatches(); showYear(); listOpenings(); groundStale = true; ask(); }

  function listen() {
    $("slider").addEventListener("input", (event) => { stop(); setPeriod(Number(event.target.value)); });
    $("play").addEventListener("click", play);
    document.querySelectorAll("input[name=plan]").forEach((input) => input.addEventListener("change", () => setPlan(Number(input.value))));
    if ($("table-plan")) $("table-plan").addEventListener("change", (event) => setPlan(Number(event.target.value)));
    surface.addEventListener("pointerdown", pointerDown);
    surface.addEventListener("pointermove", pointerMove);
    surface.addEventListener("pointerup", pointerUp);
    surface.addEventListener("pointercancel", pointerUp);
    surface.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse" && pointers.size === 0 && !state.keyboard) { hover(-1); $("tip").hidden = true; } });
    surface.addEventListener("wheel", wheel, { passive: false });
    surface.addEventListener("keydown", mapKey);
    surface.addEventListener("blur", () => { if (state.keyboard) { state.keyboard = false; state.over = -1; ask(); } });
    $("zoom-in").addEventListener("click", () => zoomAt(view.width / 2, view.height / 2, 1.6));
    $("zoom-out").addEventListener("click", () => zoomAt(view.width / 2, view.height / 2, 1 / 1.6));
    $("zoom-all").addEventListener("click", showAll);
    $("find").addEventListener("input", find);
    $("find").addEventListener("keydown", findKey);
    $("find").addEventListener("blur", () => { found.spots = []; listFound(); });
    $("filter").addEventListener("input", (event) => { table.wanted = folded(event.target.value.trim()); listOpenings(); });
    for (const part of document.querySelectorAll("details.more")) part.addEventListener("toggle", hintScrolling);
    window.addEventListener("resize", hintScrolling);
    window.addEventListener("beforeprint", beforePrint);
    window.addEventListener("afterprint", afterPrint);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) matchMedia(query).addEventListener("change", newLooks);
    let width = 0;
    new ResizeObserver(() => {
      measure();
      if (Math.abs(width - view.width) > 1) { width = view.width; drawSwatches(); showYear(); }
    }).observe(surface);
  }

  readTheme();
  measure();
  drawSwatches();
  showYear();
  listOpenings();
  listen();
  hintScrolling();
  ask();
})();
