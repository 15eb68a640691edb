// What leaves the page: queries as CSV and XLSX, and lines of acceptances. Every cell goes through `neutral`, so that a
// spreadsheet shows it and runs nothing; which cells could run is the pattern of analysis/results/spreadsheet.py.
const exporting = (function () {
  "use strict";

  const neutral = (text, runs) => (runs.test(text) ? "'" + text : text);
  const quoted = (cell) => (/[",\r\n;\t]|^\s|\s$/.test(cell) ? '"' + cell.replace(/"/g, '""') + '"' : cell);

  // ---- CSV ---------------------------------------------------------------------------------------------

  // Rows of texts, and of numbers, as CSV; the mark at its head lets a spreadsheet read it as UTF-8.
  function csv(rows, runs) {
    const line = (row) => row.map((cell) => (typeof cell === "number" ? String(cell) : quoted(neutral(cell, runs)))).join(",");
    return "\ufeff" + rows.map(line).join("\r\n") + "\r\n";
  }

  // A line of accepted-issues.csv: check, key, reason, who, date.
  const acceptance = (cells, runs) => cells.map((cell) => quoted(neutral(cell, runs))).join(",");

  // ---- XLSX (ECMA-376: a ZIP archive of XML) -----------------------------------------------------------

  const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships";
  const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const TYPES = "http://schemas.openxmlformats.org/package/2006/content-types";
  const KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
  const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // What XML 1.0 cannot hold is left out; a cell of a workbook holds 32,767 characters at most.
  const escaped = (text) => text.slice(0, 32000).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/[&<>"]/g, (sign) => SIGNS[sign]);

  function column(place) {
    let name = "";
    for (let n = place + 1; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
    return name;
  }

  // One sheet: its first row are names, in bold, which stay in sight and can be filtered by.
  function sheet(rows, widths, runs) {
    const cell = (value, row, place) => {
      const at = column(place) + (row + 1), style = row ? 1 : 2;
      if (typeof value === "number") return `<c r="${at}" s="${style}"><v>${value}</v></c>`;
      return value ? `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(neutral(value, runs))}</t></is></c>` : "";
    };
    const parts = [XML, `<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">`,
      '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>',
      ...widths.map((width, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`), "</cols><sheetData>"];
    rows.forEach((row, n) => parts.push(`<row r="${n + 1}">`, ...row.map((value, place) => cell(value, n, place)), "</row>"));
    parts.push(`</sheetData><autoFilter ref="A1:${column(widths.length - 1)}${rows.length}"/></worksheet>`);
    return parts.join("");
  }

  function files(name, rows, widths, runs) {
    const relation = (id, kind, target) => `<Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`;
    const part = (path, kind) => `<Override PartName="${path}" ContentType="${KIND}${kind}+xml"/>`;
    const align = '<alignment vertical="top" wrapText="1"/>';
    return {
      "[Content_Types].xml": `${XML}<Types xmlns="${TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
        `<Default Extension="xml" ContentType="application/xml"/>${part("/xl/workbook.xml", "sheet.main")}${part("/xl/worksheets/sheet1.xml", "worksheet")}${part("/xl/styles.xml", "styles")}</Types>`,
      "_rels/.rels": `${XML}<Relationships xmlns="${RELATIONS}">${relation("rId1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
      "xl/workbook.xml": `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escaped(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": `${XML}<Relationships xmlns="${RELATIONS}">${relation("rId1", "worksheet", "worksheets/sheet1.xml")}${relation("rId2", "styles", "styles.xml")}</Relationships>`,
      "xl/styles.xml": `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
        `<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">${align}</xf><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">${align}</xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`,
      "xl/worksheets/sheet1.xml": sheet(rows, widths, runs),
    };
  }

  // ---- ZIP (APPNOTE 6.3: local headers, data, central directory) ---------------------------------------

  const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });

  function crc32(bytes) {
    let crc = -1;
    for (let n = 0; n < bytes.length; n++) crc = CRC[(crc ^ bytes[n]) & 255] ^ (crc >>> 8);
    return ~crc >>> 0;
  }

  // Numbers one after the other, little-endian: [value, how many bytes].
  function packed(...numbers) {
    const bytes = [];
    for (const [value, size] of numbers) for (let n = 0; n < size; n++) bytes.push((value >>> (8 * n)) & 255);
    return Uint8Array.from(bytes);
  }

  async function deflated(bytes) {
    if (typeof CompressionStream === "undefined") return null;
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  async function zip(held) {
    const parts = [], directory = [];
    let offset = 0;
    for (const [name, text] of Object.entries(held)) {
      const path = new TextEncoder().encode(name), bytes = new TextEncoder().encode(text), small = await deflated(bytes);
      const data = small || bytes;
      // Version 2.0, names in UTF-8, method, 1 January 1980, sum, sizes.
      const head = [[20, 2], [0x800, 2], [small ? 8 : 0, 2], [0, 2], [0x21, 2], [crc32(bytes), 4], [data.length, 4], [bytes.length, 4], [path.length, 2], [0, 2]];
      const local = packed([0x04034b50, 4], ...head);
      parts.push(local, path, data);
      directory.push(packed([0x02014b50, 4], [20, 2], ...head, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), path);
      offset += local.length + path.length + data.length;
    }
    const size = directory.reduce((sum, part) => sum + part.length, 0), count = directory.length / 2;
    const end = packed([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]);
    return new Blob([...parts, ...directory, end], { type: `${KIND}sheet` });
  }

  const xlsx = (name, rows, widths, runs) => zip(files(name, rows, widths, runs));

  // ---- to a file, to the clipboard ---------------------------------------------------------------------

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  async function copy(area) {
    try {
      await navigator.clipboard.writeText(area.value);
      return true;
    } catch {
      area.select();
      return document.execCommand("copy");
    }
  }

  return { neutral, csv, xlsx, acceptance, save, copy };
})();
