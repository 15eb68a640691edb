-- Turns a .landscape div into turned pages for Typst, as Quarto does, and leaves no other div as a Typst block
-- around its content, because a page cannot be turned inside one.
if not FORMAT:match("typst") then return {} end

function Div(div)
  if div.classes:includes("landscape") then
    div.content:insert(1, pandoc.RawBlock("typst", "#set page(flipped: true)"))
    div.content:insert(pandoc.RawBlock("typst", "#set page(flipped: false)"))
    return div.content
  end
end
