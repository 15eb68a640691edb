// Shows, for each printed number, the results row it is and the source rows it comes from. Nothing is fetched, and
// text from data is only ever set as text. Without this script the page is complete, and nothing looks clickable.
(async function () {
  const holder = document.getElementById("trace-data");
  const numbers = Array.from(document.querySelectorAll("span.n[data-k]"));
  if (!holder || !numbers.length) return;
  const BLOCKS = "table,p,li,dd,dt,blockquote,figcaption,h1,h2,h3,h4,h5";
  // A large trace is compressed; where a browser cannot unpack it, nothing looks clickable either.
  const packed = holder.type === "application/gzip";
  if (packed && !window.DecompressionStream) return;
  let held = packed ? await unpacked(holder) : null;
  const all = () => held || (held = JSON.parse(holder.textContent));

  // ---- what a key stands for ---------------------------------------------------------------------------

  function find(key) {
    const at = key.lastIndexOf("/"), stem = key.slice(0, at), name = key.slice(at + 1), data = all();
    for (const [filter, variable, unit, statistics] of data.stems[stem] || []) {
      if (!(name in statistics)) continue;
      const [value, used, warning] = statistics[name], method = data.used[used];
      const [analysis, population, what, visit, group, level] = stem.split("/");
      return { key, filter, variable, unit, value, method, warning, analysis, population, what, visit, group, level, name };
    }
    return null;
  }

  function condition(row) {
    const data = all(), [dataset, ...parts] = data.filters[row.filter];
    const texts = parts.map((part) => (typeof part === "number" ? data.terms[dataset][part][0] : part));
    return [dataset, texts.join(" AND ")];
  }

  function title(row) {
    const data = all(), named = data.statistics[row.name] || row.name, what = data.names[row.what] || row.what;
    const parts = [named.charAt(0).toUpperCase() + named.slice(1) + ": " + what];
    if (row.variable && row.variable !== row.what && row.variable !== "AVAL") parts.push(data.names[row.variable] || row.variable);
    if (row.level !== "-" && row.level !== row.variable) parts.push(row.level.split("|").join(" · "));
    if (row.visit !== "-") parts.push(data.visits[row.visit] || row.visit);
    parts.push(data.groups[row.group] || row.group);
    return parts.join(", ");
  }

  function facts(row) {
    const data = all(), [dataset, filter] = condition(row), method = data.methods[row.method];
    const size = data.sizes[row.population + "/" + row.group], said = data.said[row.filter];
    const variable = row.variable && row.variable !== "-" ? row.variable : "";
    const raw = row.value === null ? "does not exist" : String(row.value) + (row.unit ? " " + row.unit : "");
    return [
      ["Raw value", raw],
      ["Note", row.warning],
      ["Method", method ? method[0] : row.method],
      ["Analysis set", (data.sets[row.population] || row.population) + (size === undefined ? "" : ", N = " + size)],
      ["Earlier", earlier(row)],
      ["Variable", variable ? variable + (data.names[variable] ? ": " + data.names[variable] : "") : ""],
      ["Dataset", dataset === "DEFINITION" ? "the study's definition" : dataset],
      ["Derived", dataset === "ADSL" ? data.derived[row.variable] : ""],
      ["Filter", filter === "TRUE" ? "all rows" : said || filter],
      ["Condition", filter === "TRUE" || !said || said === filter ? "" : filter],
      ["Key", row.key],
    ].filter(([, text]) => text);
  }

  function described(row) {
    const list = make("dl", {});
    for (const [name, text] of facts(row)) list.append(make("dt", {}, name), make("dd", {}, text));
    return list;
  }

  const rowsOf = (number) => number.dataset.k.split("\n").map(find).filter(Boolean);

  // ---- the note that hovering and focus show -----------------------------------------------------------

  const note = make("div", { id: "trace-note", role: "tooltip", hidden: "" });
  let shownFor = null, leaving = 0;

  function showNote(number) {
    clearTimeout(leaving);
    if (shownFor === number) return;
    const rows = rowsOf(number);
    if (!rows.length) return;
    hideNote();
    shownFor = number;
    note.replaceChildren();
    for (const row of rows) note.append(make("strong", {}, title(row)), described(row));
    note.append(make("p", {}, "Click or press Enter for the source rows."));
    note.hidden = false;
    number.setAttribute("aria-describedby", note.id);
    const box = number.getBoundingClientRect(), own = note.getBoundingClientRect(), edge = 8;
    const left = Math.max(edge, Math.min(box.left, document.documentElement.clientWidth - own.width - edge));
    const below = box.bottom + 4, above = box.top - own.height - 4;
    note.style.left = left + "px";
    note.style.top = (below + own.height > window.innerHeight && above > 0 ? above : below) + "px";
  }

  function hideNote() {
    clearTimeout(leaving);
    if (shownFor) shownFor.removeAttribute("aria-describedby");
    shownFor = null;
    note.hidden = true;
  }

  function hideSoon() {
    clearTimeout(leaving);
    leaving = setTimeout(hideNote, 200);
  }

  // ---- the source rows ---------------------------------------------------------------------------------

  function selected(row) {
    const data = all(), [dataset, ...parts] = data.filters[row.filter], table = (data.data || {})[dataset];
    if (!table) return null;
    const bits = parts.map((part) => Uint8Array.from(atob(data.terms[dataset][part][1]), (c) => c.charCodeAt(0)));
    const found = [];
    for (let n = 0; n < table.rows; n++) if (bits.every((b) => (b[n >> 3] >> (n & 7)) & 1)) found.push(n);
    return found;
  }

  function cell(column, n) {
    if (Array.isArray(column)) return column[n] === null ? "" : String(column[n]);
    const code = column.codes[n];
    return code < 0 ? "" : column.levels[code];
  }

  function source(columns, n) {
    const file = cell(columns.file, n), line = cell(columns.line, n), seq = cell(columns.seq, n);
    // The mean of several sides stands on a record of each.
    const also = "sides" in columns ? cell(columns.sides, n) : "";
    return file && line ? file + ", line " + line + (seq ? " (sequence " + seq + ")" : "") + also : "";
  }

  function sourceRows(row) {
    const data = all(), [dataset] = condition(row), part = make("div", {});
    if (dataset === "DEFINITION") return make("p", {}, "This number follows from the study's definition (study.yml), not from rows of data.");
    if (dataset === "RESULTS") return make("p", {}, "This is put together from other results, not from rows of data.");
    const found = selected(row);
    if (found === null) return make("p", {}, "This study is too large for its rows to be in the page. In the project's folder, type: trial-report trace \"" + row.key + "\"");
    const table = data.data[dataset], parts = data.filters[row.filter].slice(1);
    // What the row is about, and what chose it.
    const names = [...new Set([...table.always, row.variable, ...parts.flatMap((part) => data.terms[dataset][part][2])])].filter((name) => name in table.columns);
    const subjects = new Set(found.map((n) => cell(table.columns.USUBJID, n)));
    part.append(make("p", {}, found.length + (found.length === 1 ? " row of " : " rows of ") + dataset + ", " + subjects.size + (subjects.size === 1 ? " patient" : " patients")));
    if (!found.length) return part;
    // A value as it was measured stands on its own; a change from baseline, a shift or a response stands on two records.
    const two = "baseline" in table.columns && row.variable !== "AVAL" && row.variable !== "AVALC";
    const places = two ? ["Source", "Source of the baseline"] : ["Source"];
    const head = make("tr", {}, ...[...names, ...places].map((name) => make("th", { scope: "col", ...(data.names[name] ? { title: data.names[name] } : {}) }, name)));
    const texts = (n) => [...names.map((name) => cell(table.columns[name], n)), source(table.columns, n), ...(two ? [cell(table.columns.baseline, n)] : [])];
    const said = make("span", { class: "said", role: "status" });
    part.append(make("div", { class: "tools" }, button("Copy the rows", {}, async () => {
      const done = await copyRows([[...names, ...places], ...found.map(texts)]);
      said.textContent = done ? found.length + (found.length === 1 ? " row copied." : " rows copied.") : "The browser did not allow it.";
    }), said));
    const body = make("tbody", {});
    let last = "";
    for (const n of found) {
      const line = make("tr", {});
      names.forEach((name, place) => {
        const text = cell(table.columns[name], n);
        const again = place === 0 && text === last;
        line.append(place ? make("td", {}, text) : make("th", { scope: "row", class: again ? "again" : "" }, text));
      });
      last = cell(table.columns.USUBJID, n);
      line.append(make("td", {}, source(table.columns, n)));
      if (two) line.append(make("td", {}, cell(table.columns.baseline, n)));
      body.append(line);
    }
    const scroll = make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Source rows of " + title(row) });
    scroll.append(make("table", { "aria-label": "Source rows of " + title(row) }, make("thead", {}, head), body));
    part.append(scroll);
    return part;
  }

  let leftBehind = false;

  function open(number) {
    const rows = rowsOf(number);
    if (!rows.length) return;
    hideNote();
    stop(number);
    const part = make("div", { class: "trace" });
    for (const row of rows) {
      part.append(make("h3", {}, title(row)), described(row));
      const method = all().methods[row.method];
      if (method) part.append(make("p", { class: "method" }, method[1]));
      part.append(sourceRows(row));
    }
    openDialog("Where " + textOf(number) + " comes from", [part], () => {
      // Who comes back has read all that the note says.
      leftBehind = true;
      number.focus({ preventScroll: true });
      leftBehind = false;
      hideNote();
    });
  }

  // ---- what has changed since an earlier report -----------------------------------------------------------

  let previous = null;

  function earlier(row) {
    if (!previous) return "";
    const found = previous.get(row.key);
    if (!found) return "no such result";
    const raw = row.value === null ? null : row.value;
    const same = typeof raw === "number" && typeof found.value === "number" ? Math.abs(raw - found.value) <= 1e-9 * Math.max(1, Math.abs(raw)) : raw === (found.text ?? found.value);
    return same ? "the same" : (found.formatted ?? "does not exist") + " (raw value " + (found.text ?? found.value ?? "does not exist") + ")";
  }

  async function compare(file, said) {
    try {
      const held = JSON.parse(await file.text());
      previous = new Map(held.map((one) => [one.key, one]));
    } catch {
      previous = null;
      said.textContent = "This is no results.json of a report.";
      return;
    }
    let count = 0;
    for (const number of numbers) {
      const changed = rowsOf(number).some((row) => earlier(row) !== "the same");
      number.classList.toggle("changed", changed);
      count += changed ? 1 : 0;
    }
    said.textContent = (count ? count.toLocaleString("en") : "None") + " of " + numbers.length.toLocaleString("en") + " traced numbers differ from " + file.name + (count ? "; they are underlined." : ".");
  }

  // ---- hands and keys ----------------------------------------------------------------------------------

  // One number a table or paragraph can be reached by Tab; arrow keys go on from it to the others.
  const blocks = new Map(), stops = new Map();
  const blockOf = (number) => number.closest(BLOCKS) || number.parentElement;
  for (const number of numbers) {
    const block = blockOf(number);
    if (blocks.has(block)) blocks.get(block).push(number);
    else { blocks.set(block, [number]); stop(number); }
  }

  function stop(number) {
    const block = blockOf(number), before = stops.get(block);
    if (before === number) return;
    if (before) for (const name of ["tabindex", "role", "aria-haspopup"]) before.removeAttribute(name);
    stops.set(block, number);
    number.tabIndex = 0;
    number.setAttribute("role", "button");
    number.setAttribute("aria-haspopup", "dialog");
  }

  function move(to) {
    if (!to) return;
    stop(to);
    to.focus();
  }

  function beside(number, key) {
    const own = blocks.get(blockOf(number)) || [number], place = own.indexOf(number);
    if (key === "ArrowRight") return own[place + 1];
    if (key === "ArrowLeft") return own[place - 1];
    if (key === "Home") return own[0];
    if (key === "End") return own[own.length - 1];
    const row = number.closest("tr");
    if (!row) return own[place + (key === "ArrowDown" ? 1 : -1)];
    const column = number.closest("td,th").cellIndex, step = key === "ArrowDown" ? 1 : -1;
    for (let n = place + step; n >= 0 && n < own.length; n += step) {
      if (own[n].closest("tr") !== row && own[n].closest("td,th").cellIndex === column) return own[n];
    }
    return null;
  }

  const numberAt = (event) => (event.target instanceof Element ? event.target.closest("span.n[data-k]") : null);
  document.addEventListener("mouseover", (event) => {
    const number = numberAt(event);
    if (number) showNote(number);
    else if (event.target instanceof Element && event.target.closest("#trace-note")) clearTimeout(leaving);
    else if (shownFor && shownFor !== document.activeElement) hideSoon();
  });
  document.addEventListener("focusin", (event) => { const number = numberAt(event); if (number && !leftBehind) showNote(number); });
  document.addEventListener("focusout", (event) => { if (numberAt(event)) hideNote(); });
  document.addEventListener("scroll", () => { if (shownFor && shownFor !== document.activeElement) hideNote(); }, { passive: true, capture: true });
  document.addEventListener("click", (event) => {
    const number = numberAt(event);
    if (number && !String(window.getSelection())) open(number);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shownFor) { hideNote(); return; }
    const number = numberAt(event);
    if (!number || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(number); }
    else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) { event.preventDefault(); move(beside(number, event.key)); }
  });

  const help = make("div", { class: "trace-help" },
    "Every result in this page can be traced: point at a number, or go to it with Tab and the arrow keys, to see what it is; " +
    "click it, or press Enter, for the source rows of each patient; Escape or Back closes.");
  const chosen = make("input", { type: "file", accept: ".json,application/json", id: "trace-earlier" }), compared = make("span", { role: "status", class: "said" });
  chosen.addEventListener("change", () => { if (chosen.files.length) compare(chosen.files[0], compared); });
  help.append(make("details", { class: "since" }, make("summary", {}, "What has changed since an earlier report?"),
    make("label", { for: "trace-earlier" }, "Choose its results.json: "), chosen, " ", compared));
  const before = document.querySelector(".title-page") || document.querySelector("main");
  if (before && before.matches(".title-page")) before.after(help);
  else if (before) before.prepend(help);
  document.querySelector("main").append(note);
  document.documentElement.classList.add("traceable");
})();
