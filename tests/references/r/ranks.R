# Signed-rank test, Hodges-Lehmann estimate with exact limits, Kruskal-Wallis test, analysis of variance.
source("tests/references/r/common.R")
suppressMessages({library(exactRankTests); library(coin)})

x <- c(1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30)
y <- c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29)
samples <- list(
  depression = round(y - x, 3), one = 3, two = c(1, 2), three = c(-1, 2, 5), five_positive = c(1, 2, 3, 4, 5),
  six_positive = c(1, 2, 3, 4, 5, 6), six_negative = -c(1, 2, 3, 4, 5, 6), constant = rep(2, 6), zeros = rep(0, 5),
  one_zero = c(0, 1, -2, 3, 4, 5, 6, 7), many_zeros = c(0, 0, 0, -1, 2, 3, 0, 5, 5),
  ties = c(1, 1, -1, 2, 2, -2, 3, 3, 3, 4), ties_balanced = c(-1, 1, -2, 2, -3, 3),
  sleep = c(1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4),
  fifteen = c(3, -1, 4, 1, -5, 9, 2, 6, 5, 3, 5, -8, 9, 7, 9),
  twenty = c(-3.1, 2.2, 0.4, 1.7, -0.6, 5.2, 3.3, -1.2, 2.8, 4.1, 0.9, -2.4, 3.9, 1.1, 0.2, 2.7, -0.3, 1.9, 3.6, 2.1))

enumerated <- function(x) {  # every choice of signs of the midranks of the values that are not zero
  x <- x[x != 0]; n <- length(x)
  if (n == 0) return(NA_real_)
  r <- rank(abs(x)); w <- sum(r[x > 0]); mu <- sum(r) / 2
  all <- Reduce(function(s, one) c(s, s + one), r, 0)
  mean(abs(all - mu) >= abs(w - mu) - 1e-9)
}
fixture(do.call(rbind, lapply(names(samples), function(case) {
  v <- samples[[case]]; z <- v[v != 0]
  data.frame(case, x = numbers(v), n = length(v), used = length(z), w_plus = sum(rank(abs(z))[z > 0]),
             p = enumerated(v),
             p_exactRankTests = if (length(z)) suppressWarnings(wilcox.exact(v, exact = TRUE)$p.value) else NA,
             p_coin = if (length(z) > 1) pvalue(wilcoxsign_test(v ~ rep(0, length(v)), distribution = "exact", zero.method = "Wilcoxon"))[1] else NA)
})), "signed-rank", "Exact Wilcoxon signed-rank test, two-sided: zeros dropped, midranks, permutation of the ranks observed",
  "exactRankTests::wilcox.exact(x); coin::wilcoxsign_test(x ~ 0, distribution = 'exact', zero.method = 'Wilcoxon'); p: all sign choices",
  c("exactRankTests", "coin"),
  notes = c("depression: Hollander and Wolfe 1973, p. 29 f. (R ?wilcox.test): one-sided p 0.01953, two-sided 0.03906",
            "all zeros: no rank is left; the packages give no value, the observed outcome is the only one"))

walsh <- function(x) { w <- outer(x, x, "+") / 2; sort(w[!lower.tri(w)]) }
fixture(do.call(rbind, lapply(names(samples), function(case) {
  v <- samples[[case]]; n <- length(v); w <- walsh(v); m <- length(w)
  k <- qsignrank(0.025, n)          # smallest k with P(T <= k) >= 0.025
  if (psignrank(k - 1, n) > 0.025) stop("no")
  # the largest c with P(T <= c - 1) <= 0.025; limits are the c-th Walsh averages from both ends
  c <- if (k == 0) 0 else k
  if (psignrank(k, n) <= 0.025) c <- k + 1
  plain <- length(unique(abs(v))) == n && all(v != 0) && n > 1
  r <- if (plain) suppressWarnings(wilcox.test(v, exact = TRUE, conf.int = TRUE)) else NULL
  e <- if (n > 1 && length(unique(v)) > 1) tryCatch(suppressWarnings(wilcox.exact(v, conf.int = TRUE, exact = TRUE)), error = function(e) NULL) else NULL
  data.frame(case, x = numbers(v), estimate = median(w), rank = c,
             ci_low = if (c > 0) w[c] else NA, ci_high = if (c > 0) w[m + 1 - c] else NA,
             coverage = if (c > 0) 1 - 2 * psignrank(c - 1, n) else 1,
             r_low = if (plain && c > 0) r$conf.int[1] else NA, r_high = if (plain && c > 0) r$conf.int[2] else NA,
             exact_low = if (!is.null(e)) e$conf.int[1] else NA, exact_high = if (!is.null(e)) e$conf.int[2] else NA)
})), "hodges-lehmann", "Hodges-Lehmann estimate (median of the Walsh averages) with exact limits of at least 95% coverage",
  "by definition with psignrank(c - 1, n) <= .025; wilcox.test(x, conf.int = TRUE) where there is no tie and no zero", "exactRankTests",
  notes = c("Hollander, Wolfe, Chicken 2014, section 3.4: the limits are the c-th smallest and c-th largest Walsh average",
            "rank 0: no interval of 95% exists (n < 6); exact_*: exactRankTests, which drops zeros and conditions on ties, for comparison only"))

groups <- list(
  plants = split(PlantGrowth$weight, PlantGrowth$group), hollander = list(a = c(2.9, 3.0, 2.5, 2.6, 3.2), b = c(3.8, 2.7, 4.0, 2.4), c = c(2.8, 3.4, 3.7, 2.2, 2.0)),
  ties = list(a = c(1, 2, 2, 3), b = c(2, 3, 3, 4), c = c(3, 4, 4, 4, 5)), two = list(a = c(1, 5, 7), b = c(2, 3)),
  constant = list(a = c(4, 4), b = c(4, 4, 4)), one_each = list(a = 1, b = 2, c = 3), separated = list(a = 1:4, b = 11:14),
  empty = list(a = c(1, 3, 8), b = numeric(), c = c(2, 9)))
fixture(do.call(rbind, lapply(names(groups), function(case) {
  g <- groups[[case]]; v <- unlist(g); f <- factor(rep(names(g), lengths(g)))
  k <- tryCatch(kruskal.test(v, f), error = function(e) NULL)
  a <- tryCatch(suppressWarnings(oneway.test(v ~ f, var.equal = TRUE)), error = function(e) NULL)
  data.frame(case, x = paste(vapply(g, function(one) if (length(one)) numbers(one) else "", ""), collapse = " | "),
             h = if (is.null(k)) NA else as.numeric(k$statistic), df = if (is.null(k)) NA else as.numeric(k$parameter),
             p = if (is.null(k)) NA else k$p.value, f = if (is.null(a)) NA else as.numeric(a$statistic), p_anova = if (is.null(a)) NA else a$p.value)
})), "kruskal-wallis", "Kruskal-Wallis test with correction for ties (chi-square approximation), and one-way analysis of variance",
  "kruskal.test(x, g); oneway.test(x ~ g, var.equal = TRUE)",
  notes = c("hollander: Hollander and Wolfe 1973, p. 116 (R ?kruskal.test prints H = 0.77143, df 2, p 0.68); groups are parted by |",
            "empty: R gives NaN where all values are equal; a group without a value does not count"))
