// Tables and listings that can be searched, sorted, filtered, copied and downloaded, and all listed rows of one patient.
// A table stays as it stands in the page until somebody asks for something. Of very long listings the rows are packed
// (analysis/display/packed.py): they are drawn where one looks, and all of them where the page is printed.

const LONG = 20, WHOLE = 1500, CHUNK = 40, MARGIN = 1200, FEW = 16;
const collator = new Intl.Collator(document.documentElement.lang || "en", { numeric: true, sensitivity: "base" });
const NOTHING = /^[–-]?$/;

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64), bytes = new Uint8Array(text.length);
  for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n);
  return bytes;
}

async function unpacked(holder) {
  const stream = new Blob([bytesOf(holder.textContent.trim())]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

// Text in a cell, its minus as everywhere in the page.
function fill(cell, text) {
  if (!/[\n\u2212]/.test(text)) cell.textContent = text;
  else {
    for (const part of text.split(/(\n|\u2212(?=[\d.]))/)) {
      if (part === "\n") cell.append(make("br"));
      else if (part === "\u2212") cell.append(make("span", { class: "minus" }, "-"));
      else cell.append(part);
    }
  }
  return cell;
}

// ---- what a table holds --------------------------------------------------------------------------------

// The lowest heading of each column, with the headings above it in words.
function headings(table) {
  const lines = [...table.tHead.rows].filter((line) => !line.matches(".filters")), taken = lines.map(() => []), found = [];
  lines.forEach((line, y) => {
    let x = 0;
    for (const cell of line.cells) {
      while (taken[y][x]) x++;
      for (let down = 0; down < cell.rowSpan && y + down < lines.length; down++) {
        for (let right = 0; right < cell.colSpan; right++) {
          taken[y + down][x + right] = true;
          if (down) continue;
          const before = found[x + right], words = textOf(cell).replace(/\s+/g, " ");
          found[x + right] = { cell, words: before && before.words && words ? before.words + ": " + words : words || (before ? before.words : "") };
        }
      }
      x += cell.colSpan;
    }
  });
  return found;
}

const steps = (cell) => Number((/(?:^|\s)(?:gt_indent_|i)(\d)(?:\s|$)/.exec(cell.className) || [0, 0])[1]);

// Rows in order: {cells, group, under, line}; `under` names what an indented row belongs to, `above` is that row.
function rowsOf(table) {
  const rows = [];
  let group = "", parents = [];
  for (const body of table.tBodies) {
    for (const line of body.rows) {
      const first = line.cells[0];
      if (!first || first.matches(".e, .gt_sourcenote")) continue;
      if (first.scope === "rowgroup" || first.matches(".gt_group_heading")) { group = textOf(first); parents = []; continue; }
      const deep = steps(first), cells = Array.from(line.cells, textOf);
      parents = parents.filter((one) => one.deep < deep);
      const above = parents[parents.length - 1] || null;
      const row = { place: rows.length, cells, group, line, deep, above, under: [group, ...parents.map((one) => one.cells[0])].filter(Boolean).join(" · ") };
      rows.push(row);
      parents.push(row);
    }
  }
  return rows;
}

function number(text) {
  const found = /^[<>≤≥]?\s*([-+\u2212]?\d[\d,]*(?:\.\d+)?)/.exec(text);
  return found && !/^\d{4}-\d\d/.test(text) ? Number(hyphened(found[1]).replace(/,/g, "")) : NaN;
}

// A filter of a column: >5, <=2014-01-31, 3..7, or words that the cell holds.
function condition(asked) {
  const text = hyphened(asked.trim()), range = /^(\S+?)\s*\.\.\s*(\S+)$/.exec(text), sign = /^(<=|>=|<|>|=)\s*(.+)$/.exec(text);
  const against = (cell, other) => {
    const one = number(cell), two = number(other);
    if (!Number.isNaN(two)) return Number.isNaN(one) ? NaN : one - two;
    return NOTHING.test(cell) ? NaN : collator.compare(cell.slice(0, other.length), other);
  };
  if (range) return (cell) => against(cell, range[1]) >= 0 && against(cell, range[2]) <= 0;
  if (sign) {
    const [, how, other] = sign;
    return (cell) => {
      const far = against(cell, other);
      return how === "<" ? far < 0 : how === ">" ? far > 0 : how === "<=" ? far <= 0 : how === ">=" ? far >= 0 : far === 0;
    };
  }
  const words = text.toLowerCase();
  return (cell) => hyphened(cell).toLowerCase().includes(words);
}

function compared(rows, place, down) {
  const keys = new Map(rows.map((row) => [row, { text: row.cells[place] ?? "", number: number(row.cells[place] ?? "") }]));
  const way = down ? -1 : 1;
  return (one, two) => {
    const a = keys.get(one), b = keys.get(two), none = NOTHING.test(a.text) - NOTHING.test(b.text);
    if (none) return none;
    const numbers = !Number.isNaN(a.number) && !Number.isNaN(b.number);
    const far = numbers ? a.number - b.number : Number.isNaN(a.number) - Number.isNaN(b.number) || collator.compare(a.text, b.text);
    return way * far || one.place - two.place;
  };
}

// ---- a table that print has in parts --------------------------------------------------------------------

// The columns behind those that name a row go on where those of the part before end; a heading over all goes on too.
function joined(figure) {
  const [first, ...rest] = figure.querySelectorAll(".scroll[data-stub] > table");
  if (!rest.length) return;
  const whole = [...first.rows];
  for (const table of rest) {
    const stub = Number(table.parentElement.dataset.stub);
    const count = [...table.tHead.rows[0].cells].reduce((sum, cell) => sum + cell.colSpan, 0) - stub;
    [...table.rows].forEach((row, n) => {
      const lower = row.parentElement === table.tHead && n;
      if (row.cells.length === 1 && row.parentElement !== table.tHead) whole[n].cells[0].colSpan += count;
      else whole[n].append(...[...row.cells].slice(lower ? 0 : stub));
    });
    table.parentElement.remove();
  }
  for (const said of figure.querySelectorAll(".part")) said.remove();
  first.setAttribute("aria-label", figure.getAttribute("aria-label"));
  figure.classList.add("wide");
}

for (const figure of document.querySelectorAll("figure.csr-table:has(.part)")) joined(figure);

// ---- a table that is asked for something ----------------------------------------------------------------

const grids = [];

function grid(figure) {
  const table = figure.querySelector(".scroll > table"), box = table && table.parentElement;
  const holder = box && box.querySelector("script.rows");
  const name = textOf(figure.querySelector(".num")), listing = figure.matches(".csr-listing");
  const count = table ? [...table.tBodies].reduce((sum, body) => sum + body.rows.length, 0) + (holder ? Number(holder.dataset.rows) : 0) : 0;
  if (!table || !table.tHead || !count) return;
  const long = count > LONG, subject = "subject" in table.dataset ? Number(table.dataset.subject) : -1;
  const asked = { words: "", subject: "", filters: new Map(), sort: -1, down: false };
  let rows = null, columns = null, names = [], loading = null, shown = [], drawn = null, lead = null;

  // ---- rows

  function load() {
    loading = loading || (async () => {
      columns = headings(table);
      names = Array.from(table.rows[table.tHead.rows.length]?.cells || [], (cell) => cell.className);
      rows = rowsOf(table);
      if (holder) await more();
      shown = rows;
      return rows;
    })();
    return loading;
  }

  async function more() {
    const held = await unpacked(holder), shape = rows.length ? rows[0].line : null;
    let place = 0;
    held.runs.forEach(([group, size], n) => {
      const name = n || group ? group : rows[rows.length - 1].group;
      for (const end = place + size; place < end; place++) {
        const at = place;
        rows.push({ place: rows.length, cells: held.columns.map((texts) => texts[at]), group: name, under: name, line: null, deep: 0, above: null });
      }
    });
    names = Array.from(shape.cells, (cell) => cell.className);
  }

  const subjectOf = (row) => (subject >= 0 ? row.cells[subject] : patientOf(row.group));

  function lineOf(row) {
    if (row.line) return row.line;
    const line = make("tr");
    row.cells.forEach((text, place) => {
      const own = rows[0].line.cells[place];
      const cell = make(own.nodeName.toLowerCase(), { class: names[place] });
      if (own.scope) cell.scope = own.scope;
      line.append(fill(cell, text));
    });
    return line;
  }

  // ---- what is asked for

  function chosen() {
    const words = hyphened(asked.words).toLowerCase().split(/\s+/).filter(Boolean);
    const filters = [...asked.filters].filter(([, text]) => text.trim()).map(([place, text, test = condition(text)]) => [place, test]);
    const patient = asked.subject.trim().toLowerCase();
    const fits = (row) => {
      if (patient && !subjectOf(row).toLowerCase().includes(patient)) return false;
      if (!filters.every(([place, test]) => test(row.cells[place] ?? ""))) return false;
      if (!words.length) return true;
      const text = hyphened(row.cells.join("\n") + "\n" + row.under).toLowerCase();
      return words.every((word) => text.includes(word));
    };
    let found = words.length || filters.length || patient ? rows.filter(fits) : rows.slice();
    if (asked.sort >= 0) return found.sort(compared(found, asked.sort, asked.down));
    // A term stands below the class that it belongs to.
    const kept = new Set(found);
    for (const row of found) for (let one = row.above; one && !kept.has(one); one = one.above) kept.add(one);
    return kept.size > found.length ? rows.filter((row) => kept.has(row)) : found;
  }

  async function apply() {
    await load();
    shown = chosen();
    draw();
    say();
  }

  function say() {
    if (!said) return;
    const whole = rows.length.toLocaleString("en"), some = shown.length.toLocaleString("en");
    said.textContent = shown.length === rows.length ? whole + (rows.length === 1 ? " row" : " rows") : some + " of " + whole + " rows";
  }

  // ---- drawing

  // Sorted rows leave their group: a column in front says which it is.
  function leading(sorted) {
    const wanted = sorted && rows.some((row) => row.under);
    if (wanted === Boolean(lead)) return;
    if (wanted) {
      lead = make("th", { scope: "col", rowspan: String(table.tHead.rows.length), class: "lead" }, listing ? "Listed under" : "Belongs to");
      table.tHead.rows[0].prepend(lead);
    } else {
      lead.remove();
      lead = null;
      for (const row of rows) if (row.line) row.line.querySelector(":scope > .lead")?.remove();
    }
  }

  function items() {
    const found = [];
    let group = "";
    const grouped = !lead;
    for (const row of shown) {
      if (grouped && row.group && row.group !== group) found.push({ heading: row.group });
      group = row.group;
      found.push(row);
    }
    return found;
  }

  function element(item) {
    if (item.heading !== undefined) {
      const inner = make("span", { class: "group" });
      const cell = make("th", { colspan: String(columns.length), scope: "rowgroup" }, fill(inner, item.heading));
      return make("tr", { class: "g" }, cell);
    }
    const line = lineOf(item);
    if (lead && !line.querySelector(":scope > .lead")) line.prepend(fill(make("td", { class: "lead" }), item.under));
    return line;
  }

  function draw() {
    leading(asked.sort >= 0);
    const list = items(), every = list.length <= WHOLE;
    for (const body of [...table.tBodies]) body.remove();
    table.querySelector("colgroup")?.remove();
    table.classList.toggle("windowed", !every);
    if (!list.length) {
      table.append(make("tbody", {}, make("tr", {}, make("td", { class: "e", colspan: String(columns.length) }, "No row fits what is asked for."))));
      drawn = null;
    } else if (every) {
      drawn = null;
      let body = null;
      for (const item of list) {
        if (!body || item.heading !== undefined) table.append((body = make("tbody")));
        body.append(element(item));
      }
      table.removeAttribute("aria-rowcount");
    } else windowed(list);
  }

  function windowed(list) {
    widths();
    table.setAttribute("aria-rowcount", String(list.length + table.tHead.rows.length));
    const space = () => make("tbody", { class: "space", "aria-hidden": "true" }, make("tr", {}, make("td", { colspan: String(columns.length) })));
    const chunks = Math.ceil(list.length / CHUNK);
    drawn = { list, heights: new Float64Array(chunks).fill(CHUNK * 26), measured: new Uint8Array(chunks), from: -1, to: -1, above: space(), below: space(), bodies: new Map() };
    table.append(drawn.above, drawn.below);
    update();
  }

  // Widths follow from all texts: they do not change while rows come and go.
  function widths() {
    const sizes = columns.map(({ cell }, place) => {
      const step = Math.max(1, Math.floor(rows.length / 400)), lengths = [];
      let word = Math.max(...textOf(cell).split(/\s+/).map((one) => one.length));
      for (let n = 0; n < rows.length; n += step) lengths.push((rows[n].cells[place] || "").length);
      lengths.sort((a, b) => a - b);
      const usual = lengths[Math.floor(lengths.length * 0.95)];
      if (usual <= 24) word = Math.max(word, lengths[lengths.length - 1]);
      return Math.min(30, Math.max(word + 1, Math.min(usual, 26), 5));
    });
    const group = make("colgroup", {}, ...(lead ? [make("col", { style: "width: 12rem" })] : []), ...sizes.map((size) => make("col", { style: `width: ${(size * 0.5 + 1.2).toFixed(1)}rem` })));
    table.prepend(group);
    table.style.setProperty("--least", (sizes.reduce((sum, size) => sum + size * 0.5 + 1.2, lead ? 12 : 0)).toFixed(0) + "rem");
  }

  function update() {
    if (!drawn || !table.isConnected) return;
    const { list, heights, measured, bodies } = drawn, frame = box.getBoundingClientRect();
    // Two readings of the layout, no more: where the rows begin, and how much of the box is seen.
    const start = drawn.above.getBoundingClientRect().top;
    const from = Math.max(0, frame.top) - start - MARGIN, to = Math.min(innerHeight, frame.bottom) - start + MARGIN;
    let first = -1, last = -1, at = 0;
    for (let n = 0; n < heights.length; n++) {
      const end = at + heights[n];
      if (first < 0 && end > from) first = n;
      if (at < to) last = n;
      at = end;
    }
    if (first < 0) first = heights.length - 1;
    last = Math.max(first, last);
    if (frame.bottom < -MARGIN || frame.top > innerHeight + MARGIN) last = Math.min(last, first);
    if (first === drawn.from && last === drawn.to) return;
    for (const [n, body] of bodies) if (n < first || n > last) { body.remove(); bodies.delete(n); }
    for (let n = first; n <= last; n++) {
      if (bodies.has(n)) continue;
      const body = make("tbody");
      list.slice(n * CHUNK, (n + 1) * CHUNK).forEach((item, place) => {
        const line = element(item);
        line.setAttribute("aria-rowindex", String(n * CHUNK + place + 1 + table.tHead.rows.length));
        body.append(line);
      });
      const next = [...bodies.keys()].filter((one) => one > n).sort((a, b) => a - b)[0];
      (next === undefined ? drawn.below : bodies.get(next)).before(body);
      bodies.set(n, body);
    }
    drawn.from = first;
    drawn.to = last;
    spaced();
    let changed = false;
    for (const [n, body] of bodies) {
      const height = body.getBoundingClientRect().height;
      if (height && Math.abs(height - heights[n]) > 0.5) { heights[n] = height; changed = true; }
      measured[n] = 1;
    }
    if (!changed) return;
    // What has not been seen yet is as high as what has.
    let sum = 0, seen = 0;
    for (let n = 0; n < heights.length - 1; n++) if (measured[n]) { sum += heights[n]; seen++; }
    if (seen) for (let n = last + 1; n < heights.length; n++) if (!measured[n]) heights[n] = sum / seen;
    spaced();
  }

  function spaced() {
    let above = 0, below = 0;
    drawn.heights.forEach((height, n) => { if (n < drawn.from) above += height; else if (n > drawn.to) below += height; });
    drawn.above.rows[0].cells[0].style.height = above + "px";
    drawn.below.rows[0].cells[0].style.height = below + "px";
  }

  // ---- in print: the whole table as it is in the PDF

  function printed() {
    if (!rows || (!drawn && shown.length === rows.length && asked.sort < 0)) return null;
    const before = { ...asked, shown };
    asked.sort = -1;
    shown = rows;
    leading(false);
    drawn = null;
    for (const body of [...table.tBodies]) body.remove();
    table.classList.remove("windowed");
    let body = null;
    for (const item of items()) {
      if (!body || item.heading !== undefined) table.append((body = make("tbody")));
      body.append(element(item));
    }
    return () => { Object.assign(asked, { sort: before.sort }); shown = before.shown; draw(); };
  }

  // ---- what leaves the page

  function texts() {
    const under = shown.some((row) => row.under), clean = (text) => text.replace(/\n+/g, " ").trim();
    const head = [...(under ? [listing ? "Listed under" : "Belongs to"] : []), ...columns.map(({ words }) => clean(words))];
    return [head, ...shown.map((row) => [...(under ? [row.under] : []), ...columns.map((_, place) => clean(row.cells[place] ?? ""))])];
  }

  const file = () => name + (shown.length === rows.length ? "" : " (part)");

  async function told(does, words) {
    await load();
    const done = await does();
    said.textContent = done === false ? "The browser did not allow it." : words();
  }

  // ---- the bar above the table

  let said = null, bar = null;
  const words = long ? (listing ? "Search, filter, download" : "Search, sort, download") : "Copy, download";
  const opener = button(words, { "aria-expanded": "false", "aria-label": words + ": " + name }, () => {
    const open = !bar || bar.hidden;
    if (open && !bar) build();
    bar.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (long) table.classList.toggle("asked", open);
    if (open) load().then(() => { if (long) sortable(); say(); });
  });
  const tools = make("div", { class: "tools" }, opener);
  box.before(tools);

  let timer = 0;
  const soon = () => { clearTimeout(timer); timer = setTimeout(apply, 150); };
  function field(label, attributes, takes) {
    const input = make("input", { autocomplete: "off", spellcheck: "false", ...attributes });
    input.addEventListener("input", () => { takes(input.value); soon(); });
    return [make("label", {}, label + " ", input), input];
  }

  function build() {
    said = make("span", { role: "status", class: "said" });
    bar = make("div", { class: "bar", role: "group", "aria-label": words + ": " + name });
    tools.append(bar);
    if (long) {
      const [search] = field("Search", { type: "search" }, (text) => { asked.words = text; });
      bar.append(search);
      if (listing) {
        const [label, input] = field("Patient", { type: "text", list: "page-patients", size: "16" }, (text) => { asked.subject = text; });
        label.classList.add("patient");
        bar.append(label, button("All of this patient", { "aria-haspopup": "dialog" }, async () => {
          await everybody();
          const one = known(input.value);
          if (one) openPatient(one, input);
          else said.textContent = "Choose one patient first.";
        }));
        everybody().then((all) => { label.hidden = label.nextElementSibling.hidden = !all.size || !(subject >= 0 || rows.some((row) => patientOf(row.group))); });
      }
      bar.append(
        button("Filter columns", { "aria-expanded": "false" }, (event) => load().then(() => filters(event.target))),
        button("Reset", {}, () => {
          Object.assign(asked, { words: "", subject: "", sort: -1, down: false });
          asked.filters.clear();
          for (const input of tools.querySelectorAll("input")) input.value = "";
          for (const input of table.tHead.querySelectorAll(".filters :is(input, select)")) input.value = "";
          sorted();
          apply();
        }),
      );
    }
    bar.append(
      button("Copy", {}, () => told(() => copyRows(texts()), () => shown.length.toLocaleString("en") + " rows copied, numbers as plain numbers.")),
      button("CSV", { "aria-label": "Download as CSV" }, () => told(() => saveCsv(texts(), file()), () => file() + ".csv saved.")),
      button("XLSX", { "aria-label": "Download as XLSX" }, () => told(() => saveXlsx(texts(), file()), () => file() + ".xlsx saved.")),
      said,
    );
  }

  function sortable() {
    for (const [place, { cell, words: heading }] of columns.entries()) {
      if (cell.querySelector("button.sort")) continue;
      cell.append(" ", button("", { class: "sort", "aria-label": "Sort by " + (heading || "column " + (place + 1)) }, () => {
        if (asked.sort !== place) Object.assign(asked, { sort: place, down: false });
        else if (!asked.down) asked.down = true;
        else Object.assign(asked, { sort: -1, down: false });
        sorted();
        apply();
      }));
    }
  }

  function sorted() {
    columns.forEach(({ cell }, place) => {
      if (place === asked.sort) cell.setAttribute("aria-sort", asked.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
  }

  function filters(opener) {
    let line = table.tHead.querySelector(".filters");
    const open = !line;
    opener.setAttribute("aria-expanded", String(open));
    if (!open) {
      line.remove();
      if (lead) lead.rowSpan = table.tHead.rows.length;
      asked.filters.clear();
      apply();
      return;
    }
    line = make("tr", { class: "filters" });
    columns.forEach(({ words: heading }, place) => {
      const levels = new Set();
      for (const row of rows) { levels.add(row.cells[place] ?? ""); if (levels.size > FEW) break; }
      const label = "Filter " + (heading || "column " + (place + 1));
      let input;
      if (levels.size <= FEW && [...levels].every((text) => !/^[<>≤≥]?\s*[-+\u2212]?\d/.test(text) && text.length <= 60)) {
        input = make("select", { "aria-label": label }, make("option", { value: "" }, "all"));
        for (const text of [...levels].sort(collator.compare)) input.append(make("option", { value: text }, text || "(empty)"));
        input.addEventListener("input", () => {
          if (input.selectedIndex > 0) asked.filters.set(place, "=" + input.value);
          else asked.filters.delete(place);
          apply();
        });
      } else {
        input = make("input", { type: "text", "aria-label": label, placeholder: "words, >5, 2..7", size: "6", autocomplete: "off" });
        input.addEventListener("input", () => { asked.filters.set(place, input.value); soon(); });
      }
      line.append(make("td", {}, input));
    });
    table.tHead.append(line);
    if (lead) lead.rowSpan = table.tHead.rows.length;
  }

  const own = {
    figure, name, listing, long, table, box, holder, load, update, printed, subjectOf, lineOf,
    headings: () => columns, begin: () => load().then(() => { if (holder && !drawn) { shown = chosen(); draw(); } }),
    copyOf: (row) => {
      const line = lineOf(row).cloneNode(true);
      for (const one of line.querySelectorAll("[tabindex], [role], [aria-haspopup], [aria-rowindex]")) for (const what of ["tabindex", "role", "aria-haspopup"]) one.removeAttribute(what);
      line.removeAttribute("aria-rowindex");
      line.querySelector(":scope > .lead")?.remove();
      return line;
    },
  };
  grids.push(own);
}

for (const figure of document.querySelectorAll("figure:is(.csr-table, .csr-listing)")) grid(figure);

// ---- packed rows are drawn when one comes near, and looked at in an idle moment for print ---------------

const packed = grids.filter((one) => one.holder);
const coming = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    coming.unobserve(entry.target);
    packed.find((one) => one.figure === entry.target).begin();
  }
}, { rootMargin: "2000px" });
packed.forEach((one) => coming.observe(one.figure));
if (packed.length) addEventListener("load", () => idle(async () => { for (const one of packed) await one.load(); }));

let waiting = false;
function updated() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; for (const one of grids) one.update(); });
}
if (grids.length) {
  document.addEventListener("scroll", updated, { passive: true, capture: true });
  addEventListener("resize", updated);
}
let restored = [];
addEventListener("beforeprint", () => { restored = grids.map((one) => one.printed()).filter(Boolean); });
addEventListener("afterprint", () => { restored.forEach((back) => back()); restored = []; });

