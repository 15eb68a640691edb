# Families of hypotheses; the 3+3 rule by enumeration; body mass index and percent change.
source("tests/references/r/common.R")

families <- list(
  three = c(0.01, 0.04, 0.03), four = c(0.001, 0.02, 0.03, 0.2), all_small = c(0.001, 0.002, 0.003), all_large = c(0.6, 0.7, 0.9), ties = c(0.025, 0.025, 0.025),
  one = 0.03, two = c(0.04, 0.05), at_alpha = c(0.0125, 0.05, 0.5, 0.016), zero = c(0, 1, 0.5), wright = c(0.01, 0.02, 0.022, 0.09, 0.09))
fixture(do.call(rbind, lapply(names(families), function(case) { p <- families[[case]]
  data.frame(case, p = numbers(p), bonferroni = numbers(p.adjust(p, "bonferroni")), holm = numbers(p.adjust(p, "holm")), hochberg = numbers(p.adjust(p, "hochberg")),
             fixed_sequence = numbers(cummax(p))) })), "multiplicity", "Adjusted p-values of a family, in the order of the hypotheses",
  "p.adjust(p, method); fixed sequence: cummax(p)",
  notes = "an adjusted p-value is the smallest family-wise level at which the hypothesis is rejected (Wright 1992, Biometrics 48:1005-1013)")

# All courses of a trial. State: of each level the number treated and with a DLT. What the printed rule says:
# 0 of 3: next level; 1 of 3: three more; 2 or more at a level: no more at this and higher; a dose is the MTD only after six.
courses <- function(rates, confirm) {
  k <- length(rates); ends <- list()
  go <- function(n, dlt, level, closed, prob) {
    if (level < 1) return(add(n, dlt, prob))
    for (x in 0:3) {
      p <- prob * dbinom(x, 3, rates[level]); if (p == 0) next
      n2 <- n; d2 <- dlt; n2[level] <- n2[level] + 3; d2[level] <- d2[level] + x; bad <- d2[level] >= 2; c2 <- closed
      if (bad) { c2 <- min(c2, level); below <- level - 1
        if (confirm && below >= 1 && n2[below] < 6) go(n2, d2, below, c2, p) else add(n2, d2, p)
      } else if (d2[level] == 1 && n2[level] == 3) go(n2, d2, level, c2, p)
      else if (level + 1 < c2 && level < k && n2[level + 1] == 0) go(n2, d2, level + 1, c2, p)
      else if (confirm && n2[level] < 6) go(n2, d2, level, c2, p)
      else add(n2, d2, p)
    }
  }
  add <- function(n, dlt, prob) ends[[length(ends) + 1]] <<- list(n = n, dlt = dlt, p = prob)
  go(rep(0, k), rep(0, k), 1, k + 1, 1); ends
}
mtd <- function(e, definition) { ok <- switch(definition, at_most_one_sixth = e$n > 0 & e$dlt <= e$n / 6 + 1e-12, at_most_one_of_six = e$n >= 6 & e$dlt <= e$n / 6 + 1e-12, below_two_dlts = {
    two <- which(e$dlt >= 2); top <- if (length(two)) min(two) - 1 else 0; seq_along(e$n) == top })
  if (any(ok)) max(which(ok)) else if (definition == "below_two_dlts" && all(e$dlt < 2)) -1 else 0 }
rates <- list(flat = c(0.1, 0.1, 0.1), steep = c(0.05, 0.15, 0.3, 0.5), toxic = c(0.6, 0.8), safe = c(0, 0, 0), certain = c(1, 1), one = 0.25)
fixture(do.call(rbind, lapply(names(rates), function(case) do.call(rbind, lapply(list(c("at_most_one_of_six", TRUE), c("at_most_one_sixth", FALSE), c("below_two_dlts", TRUE), c("below_two_dlts", FALSE)), function(design) {
  definition <- design[1]; confirm <- design[2] == "TRUE"; r <- rates[[case]]; e <- courses(r, confirm); p <- vapply(e, `[[`, 1, "p"); stopifnot(abs(sum(p) - 1) < 1e-12)
  m <- vapply(e, mtd, 1, definition)
  n <- vapply(seq_along(r), function(l) sum(p * vapply(e, function(x) x$n[l], 1)), 1); d <- vapply(seq_along(r), function(l) sum(p * vapply(e, function(x) x$dlt[l], 1)), 1)
  data.frame(case, rates = numbers(r), confirm, definition, none = sum(p[m == 0]), not_reached = sum(p[m == -1]), level = seq_along(r), selected = vapply(seq_along(r), function(l) sum(p[m == l]), 1), patients = n, dlt = d)
})))), "three-plus-three", "Operating characteristics of the 3+3 rule under given true rates: chance that a level is the MTD (none: no level; not_reached: no level has two DLTs), expected patients and DLTs",
  "all courses enumerated, see r/families.R",
  notes = c("confirm: after two DLTs at a level, or at the end, the dose below (or the last) gets three more unless six had it",
            "below_two_dlts without confirm is Lin and Shih 2001, section 3.1: the chance of passing a dose is q^3 + 3 p q^5 (.906 .709 .494 .309 .172 at p = .1 to .5)"))
pass <- function(p) (1 - p)^3 + 3 * p * (1 - p)^5
e <- courses(rates$steep, FALSE); p <- vapply(e, `[[`, 1, "p"); m <- vapply(e, mtd, 1, "below_two_dlts"); q <- pass(rates$steep)
stopifnot(all.equal(c(sum(p[m == 0]), sum(p[m == 2]), sum(p[m == -1])), c(1 - q[1], q[1] * q[2] * (1 - q[3]), prod(q))))
