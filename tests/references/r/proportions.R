# One proportion, two proportions (with and without strata), rates.
source("tests/references/r/common.R")

one <- rbind(c(0, 1), c(1, 1), c(0, 2), c(1, 2), c(0, 3), c(3, 3), c(0, 10), c(3, 10), c(10, 10), c(1, 100), c(81, 263), c(15, 148), c(0, 20), c(1, 29))
fixture(do.call(rbind, apply(one, 1, function(r) {
  b <- binom.test(r[1], r[2])
  data.frame(events = r[1], n = r[2], estimate = r[1] / r[2], ci_low = b$conf.int[1], ci_high = b$conf.int[2])
})), "clopper-pearson", "Exact (Clopper-Pearson) 95% limits of a proportion", "binom.test(events, n)",
  notes = "81/263, 15/148, 0/20, 1/29: Newcombe 1998, Stat Med 17:857-872, Table I, method 5 prints .2527-.3676, .0578-.1617, .0000-.1684, .0009-.1776")

# Newcombe 1998, method 10: Wilson intervals of the two proportions, put together by squares of the distances.
newcombe <- function(a, m, b, n) {
  w <- function(x, k) suppressWarnings(prop.test(x, k, correct = FALSE)$conf.int[1:2])
  p <- a / m; q <- b / n; one <- w(a, m); two <- w(b, n); d <- p - q
  c(d, d - sqrt((p - one[1])^2 + (two[2] - q)^2), d + sqrt((one[2] - p)^2 + (q - two[1])^2))
}
two <- rbind(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20), c(0, 10, 0, 10), c(10, 10, 0, 20), c(10, 10, 0, 10))
printed <- rbind(c(.0524, .3339), c(.1705, .8090), c(.0582, .8062), c(-.0381, .1926), c(-.1611, .2775), c(-.2775, .2775), c(.6791, 1), c(.6075, 1))
more <- rbind(c(0, 1, 0, 1), c(1, 1, 0, 1), c(1, 2, 2, 3), c(3, 10, 9, 10), c(12, 12, 11, 11), c(100, 400, 90, 410))
fixture(do.call(rbind, lapply(seq_len(nrow(two) + nrow(more)), function(i) {
  r <- rbind(two, more)[i, ]; v <- newcombe(r[1], r[2], r[3], r[4])
  t <- matrix(c(r[1], r[3], r[2] - r[1], r[4] - r[3]), 2)
  data.frame(a = r[1], m = r[2], b = r[3], n = r[4], estimate = v[1], ci_low = v[2], ci_high = v[3],
             printed_low = if (i <= nrow(two)) printed[i, 1] else NA, printed_high = if (i <= nrow(two)) printed[i, 2] else NA,
             p_fisher = fisher.test(t)$p.value)
})), "newcombe", "Difference of two independent proportions a/m - b/n, 95% limits by Newcombe's method 10 (score, no continuity correction)",
  "prop.test(x, n, correct = FALSE)$conf.int of each, distances squared and added; fisher.test",
  notes = "printed_*: Newcombe 1998, Stat Med 17:873-890, Table II, contrasts (a) to (h), method 10")

strata <- list(
  # a: events of treated, m: treated, b: events of control, n: control; one column a stratum
  newcombe_a = rbind(c(56, 70, 48, 80)),
  migraine = rbind(c(16, 27, 5, 25), c(12, 28, 7, 26)),
  three_strata = rbind(c(12, 20, 6, 18), c(8, 15, 5, 17), c(3, 9, 2, 11)),
  sparse = rbind(c(1, 2, 0, 2), c(2, 2, 1, 3), c(0, 1, 1, 2), c(1, 1, 0, 1)),
  empty_arm = rbind(c(5, 10, 2, 10), c(3, 4, 0, 0), c(0, 0, 2, 6), c(6, 9, 3, 8)),
  nobody = rbind(c(0, 5, 0, 6), c(0, 7, 0, 4)), everybody = rbind(c(5, 5, 6, 6), c(7, 7, 4, 4)),
  one_stratum_nobody = rbind(c(0, 5, 0, 6), c(4, 7, 1, 8)), separated = rbind(c(5, 5, 0, 6), c(7, 7, 0, 4)),
  opposite = rbind(c(9, 10, 2, 10), c(2, 10, 9, 10)), no_overlap = rbind(c(3, 4, 0, 0), c(0, 0, 2, 6)),
  berkeley = cbind(UCBAdmissions["Admitted", "Male", ], colSums(UCBAdmissions[, "Male", ]), UCBAdmissions["Admitted", "Female", ], colSums(UCBAdmissions[, "Female", ])))
