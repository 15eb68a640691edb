-- Gives mathematics in the PDF, as titles of references may hold it, the text by which it is read aloud (PDF/UA).
if not FORMAT:match("typst") then return {} end

local function quoted(words)
  return '"' .. words:gsub('[\\"]', "\\%0"):gsub("%s+", " ") .. '"'
end

function Math(formula)
  local alone = pandoc.Pandoc({ pandoc.Plain({ formula }) })
  local set = pandoc.write(alone, "typst"):gsub("%s+$", "")
  local said = pandoc.write(alone, "plain"):gsub("%s+$", "")
  return pandoc.RawInline("typst", "#math.equation(alt: " .. quoted(said) .. ", " .. set .. ");")
end
