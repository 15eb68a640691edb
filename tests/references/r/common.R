# What every script here uses: a fixture is a CSV whose head says where it comes from.
# Run one from the top of the repository: Rscript tests/references/r/NAME.R
folder <- "tests/references"

numbers <- function(x) paste(format(x, trim = TRUE, digits = 15), collapse = " ")

fixture <- function(table, name, title, call, packages = character(), notes = character()) {
  versions <- vapply(packages, function(p) paste(p, packageVersion(p)), "")
  head <- c(title, paste("call:", call), notes,
            paste0("made by: ", paste(c(paste("R", getRversion()), versions), collapse = ", "), ", ", Sys.Date()))
  written <- lapply(table, function(x) if (is.numeric(x)) ifelse(is.na(x), "", formatC(x, digits = 14, format = "g", flag = "")) else
    ifelse(is.na(x), "", ifelse(grepl('[",]', x), paste0('"', gsub('"', '""', x), '"'), as.character(x))))
  written <- lapply(written, trimws)
  path <- file.path(folder, paste0(name, ".csv"))
  writeLines(c(paste("#", head), paste(names(table), collapse = ","), do.call(paste, c(unname(written), sep = ","))), path)
  message(path, ": ", nrow(table), " rows")
}
