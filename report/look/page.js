// What the scripts of a page share, and ways around it: a dialog that the browser's Back leaves, links to headings and
// captions, search in the contents, drawings to enlarge. Nothing is fetched, and text from data is only ever set as text.

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function button(words, attributes, does) {
  const made = make("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", does);
  return made;
}

// Text as data: line breaks kept, without footnote marks and what a script has added, with a hyphen for a minus.
function textOf(element) {
  if (!element.firstElementChild) return element.textContent.trim();
  let text = "";
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) text += child.data;
    else if (child.nodeName === "BR") text += "\n";
    else if (child.nodeType === Node.ELEMENT_NODE && !child.matches("sup.m, button, input, select")) text += textOf(child);
  }
  return text.trim();
}

const hyphened = (text) => text.replace(/\u2212/g, "-");

// A number as a program reads it, or NaN: no blanks between thousands, a hyphen for its sign.
function plainNumber(text) {
  const plain = hyphened(text).replace(/\u00a0/g, " ").trim();
  // What begins with a zero is an identifier.
  return /^[-+]?([1-9]\d{0,2}(,\d{3})+|0|[1-9]\d*)(\.\d+)?$/.test(plain) ? Number(plain.replace(/,/g, "")) : NaN;
}

// A number keeps its decimals: as text where a spreadsheet reads text.
const plainText = (text) => (Number.isNaN(plainNumber(text)) ? hyphened(text) : hyphened(text).replace(/,/g, "").trim());

const caption = (figure) => figure.querySelector("figcaption");

// ---- what leaves the page ------------------------------------------------------------------------------

// What a spreadsheet could run, by the pattern of analysis/results/spreadsheet.py.
const runs = new RegExp(JSON.parse(document.getElementById("page-data").textContent).runs, "u");
const guardedText = (text) => (Number.isNaN(plainNumber(text)) ? exporting.neutral(hyphened(text), runs) : plainText(text));

// Rows of texts on the clipboard, as a spreadsheet takes them.
async function copyRows(rows) {
  const cell = (text) => guardedText(text.replace(/[\t\r\n]+/g, " "));
  const area = make("textarea", { "aria-hidden": "true", tabindex: "-1", class: "copied" });
  area.value = rows.map((row) => row.map(cell).join("\t")).join("\n");
  (document.querySelector("dialog[open]") || document.body).append(area);
  const active = document.activeElement, done = await exporting.copy(area);
  area.remove();
  if (active instanceof HTMLElement) active.focus({ preventScroll: true });
  return done;
}

// In a file a number with a sign is a number; the others keep their decimals as text that is one.
const valued = (text) => (/^[-+]/.test(plainText(text)) && !Number.isNaN(plainNumber(text)) ? plainNumber(text) : plainText(text));
const saveCsv = (rows, name) => exporting.save(new Blob([exporting.csv(rows.map((row) => row.map(valued)), runs)], { type: "text/csv" }), name + ".csv");
async function saveXlsx(rows, name) {
  const widths = rows[0].map((_, place) => Math.min(60, Math.max(8, ...rows.slice(0, 200).map((row) => row[place].length + 2))));
  // A cell of a workbook says how it is shown: its value may lose zeros at its end.
  const cell = (text) => (Number.isNaN(plainNumber(text)) ? hyphened(text) : plainNumber(text));
  exporting.save(await exporting.xlsx(name.slice(0, 31), rows.map((row, n) => (n ? row.map(cell) : row)), widths, runs), name + ".xlsx");
}

// ---- one dialog, which Back leaves ---------------------------------------------------------------------

const dialog = make("dialog", { id: "page-dialog", "aria-labelledby": "page-dialog-title" });
let goal = "", whenClosed = null;

// `back` is called when the dialog has closed; a link in it closes it and leads on.
function openDialog(title, parts, back) {
  const close = button("Close", { class: "close" }, () => dialog.close());
  dialog.replaceChildren(make("div", { class: "head" }, make("h2", { id: "page-dialog-title", tabindex: "-1" }, title), close), ...parts);
  if (!dialog.open) {
    whenClosed = back;
    dialog.showModal();
    history.pushState({ dialog: true }, "");
  }
  dialog.scrollTop = 0;
  dialog.querySelector("h2").focus({ preventScroll: true });
}

dialog.addEventListener("close", () => {
  const back = whenClosed;
  whenClosed = null;
  dialog.replaceChildren();
  if (history.state && history.state.dialog) history.back();
  else leave();
  if (back) back();
});
dialog.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
  if (link) {
    event.preventDefault();
    goal = link.getAttribute("href");
    whenClosed = null;
    dialog.close();
  } else if (event.target === dialog) dialog.close();
});
window.addEventListener("popstate", () => {
  if (dialog.open) dialog.close();
  leave();
});

function leave() {
  if (!goal) return;
  location.hash = goal;
  goal = "";
}

document.body.append(dialog);

// ---- links to headings and captions --------------------------------------------------------------------

for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4, h5)")) {
  const own = heading.id ? heading : heading.closest("section[id]");
  if (own && !heading.closest(".title-page")) heading.append(make("a", { class: "here", href: "#" + own.id, "aria-label": "Link to " + textOf(heading) }));
}
for (const one of document.querySelectorAll("figure[id] > figcaption")) {
  const number = one.querySelector(".num");
  // Beside the text that names the display, not in it.
  if (number) one.firstElementChild.after(make("a", { class: "here", href: "#" + one.parentElement.id, "aria-label": "Link to " + textOf(number) }));
}

// ---- what scrolls can be reached by keys, and nothing else ---------------------------------------------

