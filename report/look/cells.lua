-- What pandoc reads in these documents and the renderers would make differently: references to tables, figures and
-- sections, callouts, formulas, and the frames that Quarto puts around what a labelled cell gives. Before anything else.

local typst = FORMAT:match("typst") ~= nil

local function html_text(words)
  return (words:gsub("[&<>\"'`]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#x27;", ["`"] = "&#96;" }))
end

local function quoted(words)
  return '"' .. words:gsub('[\\"]', "\\%0"):gsub("%s+", " ") .. '"'
end

local function link(id, words)
  words = words:gsub(" (%S+)$", "\u{a0}%1")
  if typst then
    return pandoc.RawInline("typst", "#link(label(" .. quoted(id) .. "), " .. quoted(words) .. ");")
  end
  return pandoc.RawInline("html", '<a class="ref" href="#' .. html_text(id) .. '">' .. html_text(words) .. "</a>")
end

-- Of tables and figures: what their blocks say. Of sections: the number that a heading begins with, else its words.
local function goals(doc)
  local found = {}
  doc:walk({
    RawBlock = function(block)
      for id, number in block.text:gmatch('<figure id="o%-([%w_.-]+)" class="[^"]*" data%-number="([^"]*)"') do
        found[id] = { "o-" .. id, number }
      end
    end,
    Header = function(header)
      local words = pandoc.utils.stringify(header)
      local number = words:match("^(%d[%d.]*)%s")
      if header.identifier ~= "" then
        found[header.identifier] = { header.identifier, number and "Section " .. number:gsub("%.$", "") or words }
      end
    end,
  })
  return found
end

local function referring(found)
  return function(cite)
    if #cite.citations ~= 1 then return nil end
    local id = cite.citations[1].id
    if not (id:match("^tbl%-") or id:match("^fig%-") or id:match("^sec%-")) then return nil end
    local goal = found[id]
    if not goal then error("nothing in this document is labelled " .. id) end
    return link(goal[1], goal[2])
  end
end

-- A callout with its kind in words, which Quarto would frame in a way of its own.
local kinds = { note = "Note", tip = "Tip", warning = "Warning", important = "Important", caution = "Caution" }

local function callout(div)
  for kind, name in pairs(kinds) do
    if div.classes:includes("callout-" .. kind) then
      local title = div.attributes["title"] or name
      local out = pandoc.List()
      if typst then
        out:insert(pandoc.RawBlock("typst", "#csr-callout(" .. quoted(title) .. ")["))
        out:extend(div.content)
        out:insert(pandoc.RawBlock("typst", "]"))
      else
        out:insert(pandoc.RawBlock("html", '<div class="callout callout-' .. kind .. '" role="note"><p class="callout-title">' .. html_text(title) .. "</p>"))
        out:extend(div.content)
        out:insert(pandoc.RawBlock("html", "</div>"))
      end
      return out
    end
  end
end

-- What Quarto puts around a cell: its caption below stands in our block already.
local function unframed(div)
  if not (div.classes:includes("cell") or div.classes:includes("cell-output") or div.classes:includes("cell-output-display")) then
    return nil
  end
  local labelled = false
  for _, block in ipairs(div.content) do
    local ours = block.t == "RawBlock" and block.text:match('<figure id="o%-(%a+)%-')
    labelled = labelled or ours == "tbl" or ours == "fig"
  end
  return labelled and div.content:filter(function(block) return block.t ~= "Para" end) or div.content
end

-- A formula with the text by which it is read aloud (PDF/UA): as its author wrote it.
local function formula(math)
  if not typst then return nil end
  local alone = pandoc.Pandoc({ pandoc.Plain({ math }) })
  local set = pandoc.write(alone, "typst"):gsub("%s+$", "")
  local apart = math.mathtype == "DisplayMath" and "block: true, " or ""
  return pandoc.RawInline("typst", "#math.equation(" .. apart .. "alt: " .. quoted(math.text) .. ", " .. set .. ");")
end

-- The language of the report, and its spelling of what stands in headings: as the title page has it.
local function spoken(doc)
  local language, respelled = nil, {}
  doc:walk({
    RawBlock = function(block)
      language = language or block.text:match('data%-language="([^"]*)"')
      for american, british in (block.text:match('data%-respelled="([^"]*)"') or ""):gmatch("(%S+):(%S+)") do
        respelled[american] = british
      end
    end,
  })
  if language then doc.meta.lang = pandoc.MetaString(language) end
  if not next(respelled) then return doc end
  local function spelled(word)
    local found = respelled[word:lower()]
    if not found then return nil end
    return word:match("^%u") and found:sub(1, 1):upper() .. found:sub(2) or found
  end
  return doc:walk({
    Header = function(header)
      return header:walk({ Str = function(str) return pandoc.Str((str.text:gsub("%a+", spelled))) end })
    end,
  })
end

function Pandoc(doc)
  doc = spoken(doc)
  doc = doc:walk({ Div = function(div) return callout(div) or unframed(div) end })
  return doc:walk({ Cite = referring(goals(doc)), Math = formula })
end