sato <- function(s) {
  # Sato, Greenland, Robins 1989, Biometrics 45:1323-1324 (and Greenland, Robins 1985 for the estimate)
  a <- s[, 1]; m <- s[, 2]; b <- s[, 3]; n <- s[, 4]; t <- m + n
  keep <- m > 0 & n > 0
  if (!any(keep)) return(c(NA, NA))
  a <- a[keep]; m <- m[keep]; b <- b[keep]; n <- n[keep]; t <- t[keep]
  w <- sum(m * n / t); d <- sum((a * n - b * m) / t) / w
  p <- sum((m^2 * b - n^2 * a + m * n * (n - m) / 2) / t^2); q <- sum((a * (n - b) + b * (m - a)) / (2 * t))
  c(d, sqrt((d * p + q) / w^2))
}
fixture(do.call(rbind, lapply(names(strata), function(case) {
  s <- strata[[case]]; keep <- s[, 2] > 0 & s[, 4] > 0; k <- s[keep, , drop = FALSE]
  v <- sato(s); z <- qnorm(0.975)
  r <- if (nrow(k)) tryCatch(suppressWarnings(metafor::rma.mh(ai = k[, 1], n1i = k[, 2], ci = k[, 3], n2i = k[, 4], measure = "RD", correct = FALSE)), error = function(e) NULL)
  h <- if (nrow(k)) tryCatch(suppressWarnings({
    t <- array(apply(k, 1, function(r) c(r[1], r[3], r[2] - r[1], r[4] - r[3])), c(2, 2, nrow(k)))
    if (nrow(k) > 1) { m <- mantelhaen.test(t, correct = FALSE); c(m$statistic, m$p.value) }
    else { e <- sum(k[, 1:4]) ; o <- k[1, ]; tot <- o[2] + o[4]; x <- o[1] + o[3]
      chi <- (o[1] - o[2] * x / tot)^2 / (o[2] * o[4] * x * (tot - x) / tot^2 / (tot - 1)); c(chi, pchisq(chi, 1, lower.tail = FALSE)) }
  }), error = function(e) c(NA, NA)) else c(NA, NA)
  data.frame(case, strata = paste(apply(s, 1, numbers), collapse = " | "), estimate = v[1], se = v[2], ci_low = v[1] - z * v[2], ci_high = v[1] + z * v[2],
             metafor = if (is.null(r)) NA else as.numeric(r$beta), se_metafor = if (is.null(r)) NA else r$se,
             chi = h[1], p_cmh = h[2])
})), "risk-difference-strata", "Mantel-Haenszel risk difference a/m - b/n over strata with Sato's variance, and the 2 x 2 x K Cochran-Mantel-Haenszel test",
  "metafor::rma.mh(measure = 'RD'); formula of Sato, Greenland and Robins 1989; mantelhaen.test(correct = FALSE)", "metafor",
  notes = c("strata: a m b n of each, parted by |; a stratum in which an arm is empty carries no weight; limits: estimate -+ 1.96 se",
            "migraine: SAS/STAT User's Guide, FREQ, Clinical trial for treatment of migraine: CMH statistics 8.3052, p 0.0040",
            "berkeley: UCBAdmissions (R ?mantelhaen.test prints X2 1.4269, p 0.2323 with correction; 1.5246, 0.2169 without)"))

rates <- rbind(c(0, 1), c(1, 1), c(3, 10), c(0, 365.25), c(10, 96.26), c(112, 40), c(2, 0.5), c(1000, 12345.6))
fixture(do.call(rbind, apply(rates, 1, function(r) {
  t <- poisson.test(r[1], r[2])
  data.frame(events = r[1], time = r[2], rate = r[1] / r[2], ci_low = t$conf.int[1], ci_high = t$conf.int[2])
})), "poisson-rate", "Incidence rate (events by time) with exact (Garwood) 95% Poisson limits", "poisson.test(events, time)",
  notes = "Garwood 1936 (also Ulm 1990, Am J Epidemiol 131:373-375) prints for 0: 0-3.69, 1: 0.0253-5.57, 3: 0.619-8.77, 10: 4.80-18.4")

tables <- list(
  tea = rbind(c(3, 1), c(1, 3)), zero_cell = rbind(c(0, 5), c(4, 1)), separated = rbind(c(5, 0), c(0, 5)), empty_column = rbind(c(5, 0), c(6, 0)),
  empty_row = rbind(c(0, 0), c(3, 4)), nobody = rbind(c(0, 0), c(0, 0)), one_each = rbind(c(1, 0), c(0, 1)), large = rbind(c(30, 170), c(55, 145)),
  convictions = rbind(c(2, 10), c(15, 3)), job = rbind(c(1, 2, 1, 0), c(3, 3, 6, 1), c(10, 10, 14, 9), c(6, 7, 12, 11)),
  three_arms = rbind(c(5, 7), c(1, 11), c(9, 3)), empty_level = rbind(c(2, 0, 3), c(1, 0, 6), c(4, 0, 1)), ties = rbind(c(2, 2, 2), c(2, 2, 2)),
  one_row = rbind(c(3, 4, 5)))
fixture(do.call(rbind, lapply(names(tables), function(case) {
  t <- tables[[case]]; k <- t[rowSums(t) > 0, colSums(t) > 0, drop = FALSE]
  ok <- nrow(k) > 1 && ncol(k) > 1
  c <- if (ok) suppressWarnings(chisq.test(k, correct = FALSE)) else NULL
  data.frame(case, table = paste(apply(t, 1, numbers), collapse = " | "), p_fisher = if (ok) fisher.test(k, workspace = 2e6)$p.value else NA,
             chi = if (ok) as.numeric(c$statistic) else NA, df = if (ok) as.numeric(c$parameter) else NA, p_chi = if (ok) c$p.value else NA)
})), "fisher-chi-square", "Fisher's exact test (Freeman-Halton beyond 2 x 2), two-sided, and Pearson's chi-square without correction",
  "fisher.test(table); chisq.test(table, correct = FALSE); rows and columns without a count are left out", 
  notes = c("R ?fisher.test prints: tea 0.4857, convictions 0.0005367, job (Agresti 2002, p. 57) 0.7827",
            "empty: one row or one column is left, there is nothing to compare"))
