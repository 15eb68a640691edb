-- Turns pages for Typst, for both renderers: a .landscape div, and each run of landscape displays together with the
-- headings right before them, so that no heading stays alone on an upright page and displays can share a page.
if not FORMAT:match("typst") then return {} end

local function turned(block)
  return block.t == "RawBlock" and block.format == "typst" and block.text:match("^#csr%-output%(landscape: true")
end

-- What says nothing in the PDF: HTML beside the Typst.
local function silent(block)
  return block.t == "RawBlock" and block.format ~= "typst"
end

-- A sentence in the place of a table, which stands on the page that there is.
local function told(block)
  return block.t == "RawBlock" and block.format == "typst" and block.text:match("^#csr%-output%(told: true")
end

-- The place of the landscape display that the headings from here lead to, or nil.
local function leads(blocks, at)
  while blocks[at] and (blocks[at].t == "Header" or silent(blocks[at]) or told(blocks[at])) do at = at + 1 end
  if blocks[at] and turned(blocks[at]) then return at end
end

local upright = pandoc.RawBlock("typst", "#set page(flipped: false)")
local flipped = pandoc.RawBlock("typst", "#set page(flipped: true)")

function Pandoc(doc)
  local blocks, out, at = doc.blocks, pandoc.List(), 1
  while blocks[at] do
    local block = blocks[at]
    local goal = not silent(block) and leads(blocks, at)
    if block.t == "Div" and block.classes:includes("landscape") then
      out:insert(flipped)
      out:extend(block.content)
      out:insert(upright)
      at = at + 1
    elseif goal then
      out:insert(flipped)
      while goal do
        while at <= goal do
          out:insert(blocks[at])
          at = at + 1
        end
        goal = leads(blocks, at)
      end
      out:insert(upright)
    else
      out:insert(block)
      at = at + 1
    end
  end
  doc.blocks = out
  return doc
end