// ---- everything of one patient ---------------------------------------------------------------------------

let patients = null, gathering = null;

// The patients of all listings: those of the columns that name them.
function everybody() {
  gathering = gathering || (async () => {
    const found = new Set();
    for (const one of grids) {
      if (!one.listing || !("subject" in one.table.dataset)) continue;
      for (const row of await one.load()) if (!NOTHING.test(one.subjectOf(row))) found.add(one.subjectOf(row));
    }
    patients = found;
    const list = make("datalist", { id: "page-patients" });
    for (const id of [...found].sort(collator.compare)) list.append(make("option", { value: id }));
    document.body.append(list);
    return found;
  })();
  return gathering;
}

const heads = new Map();
// The patient that a group of rows is headed by: "01-701-1015, Placebo, 63 years, female".
function patientOf(text) {
  if (!patients) return "";
  if (!heads.has(text)) {
    let found = patients.has(text) ? text : "";
    for (let at = text.indexOf(", "); !found && at > 0; at = text.indexOf(", ", at + 1)) if (patients.has(text.slice(0, at))) found = text.slice(0, at);
    heads.set(text, found);
  }
  return heads.get(text);
}

const known = (text) => {
  const asked = text.trim().toLowerCase(), found = [...patients].filter((id) => id.toLowerCase().includes(asked));
  return asked && (found.find((id) => id.toLowerCase() === asked) || (found.length === 1 ? found[0] : ""));
};

