# Descriptive statistics, t interval, paired t test, standardised mean change.
source("tests/references/r/common.R")

samples <- list(
  one = 4.2, two = c(1, 2), three = c(3, 1, 2), four = c(1, 2, 3, 4), five = c(9, 1, 5, 3, 7),
  eight = 1:8, nine = c(2.5, 3.5, 3.5, 4, 8, 8.25, 9, 11, 30), constant = rep(7, 5), constant_two = c(-3, -3),
  zeros = rep(0, 4), ties = c(1, 1, 1, 2, 2, 5, 5, 5, 5, 9), negative = c(-10.5, -3.25, -3.25, 0, 2, 4.75, 12),
  twelve = c(14.1, 13.9, 15.2, 18.8, 11.4, 12.2, 16.6, 17.3, 15.2, 10.9, 13.3, 19.7),
  tenths = c(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7), sleep = sleep$extra[11:20] - sleep$extra[1:10])

fixture(do.call(rbind, lapply(names(samples), function(case) {
  x <- samples[[case]]
  q <- quantile(x, c(0.25, 0.5, 0.75), type = 2, names = FALSE)
  data.frame(case, x = numbers(x), n = length(x), mean = mean(x), sd = sd(x), median = q[2], q1 = q[1], q3 = q[3],
             min = min(x), max = max(x), median_r = median(x))
})), "descriptive", "Descriptive statistics; quartiles of type 2 (SAS PCTLDEF=5): Hyndman and Fan 1996, definition 2",
  "quantile(x, c(.25, .5, .75), type = 2); mean, sd, min, max, median",
  notes = "sleep: Student 1908, as in R datasets; the standard deviation of one value does not exist")

test <- function(x) tryCatch({
  t <- t.test(x)
  c(t$statistic, t$p.value, t$conf.int)
}, error = function(e) rep(NA_real_, 4))
fixture(do.call(rbind, lapply(names(samples), function(case) {
  x <- samples[[case]]
  r <- test(x)
  data.frame(case, x = numbers(x), mean = mean(x), se = sd(x) / sqrt(length(x)), t = r[1], df = length(x) - 1, p = r[2],
             ci_low = r[3], ci_high = r[4])
})), "t-test", "One-sample (paired) t test of changes against zero, and the 95% t interval of their mean", "t.test(x)",
  notes = c("sleep: Student 1908, two-sided p 0.002833 as R prints it in ?t.test (paired), interval 0.7001142 to 2.4598858",
            "empty: does not exist (one value) or R stops with 'data are essentially constant'"))

hedges <- function(x) tryCatch({
  g <- effectsize::hedges_g(x, mu = 0, ci = 0.95)
  d <- effectsize::cohens_d(x, mu = 0, ci = 0.95)
  c(g$Hedges_g, g$CI_low, g$CI_high, d$Cohens_d, d$CI_low, d$CI_high)
}, error = function(e) rep(NA_real_, 6))
# From the definition: noncentrality of t at which the observed t is the 97.5% and the 2.5% point, over the root of n,
# and the exact factor of Hedges 1981, gamma(m/2) / (sqrt(m/2) gamma((m-1)/2)), m = n - 1.
defined <- function(x) {
  n <- length(x); m <- n - 1; s <- sd(x)
  if (n < 3 || s == 0) return(rep(NA_real_, 4))
  t <- mean(x) / s * sqrt(n)
  j <- exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2))
  # P(T <= t) as an integral over the scaled chi: pt(, ncp =) loses digits in the tail (see ?pt)
  below <- function(ncp) integrate(function(s) pnorm(t * s - ncp) * 2 * m * s * dchisq(m * s^2, m), 0, Inf,
                                   rel.tol = 1e-12, subdivisions = 1000L)$value
  at <- function(p) uniroot(function(ncp) below(ncp) - p, c(-5, 15), extendInt = "yes", tol = 1e-11)$root / sqrt(n)
  c(j, j * mean(x) / s, j * at(0.975), j * at(0.025))
}
fixture(do.call(rbind, lapply(c("three", "four", "five", "eight", "nine", "constant", "zeros", "ties", "negative", "twelve", "sleep"), function(case) {
  x <- samples[[case]]
  r <- hedges(x); d <- defined(x)
  if (sd(x) == 0) r[] <- NA
  data.frame(case, x = numbers(x), j = d[1], g = d[2], ci_low = d[3], ci_high = d[4], g_package = r[1], low_package = r[2],
             high_package = r[3], d = r[4], d_low = r[5], d_high = r[6])
})), "standardised-mean-change", "Mean change over its standard deviation, corrected by Hedges 1981, with noncentral t limits",
  "effectsize::hedges_g(x, mu = 0); cohens_d(x, mu = 0); by definition: P(T(n - 1, ncp) <= t) = .975, .025 by integrate()", "effectsize",
  notes = c("j: exact factor gamma(m/2) / (sqrt(m/2) gamma((m-1)/2)), m = n - 1; limits are multiplied by it as the estimate is",
            "the package's limits come from an optimiser: six digits, fewer for three values",
            "d, d_low, d_high: without the correction"))
