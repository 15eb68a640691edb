// The page of the data issues: filters, the list (drawn as far as it is looked at), a problem with its record, counts by
// check and site, acceptances and queries. Nothing is fetched, and text from data is only ever set as text.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("issue-data").textContent);
  const columns = data.columns, count = data.line.length, runs = new RegExp(data.runs, "u");
  const refused = new Set(data.refused), collator = new Intl.Collator("en", { numeric: true });
  const CHUNK = 200, PRINTED = 2000;
  const STATES = { open: "Open", new: "New", known: "Known", accepted: "Accepted", gone: "Gone" };
  const SEVERITIES = { error: "Error", warning: "Warning" };
  const LABELS = {
    severity: "Severity", check: "Check", state: "State", message: "What is wrong", site: "Site", subject: "Subject",
    visit: "Visit", domain: "Domain", place: "Place", variable: "Variable", value: "Found", expected: "Expected",
  };
  const SEARCHED = ["check", "domain", "file", "site", "subject", "visit", "record", "variable", "value", "expected", "message", "remedy", "accepted", "source"];

  const at = (id) => document.getElementById(id);
  const text = (name, row) => columns[name].levels[columns[name].codes[row]];
  const number = (n) => n.toLocaleString("en");
  const several = (n, noun) => number(n) + " " + noun + (n === 1 ? "" : "s");
  const place = (row) => text("file", row) + (data.line[row] === null ? "" : ":" + data.line[row]);
  const consequences = (row) => (data.consequences[row] ? data.consequences[row][0] : 0);
  const source = (row) => text("source", row) || "ours";

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }
  const button = (label, action, attributes) => make("button", { type: "button", onclick: action, ...attributes }, label);
  const hidden = (words) => make("span", { class: "hidden" }, words);

  // What identifies a problem in accepted-issues.csv; a key that does not follow from what is shown is held.
  function key(row) {
    if (row in data.keys) return data.keys[row];
    return [text("domain", row), text("subject", row), text("record", row) || text("visit", row), text("variable", row), text("value", row)].join("|");
  }

  // ---- filters -----------------------------------------------------------------------------------------

  const used = (name, order) => order.filter((value) => columns[name].levels.includes(value));
  const severities = used("severity", Object.keys(SEVERITIES)), states = used("state", Object.keys(STATES));
  const open = states.filter((state) => state !== "accepted" && state !== "gone");
  const plain = () => ({ severity: new Set(severities), state: new Set(open.length ? open : states), check: null, domain: null, site: null, source: null, subject: "", text: "" });
  let filter = plain(), sort = { name: "", down: false }, view = "list", hits = [], drawn = 0, current = -1;
  const selected = new Set();

  // For each level of a column whether it is wanted.
  const wanted = (name, test) => columns[name].levels.map(test);

  function matches() {
    const tests = [];
    const by = (name, test) => tests.push([columns[name].codes, wanted(name, test)]);
    by("severity", (value) => filter.severity.has(value));
    by("state", (value) => filter.state.has(value));
    for (const name of ["check", "domain", "site"]) if (filter[name] !== null) by(name, (value) => value === filter[name]);
    if (filter.source !== null) by("source", (value) => (value || "ours") === filter.source);
    const subject = filter.subject.trim().toLowerCase();
    if (subject) by("subject", (value) => value.toLowerCase().includes(subject));
    const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
    const searched = words.map((word) => SEARCHED.map((name) => [columns[name].codes, wanted(name, (value) => value.toLowerCase().includes(word))]));
    let found = Array.from({ length: count }, (_, row) => row);
    for (const [codes, good] of tests) if (!good.every(Boolean)) found = found.filter((row) => good[codes[row]]);
    for (const any of searched) found = found.filter((row) => any.some(([codes, good]) => good[codes[row]]));
    return found;
  }

  const ranks = new Map();
  // The place of each level of a column among the others; -1 for what is empty.
  function rank(name) {
    if (!ranks.has(name)) {
      const levels = columns[name].levels, order = levels.map((_, n) => n);
      order.sort((a, b) => (name === "state" ? states.indexOf(levels[a]) - states.indexOf(levels[b]) : collator.compare(levels[a], levels[b])));
      const found = new Array(levels.length);
      order.forEach((level, n) => { found[level] = levels[level] === "" ? -1 : n; });
      ranks.set(name, found);
    }
    return ranks.get(name);
  }

  // What is empty stands last, whichever way the others are sorted.
  function sorted(rows) {
    const name = sort.name || "severity", way = sort.down ? -1 : 1, column = name === "place" ? "file" : name;
    const ranked = rank(column), codes = columns[column].codes;
    const lines = name === "place" ? (a, b) => (data.line[a] || 0) - (data.line[b] || 0) : () => 0;
    return rows.sort((a, b) => {
      const one = ranked[codes[a]], two = ranked[codes[b]];
      return (one < 0) - (two < 0) || way * (one - two || lines(a, b)) || a - b;
    });
  }

  function apply() {
    hits = sorted(matches());
    remember();
    const subjects = new Set(hits.map((row) => columns.subject.codes[row])), none = columns.subject.levels.indexOf("");
    subjects.delete(none);
    at("shown").textContent = hits.length === count ? `All ${several(count, "problem")}` : `${several(hits.length, "problem")} of ${number(count)}, in ${several(subjects.size, "subject")}`;
    showControls();
    draw();
    actions();
  }

  // The view is in the address, so that it can be kept as a bookmark and comes back with the page.
  function remember() {
    const kept = new URLSearchParams(), usual = plain();
    for (const name of ["severity", "state"]) if ([...filter[name]].sort().join() !== [...usual[name]].sort().join()) kept.set(name, [...filter[name]].join());
    for (const name of ["check", "domain", "site", "source"]) if (filter[name] !== null) kept.set(name, filter[name]);
    for (const name of ["subject", "text"]) if (filter[name]) kept.set(name, filter[name]);
    if (sort.name) kept.set("sort", (sort.down ? "-" : "") + sort.name);
    kept.set("view", view);
    if (current >= 0) kept.set("open", text("check", current) + " " + key(current));
    try { history.replaceState(null, "", "#" + kept.toString()); } catch { /* An address that cannot be kept is no loss. */ }
  }

  function recall() {
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const name of ["severity", "state"]) if (kept.has(name)) filter[name] = new Set(kept.get(name).split(",").filter(Boolean));
    for (const name of ["check", "domain", "site", "source"]) if (kept.has(name)) filter[name] = kept.get(name);
    for (const name of ["subject", "text"]) filter[name] = kept.get(name) || "";
    const by = (kept.get("sort") || "").replace(/^-/, "");
    if (by in LABELS) sort = { name: by, down: kept.get("sort").startsWith("-") };
    view = ["checks", "list", "sites"].includes(kept.get("view")) ? kept.get("view") : count > 100 ? "checks" : "list";
  }

  // How many problems have each level of a column.
  function counts(name) {
    const found = new Array(columns[name].levels.length).fill(0);
    for (const code of columns[name].codes) found[code]++;
    return found;
  }

  function chips(name, values, labels) {
    const totals = counts(name);
    const holder = at(name === "severity" ? "severities" : "states");
    for (const value of values) {
      const box = make("input", { type: "checkbox", value, onchange: () => {
        if (box.checked) filter[name].add(value);
        else filter[name].delete(value);
        apply();
      } });
      holder.append(make("label", { class: value }, box, " " + labels[value] + " ", make("b", {}, number(totals[columns[name].levels.indexOf(value)] || 0))));
    }
    holder.hidden = !values.length;
  }

  function choices(name, labelled) {
    const field = at("f-" + name), totals = new Map();
    counts(name).forEach((n, code) => {
      const value = columns[name].levels[code] || (name === "source" ? "ours" : "");
      totals.set(value, (totals.get(value) || 0) + n);
    });
    field.append(make("option", { value: "*" }, "all"));
    for (const value of [...totals.keys()].sort(collator.compare)) field.append(make("option", { value: "=" + value }, `${labelled ? labelled(value) : value || "none"} (${number(totals.get(value))})`));
    field.addEventListener("change", () => { filter[name] = field.value === "*" ? null : field.value.slice(1); apply(); });
    return totals.size;
  }

  function showControls() {
    for (const name of ["severity", "state"]) {
      for (const box of at(name === "severity" ? "severities" : "states").querySelectorAll("input")) box.checked = filter[name].has(box.value);
    }
    for (const name of ["check", "domain", "site", "source"]) at("f-" + name).value = filter[name] === null ? "*" : "=" + filter[name];
    for (const name of ["subject", "text"]) if (at("f-" + name).value !== filter[name]) at("f-" + name).value = filter[name];
  }

  function narrow(change, to) {
    Object.assign(filter, change);
    if (to) view = to;
    apply();
    at("t-" + view).scrollIntoView({ block: "nearest" });
  }

  // ---- views -------------------------------------------------------------------------------------------

  const VIEWS = ["checks", "list", "sites"];

  function draw() {
    for (const name of VIEWS) {
      const tab = at("t-" + name), chosen = name === view;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      at(name).hidden = !chosen;
      at(name).replaceChildren();
    }
    if (!hits.length) at(view).append(make("p", { class: "none" }, count ? "No problem is as the filters ask for." : "No problem was found."));
    else if (view === "checks") drawChecks();
    else if (view === "sites") drawSites();
    else drawList();
    // A problem that is no longer among those shown is not beside them either.
    if (current >= 0 && (view !== "list" || !hits.includes(current))) closePanel();
  }

  function table(label, names, rows, attributes) {
    const numeric = (n) => rows.length && rows[0].children[n] && rows[0].children[n].classList.contains("n");
    const head = make("tr", { role: "row" }, ...names.map((name, n) => make("th", { scope: "col", role: "columnheader", class: numeric(n) ? "n" : null }, name)));
    return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
      make("table", { role: "table", "aria-label": label, ...attributes }, make("thead", { role: "rowgroup" }, head), make("tbody", { role: "rowgroup" }, ...rows)));
  }

  // By check: how many, of whom and where, what is wrong and what to do.
  function drawChecks() {
    const groups = new Map();
    for (const row of hits) {
      const code = columns.check.codes[row] + "/" + columns.severity.codes[row];
      let group = groups.get(code);
      if (!group) groups.set(code, (group = { row, count: 0, subjects: new Set(), sites: new Set(), states: {}, more: 0 }));
      group.count++;
      if (text("subject", row)) group.subjects.add(columns.subject.codes[row]);
      if (text("site", row)) group.sites.add(columns.site.codes[row]);
      const state = text("state", row);
      group.states[state] = (group.states[state] || 0) + 1;
      group.more += consequences(row);
    }
    const order = [...groups.values()].sort((a, b) => collator.compare(text("severity", a.row), text("severity", b.row)) || b.count - a.count || a.row - b.row);
    const shownStates = states.filter((state) => filter.state.has(state) && states.length > 1);
    const names = ["Severity", "Check", "Problems", "Subjects", "Sites", ...shownStates.map((state) => STATES[state]), "What is wrong", "What to do"];
    const rows = order.map((group) => {
      const cells = [tag(text("severity", group.row)), button(text("check", group.row), () => narrow({ check: text("check", group.row) }, "list"), { title: "Show these problems" }),
        number(group.count), number(group.subjects.size), number(group.sites.size), ...shownStates.map((state) => number(group.states[state] || 0)),
        text("message", group.row) + (group.more ? ` (and ${several(group.more, "record")} that ${group.more === 1 ? "fails" : "fail"} by it)` : ""), text("remedy", group.row)];
      return make("tr", { role: "row" }, ...cells.map((cell, n) => make("td", { role: "cell", "data-label": names[n], class: n > 1 && n < names.length - 2 ? "n" : null }, cell)));
    });
    at("checks").append(table("Problems by check", names, rows, { class: "cards" }));
  }

  const tag = (severity) => make("span", { class: "tag " + severity }, SEVERITIES[severity] || severity);

  // By site: how many problems of how many subjects, and by check and site.
  function drawSites() {
    const sites = new Map(), checks = new Map(), cross = new Map();
    for (const row of hits) {
      const site = text("site", row), check = text("check", row);
      let group = sites.get(site);
      if (!group) sites.set(site, (group = { count: 0, severity: {}, state: {}, subjects: new Set() }));
      group.count++;
      for (const name of ["severity", "state"]) group[name][text(name, row)] = (group[name][text(name, row)] || 0) + 1;
      if (text("subject", row)) group.subjects.add(columns.subject.codes[row]);
      checks.set(check, (checks.get(check) || 0) + 1);
      const both = check + "\n" + site;
      cross.set(both, (cross.get(both) || 0) + 1);
    }
    const order = [...sites.keys()].sort((a, b) => ((a === "") - (b === "")) || collator.compare(a, b));
    const kinds = severities.filter((one) => filter.severity.has(one)), shownStates = states.filter((one) => filter.state.has(one) && states.length > 1);
    const named = (site) => site || "no site";
    const names = ["Site", "Subjects", "Subjects with a problem", "Problems", "Problems a subject", ...kinds.map((one) => SEVERITIES[one] + "s"), ...shownStates.map((one) => STATES[one])];
    const rows = order.map((site) => {
      const group = sites.get(site), subjects = site ? data.subjects[site] || 0 : 0;
      const cells = [number(subjects), number(group.subjects.size), number(group.count), subjects ? (group.count / subjects).toFixed(1) : "–",
        ...kinds.map((one) => number(group.severity[one] || 0)), ...shownStates.map((one) => number(group.state[one] || 0))];
      return make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader" }, button(named(site), () => narrow({ site }, "list"), { title: "Show the problems of this site" })),
        ...cells.map((cell) => make("td", { role: "cell", class: "n" }, cell)));
    });
    at("sites").append(make("h2", {}, "By site"), table("Problems by site", names, rows, { class: "narrow" }));
    const body = [...checks.keys()].sort(collator.compare).map((check) => make("tr", { role: "row" },
      make("th", { scope: "row", role: "rowheader" }, button(check, () => narrow({ check }, "list"), { title: "Show the problems of this check" })),
      ...order.map((site) => {
        const n = cross.get(check + "\n" + site);
        return make("td", { role: "cell", class: "n" }, n ? button(number(n), () => narrow({ check, site }, "list"), { tabindex: "-1", "aria-label": `${number(n)}: ${check}, site ${named(site)}` }) : "");
      }), make("td", { role: "cell", class: "n sum" }, number(checks.get(check)))));
    at("sites").append(make("h2", {}, "By check and site"), table("Problems by check and site", ["Check", ...order.map(named), "All"], body, { class: "cross" }));
  }

  // ---- the list ----------------------------------------------------------------------------------------

  let body = null, all = null, more = null;
  const watcher = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) grow(CHUNK); }, { rootMargin: "800px" });

  function drawList() {
    drawn = 0;
    all = make("input", { type: "checkbox", "aria-label": "Select all problems shown", onchange: () => {
      for (const row of hits) { if (all.checked) selected.add(row); else selected.delete(row); }
      for (const box of body.querySelectorAll("input")) box.checked = all.checked;
      actions();
    } });
    const heads = Object.entries(LABELS).map(([name, label]) => {
      const way = sort.name === name ? (sort.down ? "descending" : "ascending") : null;
      return make("th", { scope: "col", role: "columnheader", "aria-sort": way, class: "c-" + name },
        button(label, () => { sort = { name, down: sort.name === name && !sort.down }; apply(); focusHead(name); }, { class: "sort", "data-name": name }));
    });
    body = make("tbody", { role: "rowgroup" });
    const whole = make("table", { class: "cards issues", role: "table", "aria-label": "Problems", "aria-rowcount": hits.length + 1 },
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, make("th", { class: "c-select", role: "columnheader" }, all), ...heads)), body);
    more = button("Show more", () => grow(CHUNK), { id: "more-rows" });
    at("list").append(whole, more);
    grow(CHUNK);
    watcher.observe(more);
  }

  const focusHead = (name) => { const head = at("list").querySelector(`[data-name="${name}"]`); if (head) head.focus(); };

  function grow(rows) {
    if (view !== "list" || !body || drawn >= hits.length) return;
    const part = document.createDocumentFragment(), end = Math.min(hits.length, drawn + rows);
    for (let n = drawn; n < end; n++) part.append(line(hits[n], n));
    drawn = end;
    body.append(part);
    more.hidden = drawn >= hits.length;
    more.textContent = `Show more (${number(hits.length - drawn)} further problems)`;
    if (!more.hidden) { watcher.unobserve(more); watcher.observe(more); }
  }

  function line(row, n) {
    const box = make("input", { type: "checkbox", "aria-label": `Select ${text("check", row)} at ${place(row)}`, onchange: () => {
      if (box.checked) selected.add(row);
      else selected.delete(row);
      actions();
    } });
    box.checked = selected.has(row);
    const further = consequences(row);
    const cells = {
      severity: tag(text("severity", row)),
      check: make("span", {}, button(text("check", row), () => openPanel(row, true), { class: "open", "data-row": row, title: "Show the record" }), text("source", row) ? make("small", {}, " " + text("source", row)) : ""),
      state: STATES[text("state", row)],
      place: make("span", {}, make("span", { class: "file" }, place(row)), text("record", row) ? make("small", {}, " " + text("record", row)) : "", further ? make("small", { class: "more" }, ` +${number(further)} that follow`) : ""),
    };
    return make("tr", { role: "row", "aria-rowindex": n + 2, class: row === current ? "current" : null, "data-row": row },
      make("td", { role: "cell", class: "c-select" }, box),
      ...Object.keys(LABELS).map((name) => {
        const held = name in cells ? cells[name] : text(name, row);
        return make("td", { role: "cell", class: "c-" + name, "data-label": LABELS[name] }, held);
      }));
  }

  at("list").addEventListener("click", (event) => {
    if (event.target.closest("button,input,a") || String(window.getSelection())) return;
    const row = event.target.closest("tr[data-row]");
    if (row) openPanel(Number(row.dataset.row), false);
  });
  at("list").addEventListener("keydown", (event) => {
    const opener = event.target.closest("button.open");
    if (!opener || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(Number(opener.dataset.row), step, false);
  });

  function opener(row) {
    return at("list").querySelector(`button.open[data-row="${row}"]`);
  }

  // The problem before or after another one in the list.
  function go(row, step, stay) {
    const next = hits.indexOf(row) + step;
    if (next < 0 || next >= hits.length) return;
    while (next >= drawn) grow(CHUNK);
    if (current >= 0) openPanel(hits[next], stay);
    if (!stay) opener(hits[next]).focus();
  }

  // ---- a problem with its record -----------------------------------------------------------------------

  let tables = null;
  const panel = at("panel");

  function tablesOf(file) {
    if (tables === null) {
      tables = new Map();
      for (const one of JSON.parse(at("record-data").textContent)) tables.set(one.file, [...(tables.get(one.file) || []), one]);
    }
    return tables.get(file) || [];
  }

  function facts(row) {
    const further = data.consequences[row], list = make("dl", {});
    const since = data.acceptedSince[row];
    const said = [
      ["Found", text("value", row)], ["Expected", text("expected", row)], ["What to do", text("remedy", row)],
      ["Variable", text("variable", row)], ["Place", place(row)], ["Record", text("record", row)],
      ["Subject", text("subject", row)], ["Site", text("site", row)], ["Visit", text("visit", row)],
      ["State", STATES[text("state", row)] + (since ? ", " + since : "")], ["Accepted", text("accepted", row)],
      ["Found by", text("source", row) || (columns.source.levels.length > 1 ? "this program" : "")],
      ["Follows from it", further ? `${several(further[0], "record")} ${further[0] === 1 ? "fails" : "fail"} because of this` : ""],
    ];
    for (const [name, value] of said) if (value) list.append(make("div", {}, make("dt", {}, name), make("dd", {}, value)));
    return list;
  }

  function excerpt(one, places, row, here, label) {
    const variable = text("variable", row), dull = (n) => places.every((p) => one.codes[n][p] === 0) && one.names[n] !== variable;
    // First what a record is known by and the value in question, then the others as they stand in the file.
    const first = (name) => [/^USUBJID$/, /TESTCD$|TRT$|TERM$|^QNAM$/, /^VISIT$/, /(?<!EN)DTC$/].findIndex((known) => known.test(name));
    const weight = (n) => (one.names[n] === variable ? 9 : first(one.names[n]) < 0 ? 10 : first(one.names[n]));
    const kept = one.names.map((_, n) => n).filter((n) => !dull(n)).sort((a, b) => weight(a) - weight(b) || a - b);
    const rows = places.map((p) => make("tr", { role: "row", class: p === here ? "this" : null },
      make("th", { scope: "row", role: "rowheader" }, number(one.line[p]), p === here ? hidden(" (this problem)") : ""),
      ...kept.map((n) => {
        const value = one.levels[n][one.codes[n][p]], bad = p === here && one.names[n] === variable;
        return make("td", { role: "cell" }, bad ? make("mark", {}, value || text("value", row) || "(empty)", hidden(" (in question)")) : value);
      })));
    return table(label, ["Line", ...kept.map((n) => one.names[n])], rows, { class: "record" });
  }

  function records(row) {
    const found = [], file = text("file", row), line = data.line[row];
    if (text("state", row) === "gone") return [make("p", { class: "none" }, "It stood there in the delivery before, and is not in this one.")];
    for (const one of line === null ? [] : tablesOf(file)) {
      const here = one.line.indexOf(line);
      if (here < 0) continue;
      if (one.text) {
        const near = one.line.map((_, n) => n).filter((n) => Math.abs(one.line[n] - line) <= 3);
        const rows = near.map((n) => make("tr", { role: "row", class: n === here ? "this" : null }, make("th", { scope: "row", role: "rowheader" }, String(one.line[n])),
          make("td", { role: "cell", class: "code" }, n === here ? make("mark", {}, one.text[n], hidden(" (in question)")) : one.text[n])));
        found.push(make("h3", {}, "In " + file), table("Lines of " + file, ["Line", "Text"], rows, { class: "record" }));
        continue;
      }
      const near = one.row.map((_, n) => n).filter((n) => Math.abs(one.row[n] - one.row[here]) <= 2);
      const inTime = one.group.length && one.group[here] >= 0 ? one.row.map((_, n) => n).filter((n) => one.group[n] === one.group[here] && Math.abs(one.rank[n] - one.rank[here]) <= 2) : [];
      inTime.sort((a, b) => one.rank[a] - one.rank[b]);
      const same = inTime.length === near.length && inTime.every((p, n) => p === near[n]);
      const test = one.test ? one.levels[one.names.indexOf(one.test)][one.codes[one.names.indexOf(one.test)][here]] : "";
      const ofSubject = `The subject's ${test || "records"} before and after in time`;
      found.push(make("h3", {}, `In ${file}${same ? `: ${ofSubject.charAt(0).toLowerCase()}${ofSubject.slice(1)}` : ""}`), excerpt(one, near, row, here, `The record and its neighbours in ${file}`));
      if (inTime.length > 1 && !same) found.push(make("h3", {}, ofSubject), excerpt(one, inTime, row, here, ofSubject));
    }
    if (!found.length && line !== null && line > 1) found.push(make("p", { class: "none" }, `The lines around it are not in this page: open ${file} at line ${number(line)}.`));
    return found;
  }

  function others(row) {
    const found = [], subject = columns.subject.codes[row], file = columns.file.codes[row];
    let own = 0;
    for (let n = 0; n < count; n++) {
      if (n === row) continue;
      if (text("subject", row) && columns.subject.codes[n] === subject) own++;
      if (data.line[row] !== null && data.line[n] === data.line[row] && columns.file.codes[n] === file) found.push(n);
    }
    const parts = [];
    if (found.length) {
      const items = found.slice(0, 12).map((n) => make("li", {}, button(text("check", n), () => openPanel(n, true)), ` ${text("variable", n)}: ${text("message", n)} `, make("small", {}, STATES[text("state", n)])));
      parts.push(make("h3", {}, "Also at this line"), make("ul", {}, ...items));
    }
    if (own) parts.push(make("p", {}, button(`All ${number(own + 1)} problems of this subject`, () => narrow({ ...plain(), state: new Set(states), subject: text("subject", row) }, "list"))));
    return parts;
  }

  function following(row) {
    const held = data.consequences[row];
    if (!held) return [];
    const rows = held[1].map((cells) => make("tr", { role: "row" }, ...cells.map((cell) => make("td", { role: "cell" }, cell))));
    const rest = held[0] - held[1].length;
    return [make("h3", {}, "What follows from it"), table("Records that fail because of it", ["Place", "Subject", "Record"], rows, { class: "record" }),
      rest > 0 ? make("p", {}, `… and ${number(rest)} more: data-issues.json lists them all.`) : ""];
  }

  function openPanel(row, focus) {
    const before = at("list").querySelector("tr.current");
    if (before) before.classList.remove("current");
    current = row;
    const now = at("list").querySelector(`tr[data-row="${row}"]`);
    if (now) now.classList.add("current");
    const title = make("h2", { tabindex: "-1", id: "panel-title" }, tag(text("severity", row)), ` ${text("check", row)}: ${text("message", row)}`);
    const closer = button("Close", closePanel, { class: "close" });
    const mayAccept = !refused.has(text("check", row)) && ["open", "new", "known"].includes(text("state", row));
    panel.replaceChildren(make("div", { class: "panel-bar" },
      button("Previous", () => go(row, -1, true)), button("Next", () => go(row, 1, true)),
      mayAccept ? button("Accept this…", () => accept([row])) : "", closer), title, facts(row),
    ...records(row), ...following(row), ...others(row));
    panel.hidden = false;
    document.body.classList.add("with-panel");
    panel.scrollTop = 0;
    remember();
    for (const mark of panel.querySelectorAll(".scroll mark")) {
      const scroll = mark.closest(".scroll");
      scroll.scrollLeft = Math.max(0, mark.getBoundingClientRect().left - scroll.getBoundingClientRect().left - scroll.clientWidth / 3);
    }
    if (focus) title.focus({ preventScroll: true });
  }

  function closePanel() {
    const row = current;
    current = -1;
    panel.hidden = true;
    document.body.classList.remove("with-panel");
    remember();
    for (const one of at("list").querySelectorAll("tr.current")) one.classList.remove("current");
    if (row >= 0 && opener(row)) opener(row).focus({ preventScroll: true });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden && !at("form").open) closePanel(); });

  // ---- acceptances -------------------------------------------------------------------------------------

  const dialog = at("form");

  function accept(rows) {
    const may = rows.filter((row) => !refused.has(text("check", row)) && ["open", "new", "known"].includes(text("state", row)));
    const done = rows.filter((row) => ["accepted", "gone"].includes(text("state", row))).length, cannot = rows.length - may.length - done;
    const title = make("h2", { id: "form-title" }, `Accept ${several(may.length, "problem")}`);
    const close = button("Close", () => dialog.close(), { class: "close" });
    if (!may.length) {
      const why = rows.length ? "None of these can be accepted: they are accepted or gone already, or of a kind that has to be mended." : "Tick the problems in the list first, or open one and accept it there.";
      dialog.replaceChildren(close, title, make("p", {}, why));
      dialog.showModal();
      return;
    }
    const today = new Date(), two = (n) => String(n).padStart(2, "0");
    const day = `${today.getFullYear()}-${two(today.getMonth() + 1)}-${two(today.getDate())}`;
    const reason = make("textarea", { id: "a-reason", rows: "2", required: true }), who = make("input", { id: "a-who", required: true, autocomplete: "off", size: "8" });
    const date = make("input", { id: "a-date", type: "date", required: true, value: day });
    const lines = make("textarea", { id: "a-lines", rows: "6", readonly: true, spellcheck: "false", wrap: "off" });
    const told = make("p", { role: "status", id: "a-told" });
    const copy = button("Copy", async () => { told.textContent = (await exporting.copy(lines)) ? "Copied." : "Select the lines and copy them."; }, { id: "a-copy" });
    const file = button("Save as a file", () => exporting.save(new Blob([lines.value], { type: "text/csv" }), "accepted-issues.csv"), { id: "a-save" });
    const counts = new Map();
    for (const row of may) counts.set(text("check", row), (counts.get(text("check", row)) || 0) + 1);
    function write() {
      const why = reason.value.trim().replace(/\s+/g, " "), by = who.value.trim(), ready = why && by && date.value;
      const found = new Set(may.map((row) => exporting.acceptance([text("check", row), key(row), why, by, date.value], runs)));
      const head = data.acceptedFile ? [] : ["check,key,reason,who,date"];
      lines.value = ready ? [...head, ...found].join("\n") + "\n" : "";
      copy.disabled = file.disabled = !ready;
      told.textContent = ready ? "" : "Write a reason and your initials.";
    }
    for (const field of [reason, who, date]) field.addEventListener("input", write);
    file.hidden = data.acceptedFile;
    dialog.replaceChildren(close, title,
      make("p", {}, [...counts].map(([check, n]) => `${check} (${number(n)})`).join(", ") + (cannot ? `. ${several(cannot, "problem")} of a kind that cannot be accepted ${cannot === 1 ? "is" : "are"} left out` : "") + (done ? `. ${several(done, "problem")} accepted or gone already ${done === 1 ? "is" : "are"} left out` : "") + "."),
      make("label", {}, "Reason ", reason), make("div", { class: "fields" }, make("label", {}, "Initials ", who), make("label", {}, "Date ", date)),
      make("label", {}, data.acceptedFile ? "Lines to add at the end of accepted-issues.csv in the study's folder " : "The study has no accepted-issues.csv yet: its first lines, to save in the study's folder ", lines),
      make("div", { class: "buttons" }, copy, file, told),
      make("p", { class: "none" }, "An acceptance holds for these values. The next validation shows them as accepted, with the reason; a value that changes is told again."));
    write();
    dialog.showModal();
    reason.focus();
  }
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // ---- queries -----------------------------------------------------------------------------------------

  const QUERY = [["Site", 8], ["Subject", 18], ["Visit", 14], ["Domain", 8], ["File", 12], ["Line", 8], ["Record", 14], ["Variable", 14], ["Value", 24], ["Query", 70], ["What to do", 50], ["Check", 12], ["Severity", 10], ["State", 10]];

  function question(row) {
    return data.question.map(([name, words]) => {
      const value = name ? text(name, row).replace(/[. ]+$/, "") : "";
      return value || !name ? words.split("{}").join(value) : "";
    }).join("");
  }

  function queries() {
    const rows = chosen().map((row) => [text("site", row), text("subject", row), text("visit", row), text("domain", row), text("file", row), data.line[row] === null ? "" : data.line[row],
      text("record", row), text("variable", row), text("value", row), question(row), text("remedy", row), text("check", row), text("severity", row), text("state", row)]);
    return [QUERY.map(([name]) => name), ...rows];
  }

  // What is exported and accepted: the problems ticked, in the list's order, or without any all that are shown.
  const chosen = () => (selected.size ? [...hits.filter((row) => selected.has(row)), ...[...selected].filter((row) => !hits.includes(row))] : hits);

  function actions() {
    at("exported").textContent = selected.size ? `${number(selected.size)} selected:` : `${number(hits.length)} shown:`;
    at("accept").textContent = selected.size ? `Accept ${number(selected.size)}…` : "Accept…";
    if (all) all.checked = hits.length > 0 && hits.every((row) => selected.has(row));
  }

  const named = (kind) => "queries-" + (data.title.replace(/^.*: /, "") + (filter.site ? "-" + filter.site : "")).replace(/[^A-Za-z0-9._-]+/g, "-") + "." + kind;
  at("csv").addEventListener("click", () => exporting.save(new Blob([exporting.csv(queries(), runs)], { type: "text/csv" }), named("csv")));
  at("xlsx").addEventListener("click", async () => exporting.save(await exporting.xlsx("Queries", queries(), QUERY.map(([, width]) => width), runs), named("xlsx")));
  at("accept").addEventListener("click", () => accept(selected.size ? chosen() : []));

  // ---- beginning ---------------------------------------------------------------------------------------

  const days = data.before ? `; compared with ${data.before.until ? "the data up to " + data.before.until : "the delivery before"}` : "";
  at("counts").append((data.until ? ` · data up to ${data.until}` : "") + days);
  chips("severity", severities, SEVERITIES);
  chips("state", states, STATES);
  const meaning = new Map();
  columns.check.codes.forEach((code, row) => { if (!meaning.has(code)) meaning.set(code, text("message", row)); });
  choices("check", (check) => `${check} ${meaning.get(columns.check.levels.indexOf(check)).slice(0, 60)}`);
  choices("domain");
  at("l-source").hidden = choices("source") < 2;
  choices("site");
  at("f-subject").addEventListener("focus", () => at("subjects").append(...columns.subject.levels.slice(0, 5000).map((subject) => make("option", { value: subject }))), { once: true });
  if (data.left) {
    at("cut").textContent = `This page holds the first problems of every check; ${several(data.left, "further problem")} ${data.left === 1 ? "is" : "are"} in data-issues.csv only.`;
    at("cut").hidden = false;
  }
  for (const name of ["subject", "text"]) {
    let waiting = 0;
    at("f-" + name).addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { filter[name] = at("f-" + name).value; apply(); }, 150);
    });
  }
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("clear").addEventListener("click", () => { filter = plain(); sort = { name: "", down: false }; apply(); });
  for (const name of VIEWS) {
    at("t-" + name).addEventListener("click", () => { view = name; apply(); });
    at("t-" + name).addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      view = VIEWS[(VIEWS.indexOf(name) + step + VIEWS.length) % VIEWS.length];
      apply();
      at("t-" + view).focus();
    });
  }
  if (window.matchMedia("(max-width: 48rem)").matches) at("more").open = false;
  window.addEventListener("beforeprint", () => { if (view === "list") grow(PRINTED - drawn); });
  document.querySelector("main").hidden = false;
  recall();
  const opened = new URLSearchParams(location.hash.slice(1)).get("open");
  apply();
  const asked = opened ? hits.find((row) => text("check", row) + " " + key(row) === opened) : undefined;
  if (asked !== undefined && view === "list") openPanel(asked, false);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
