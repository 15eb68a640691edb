# Cochran-Mantel-Haenszel tests of levels by group within strata.
source("tests/references/r/common.R")
suppressMessages(library(coin))

cases <- list(
  # Agresti 2002, Categorical Data Analysis, Table 7.8: income by satisfaction, in women and in men
  job = jobsatisfaction,
  job_women = jobsatisfaction[, , "Female"],
  two_groups = as.table(array(c(3, 1, 5, 4, 2, 6,  2, 2, 4, 1, 3, 7), c(2, 3, 2))),
  stratum_with_one_group = as.table(array(c(3, 1, 5, 4, 2, 6,  2, 0, 4, 0, 3, 0), c(2, 3, 2))),
  stratum_with_one_subject = as.table(array(c(3, 1, 5, 4, 2, 6,  1, 0, 0, 0, 0, 0), c(2, 3, 2))),
  separated = as.table(array(c(5, 0, 0, 0, 0, 6), c(2, 3, 1))),
  one_level = as.table(array(c(5, 4, 0, 0, 0, 0), c(2, 3, 1))),
  sparse = as.table(array(c(1, 0, 0, 1,  0, 1, 1, 0,  1, 1, 0, 0), c(2, 2, 3))),
  three_groups = as.table(array(c(4, 2, 1, 3, 3, 2, 1, 3, 6,  2, 1, 0, 2, 2, 3, 1, 2, 4), c(3, 3, 2))))
frame <- function(t) {
  d <- as.data.frame(t); if (ncol(d) == 3) d$s <- "all"; names(d) <- if (ncol(as.data.frame(t)) == 3) c("g", "level", "n", "s") else c("g", "level", "s", "n")
  d <- d[rep(seq_len(nrow(d)), d$n), ]
  d$g <- factor(d$g); d$level <- factor(d$level); d$s <- factor(d$s); d
}
statistic <- function(d, ordered, scores) tryCatch(suppressWarnings({
  keep <- names(which(table(d$s) > 1)); d <- d[d$s %in% keep, ]; d$s <- factor(d$s)
  if (ordered) { d$y <- scores[as.integer(d$level)]; t <- independence_test(y ~ g | s, data = d, teststat = "quadratic") }
  else t <- cmh_test(level ~ g | s, data = d)
  as.numeric(c(coin::statistic(t), t@statistic@df, pvalue(t)))
}), error = function(e) { message(conditionMessage(e)); c(NA, NA, NA) })
text <- function(t) { if (length(dim(t)) == 2) t <- array(t, c(dim(t), 1)); paste(apply(t, 3, function(s) paste(apply(s, 1, numbers), collapse = " ; ")), collapse = " | ") }
fixture(do.call(rbind, lapply(names(cases), function(case) {
  t <- cases[[case]]; d <- frame(t); levels <- dim(t)[2]
  scores <- if (startsWith(case, "job")) c(1, 3, 4, 5) else seq_len(levels)
  a <- statistic(d, FALSE); m <- if (is.na(a[1])) a else statistic(d, TRUE, scores)
  data.frame(case, table = text(t), scores = numbers(scores), means = m[1], df_means = m[2], p_means = m[3], association = a[1], df_association = a[2], p_association = a[3])
})), "cmh", "Cochran-Mantel-Haenszel tests: row mean scores differ, and general association",
  "coin::independence_test(score ~ group | stratum, teststat = 'quadratic'); coin::cmh_test(level ~ group | stratum)", "coin",
  notes = c("the scores of job are those of Agresti; table: a stratum's groups are parted by ; and strata by |",
            "job: Agresti 2002, Table 7.12 (SAS) prints row mean scores 9.0342, df 3, p 0.0288, general association 10.2001, df 9, p 0.3345",
            "empty: all subjects have the same level, there is no variance"))