const boxes = document.querySelectorAll(".scroll");
function reachable(box) {
  const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
  if (scrolls === box.hasAttribute("tabindex")) return;
  const figure = box.closest("figure"), number = figure && figure.querySelector(".num");
  for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", (number ? textOf(number) : "Table") + ", scrolls"]]) {
    if (scrolls) box.setAttribute(name, value);
    else box.removeAttribute(name);
  }
}
const sizes = new ResizeObserver((entries) => entries.forEach((entry) => reachable(entry.target)));
// A table far away has no size yet: it is measured when it comes near, or is laid out below.
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) measure(entry.target);
}, { rootMargin: "1500px" });
function measure(box) {
  near.unobserve(box);
  sizes.observe(box);
}
boxes.forEach((box) => near.observe(box));

// ---- what is far away is laid out too, where nothing else is to be done --------------------------------

// A page opens with what is near. But what a browser has not laid out a screen reader does not find.
const idle = window.requestIdleCallback || ((does) => setTimeout(() => does({ timeRemaining: () => 12 }), 60));
const anchors = CSS.supports("overflow-anchor", "auto");
let far = [...document.querySelectorAll("figure:is(.csr-table, .csr-listing, .csr-figure)")];
function reveal(deadline) {
  while (far.length && deadline.timeRemaining() > 8) {
    const one = far.shift(), before = one.getBoundingClientRect();
    one.style.contentVisibility = "visible";
    const after = one.getBoundingClientRect();
    one.querySelectorAll(".scroll").forEach(measure);
    // A browser that does not hold its place by itself is held.
    if (!anchors && before.bottom < 0) scrollBy(0, after.height - before.height);
  }
  if (far.length) idle(reveal);
  else document.documentElement.classList.add("whole");
}
addEventListener("load", () => setTimeout(() => idle(reveal), 500));

// ---- lists of displays, which are screens long on a phone ----------------------------------------------

for (const list of matchMedia("(max-width: 48rem)").matches ? document.querySelectorAll("nav.csr-list") : []) {
  const items = list.querySelectorAll("a").length;
  const folded = make("details", {}, make("summary", {}, items + (items === 1 ? " entry" : " entries")), ...list.childNodes);
  list.append(folded);
  addEventListener("beforeprint", () => { folded.open = true; });
}

// ---- contents: search -----------------------------------------------------------------------------------

const contents = document.getElementById("TOC");
if (contents && contents.querySelectorAll("a").length > 8) {
  const entries = [...contents.querySelectorAll("a")].map((link) => [link, textOf(link).toLowerCase()]);
  // Those of other volumes stand in the lists alone.
  const displays = [
    ...[...document.querySelectorAll("main figure[id]")].map((figure) => ["#" + figure.id, figure.dataset.number + " " + figure.dataset.title]),
    ...[...document.querySelectorAll("main .csr-list a:not([href^='#'])")].map((link) => [link.getAttribute("href"), textOf(link)]),
  ].map(([href, title]) => ({ href, title, words: title.toLowerCase() }));
  const field = make("input", { type: "search", id: "contents-search", autocomplete: "off", spellcheck: "false" });
  const found = make("ul", { class: "found" }), said = make("p", { role: "status", class: "said" });
  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean), asked = words.length > 0;
    const holds = (text) => words.every((word) => text.includes(word));
    let count = 0;
    for (const [link, text] of entries) {
      const hidden = asked && !holds(text);
      link.hidden = hidden;
      count += hidden ? 0 : 1;
    }
    const more = asked ? displays.filter((one) => holds(one.words)) : [];
    found.replaceChildren(...more.slice(0, 100).map(({ href, title }) => make("li", {}, make("a", { href }, title))));
    const all = count + more.length;
    said.textContent = asked ? (all ? all + (all === 1 ? " entry" : " entries") : "Nothing in contents or captions holds this.") : "";
  };
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    event.preventDefault();
    field.value = "";
    search();
  });
  const title = contents.querySelector(".toc-title");
  const bar = make("div", { class: "contents-search" }, make("label", { for: field.id }, "Search headings and captions"), field, said);
  if (title) title.after(bar, found);
  else contents.prepend(bar, found);
}

// The entry of the section one is in stays in sight. Held by the style sheet it would lie over its neighbours.
if (contents && CSS.supports("selector(:target-current)")) {
  document.addEventListener("scrollend", () => {
    const now = contents.querySelector("a:target-current");
    if (!now) return;
    const own = now.getBoundingClientRect(), whole = contents.getBoundingClientRect();
    if (own.top < whole.top || own.bottom > whole.bottom) contents.scrollTop += own.top - whole.top - whole.height / 2;
  });
}

// ---- drawings -------------------------------------------------------------------------------------------

for (const figure of document.querySelectorAll("figure.csr-figure")) {
  const box = figure.querySelector(".drawing"), drawing = box && box.querySelector("svg");
  if (!drawing) continue;
  const number = textOf(figure.querySelector(".num"));
  const open = () => {
    const back = () => { box.append(drawing); enlarge.focus({ preventScroll: true }); };
    // The drawing itself moves: a second one would have its ids twice.
    openDialog(number + " " + figure.dataset.title, [make("div", { class: "enlarged" }, drawing)], back);
    const ask = dialog.querySelector(".enlarged");
    dialog.classList.add("large");
    dialog.addEventListener("close", () => dialog.classList.remove("large"), { once: true });
    if (ask.scrollWidth > ask.clientWidth) ask.tabIndex = 0;
  };
  const enlarge = button("Enlarge", { "aria-haspopup": "dialog", "aria-label": "Enlarge " + number }, open);
  box.before(make("div", { class: "tools" }, enlarge));
}
