# Multiple imputation: what a value that is drawn is distributed as, and where a result tips.
source("tests/references/r/common.R")
suppressMessages(library(emmeans))

# Baseline and two visits of 16 subjects in two groups; four lack the second visit (monotone).
w <- data.frame(id = sprintf("P%02d", 1:16), group = rep(c("A", "B"), each = 8),
  base = c(20, 25, 31, 28, 22, 27, 35, 30, 24, 29, 33, 21, 26, 32, 23, 28), v1 = c(-1, 0.5, -2, -3.5, 1, -1.5, -4, -2, -3, -4.5, -6, -2.5, -3, -7, -1.5, -5),
  v2 = c(-2, 1, -3.5, NA, 0.5, -2.5, NA, -3, -5, -6, NA, -3, -4.5, NA, -2, -8))
w$b <- as.numeric(w$group == "B")
fixture(w, "imputation-data", "Made-up data: baseline and two visits of 16 subjects in two groups; four lack the second visit", "data.frame(...)", notes = "b: 1 in group B")
seen <- !is.na(w$v2)
one <- function(model, formula, data = w) {
  f <- lm(formula, data[!is.na(data$v2), ]); new <- data[is.na(data$v2), ]
  p <- predict(f, new, interval = "prediction", level = 0.95); q <- predict(f, new, interval = "prediction", level = 0.5)
  data.frame(model, id = new$id, centre = p[, "fit"], low50 = q[, "lwr"], high50 = q[, "upr"], low95 = p[, "lwr"], high95 = p[, "upr"], df = f$df.residual)
}
fixture(rbind(one("pooled", v2 ~ base + v1), one("group", v2 ~ b + base + v1),
  do.call(rbind, lapply(c("A", "B"), function(g) one(paste("within", g), v2 ~ base + v1, w[w$group == g, ])))), "imputation",
  "Where the middle 50 and 95% of values lie that are imputed by Bayesian linear regression with the prior 1/variance",
  "predict(lm(v2 ~ [group +] base + v1), interval = 'prediction', level = .5, .95): the posterior predictive distribution is t",
  notes = c("Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 14.2; Rubin 1987, p. 167", "data: imputation-data.csv; within: the model of one group's subjects alone"))

# Imputed values by hand, three data sets; the imputed values are shifted until p is exactly 0.05.
drawn <- list(c(-3, -5.5, -8, -9), c(-4, -4.5, -7, -9.5), c(-3.5, -5, -9, -10.5))
sets <- lapply(drawn, function(v) { x <- w; x$v2[!seen] <- v; x })
pooled <- function(q, u, complete) {
  m <- length(q); total <- mean(u) + (1 + 1 / m) * var(q); lambda <- (1 + 1 / m) * var(q) / total
  df <- 1 / (lambda^2 / (m - 1) + 1 / ((complete + 1) / (complete + 3) * complete * (1 - lambda)))
  t <- mean(q) / sqrt(total); c(mean(q), sqrt(total), df, 2 * pt(-abs(t), df))
}
mean_at <- function(delta) { v <- lapply(sets, function(x) x$v2 + delta * !seen); pooled(sapply(v, mean), sapply(v, var) / 16, 15) }
difference_at <- function(delta) {
  r <- sapply(sets, function(x) { x$v2 <- x$v2 + delta * (!seen & x$group == "B"); f <- lm(v2 ~ group + base, x)
    p <- as.data.frame(contrast(emmeans(f, "group"), "revpairwise")); c(p$estimate, p$SE^2) })
  pooled(r[1, ], r[2, ], 13)
}
tip <- function(at) uniroot(function(d) at(d)[4] - 0.05, c(0, 60), tol = 1e-12)$root
row <- function(question, at, delta) { v <- at(delta); data.frame(question, delta, estimate = v[1], se = v[2], df = v[3], p = v[4]) }
fixture(rbind(row("mean", mean_at, 0), row("mean", mean_at, 4), row("mean", mean_at, tip(mean_at)),
  row("difference", difference_at, 0), row("difference", difference_at, 4), row("difference", difference_at, tip(difference_at))), "tipping-point",
  "Imputed values shifted by delta: of the mean change of all, and of the difference B - A (ANCOVA with baseline; only B is shifted)",
  "lm, emmeans, Rubin's rules with Barnard and Rubin's df; the last delta of each question is where p = 0.05 (uniroot)", "emmeans",
  notes = "data: imputation-data.csv; v2 of P04, P07, P11, P14 is, in turn: -3 -5.5 -8 -9; -4 -4.5 -7 -9.5; -3.5 -5 -9 -10.5")