async function openPatient(id, opener) {
  const parts = [], places = [];
  // A narrative or a profile may name a patient without the study's code.
  const names = (word) => word === id || (word.length > 3 && /\d/.test(word) && id.endsWith("-" + word));
  for (const heading of document.querySelectorAll("main :is(h2, h3, h4, h5, figcaption)")) {
    const own = heading.closest("figure, section[id]") || heading, text = textOf(heading);
    if (own.id && text.split(/[\s,:;()]+/).some(names)) places.push(make("li", {}, make("a", { href: "#" + own.id }, text.replace(/\s+/g, " "))));
  }
  if (places.length) parts.push(make("ul", {}, ...places));
  for (const one of grids) {
    if (!one.listing) continue;
    const own = (await one.load()).filter((row) => one.subjectOf(row) === id);
    if (!own.length) continue;
    const head = one.table.tHead.cloneNode(true);
    for (const more of head.querySelectorAll("button, .filters, .lead")) more.remove();
    for (const cell of head.querySelectorAll("[aria-sort]")) cell.removeAttribute("aria-sort");
    const label = one.name + " " + one.figure.dataset.title;
    const box = make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label });
    box.append(make("table", { class: "csr", "aria-label": label }, head, make("tbody", {}, ...own.map(one.copyOf))));
    parts.push(make("h3", {}, make("a", { href: "#" + one.figure.id }, one.name), " " + one.figure.dataset.title), box);
  }
  openDialog("All listed rows of " + id, parts, () => { if (opener && opener.isConnected) opener.focus({ preventScroll: true }); });
}

if (grids.some((one) => one.listing)) {
  addEventListener("load", () => idle(() => everybody().then(() => document.documentElement.classList.add("by-patient"))));
  document.addEventListener("click", async (event) => {
    const at = event.target instanceof Element ? event.target.closest(".csr-listing :is(.group, tbody td, tbody th)") : null;
    if (!at || String(getSelection()) || event.target.closest("button, a, .n")) return;
    const table = at.closest("table"), cell = at.closest("td, th");
    const place = cell.cellIndex - (cell.parentElement.querySelector(":scope > .lead") ? 1 : 0);
    const heading = at.matches(".group") || cell.matches(".lead");
    if (!heading && String(place) !== table.dataset.subject) return;
    await everybody();
    const id = heading ? patientOf(textOf(at)) : textOf(cell);
    if (patients.has(id)) openPatient(id, null);
  });
}
