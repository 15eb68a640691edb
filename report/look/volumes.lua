-- Marks where volumes may begin, for both formats: before each heading at which a section begins that may be a file of
-- its own, and where it ends. The renderer cuts there, or takes the marks out (report/render/volumes.py). Which sections
-- may be files is told by the embedded renderer as metadata; under Quarto its hook leaves it in the build folder.
-- A mark holds a control character, which no text of a report does.

local sections = {}
local typst = FORMAT:match("typst") ~= nil
local sign = "\u{2}"

local function mark(section, header)
  local words = header and pandoc.utils.stringify(header):gsub("%s+", " ") or ""
  local parts = { section, tostring(header and header.level or 0), header and header.identifier or "", words }
  local held = sign .. table.concat(parts, "\t") .. sign
  return typst and pandoc.RawBlock("typst", "//" .. held) or pandoc.RawBlock("html", "<!--" .. held .. "-->")
end

-- The longest of the sections that a numbered heading is in, or "".
local function section_of(header)
  local number = pandoc.utils.stringify(header):match("^(%d[%d.]*)%s")
  local found = ""
  for _, section in ipairs(number and sections or {}) do
    if (number:gsub("%.$", "") .. "."):sub(1, #section + 1) == section .. "." and #section > #found then
      found = section
    end
  end
  return found, number ~= nil
end

local current, begun

-- Whether another section begins at a block, which is then the current one.
local function begins(block)
  if block.t ~= "Header" then return false end
  local section, numbered = section_of(block)
  -- A heading without a number ends no section that it stands below.
  if not numbered and block.level > (begun or 0) then return false end
  if section == current then return false end
  current, begun = section, block.level
  return true
end

local function title(block)
  return block.t == "RawBlock"
    and (block.text:match("#show: csr%-report%.with") or block.text:match('<header class="title%-page'))
    and (block.format == "typst") == typst
end

local function asked(doc)
  if doc.meta["volume-sections"] then return pandoc.utils.stringify(doc.meta["volume-sections"]) end
  local folder = quarto and quarto.project and quarto.project.directory
  local file = folder and io.open(folder .. "/_report/.build/volume-sections")
  local held = file and file:read("a")
  if file then file:close() end
  return held
end

function Pandoc(doc)
  local held = asked(doc)
  if not held then return nil end
  for section in held:gmatch("%S+") do table.insert(sections, section) end
  if #sections == 0 then return nil end
  doc.meta["volume-sections"] = nil
  local out = pandoc.List()
  for _, block in ipairs(doc.blocks) do
    if current == nil then
      out:insert(block)
      if title(block) then
        current = ""
        out:insert(mark("", nil))
      end
    elseif block.t == "Div" and block.classes:includes("landscape") then
      -- Pages are turned for each part by itself.
      local part = pandoc.List()
      for _, inner in ipairs(block.content) do
        if begins(inner) then
          if #part > 0 then out:insert(pandoc.Div(part, block.attr)) end
          part = pandoc.List()
          out:insert(mark(current, inner))
        end
        part:insert(inner)
      end
      out:insert(pandoc.Div(part, block.attr))
    else
      if begins(block) then out:insert(mark(current, block)) end
      out:insert(block)
    end
  end
  if current ~= nil then out:insert(mark("end", nil)) end
  doc.blocks = out
  return doc
end
