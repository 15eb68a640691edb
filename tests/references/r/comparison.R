# Analysis of covariance: least-squares means, differences, trend and slope in dose, interaction, pooled imputations.
source("tests/references/r/common.R")
suppressMessages(library(emmeans))

# 27 made-up patients: three doses, a baseline, an age, four sites of unequal size, sex.
d <- data.frame(
  id = 1:27, group = rep(c("PBO", "LOW", "TOP"), c(9, 10, 8)), dose = rep(c(0, 10, 40), c(9, 10, 8)),
  base = c(31, 24, 28, 35, 22, 27, 30, 26, 33, 29, 25, 34, 21, 30, 28, 32, 23, 27, 31, 26, 30, 22, 35, 28, 24, 33, 29),
  age = c(54, 61, 47, 70, 58, 66, 52, 63, 49, 57, 68, 45, 60, 71, 53, 64, 50, 59, 66, 48, 62, 55, 69, 51, 58, 46, 67),
  site = c("S1", "S1", "S1", "S2", "S2", "S3", "S3", "S1", "S4", "S1", "S1", "S2", "S2", "S1", "S3", "S4", "S1", "S3", "S1", "S4", "S1", "S2", "S1", "S3", "S1", "S4", "S1"),
  sex = c("F", "M", "M", "F", "F", "M", "F", "M", "F", "M", "F", "F", "M", "M", "F", "M", "F", "M", "M", "F", "F", "M", "F", "M", "M", "M", "F"),
  chg = c(-2, 1.5, -3, -1, 0.5, -4, 2, -2.5, -1.5, -5, -2, -7.5, -1, -3, -4.5, -6, 0, -2.5, -5.5, -3.5, -8, -3, -11.5, -6, -4, -9, -7))
d$group <- factor(d$group, c("PBO", "LOW", "TOP"))
fixture(d, "ancova-data", "Made-up data of the analyses of covariance: change from baseline of 27 patients in three dose groups", "data.frame(...)")

rows <- function(model, quantity, groups, estimate, se, df, low, high, statistic, p)
  data.frame(model, quantity, groups, estimate, se, df, low, high, statistic, p)
answer <- function(name, formula, data, weights = "equal") {
  fit <- lm(formula, data)
  e <- emmeans(fit, "group", weights = weights, nesting = NULL)
  s <- as.data.frame(summary(e, infer = TRUE)); s <- s[order(as.integer(s$group)), ]
  pairs <- as.data.frame(summary(contrast(e, "revpairwise", adjust = "none"), infer = TRUE))
  dose <- tapply(data$dose, data$group, mean); w <- dose - mean(dose)
  trend <- as.data.frame(summary(contrast(e, list(trend = as.numeric(w))), infer = TRUE))
  slope <- lm(update(formula, . ~ . - group + dose), data); k <- summary(slope)$coefficients["dose", ]; ci <- confint(slope)["dose", ]
  whole <- anova(update(fit, . ~ . - group), fit)
  rbind(rows(name, "lsmean", as.character(s$group), s$emmean, s$SE, s$df, s$lower.CL, s$upper.CL, s$t.ratio, s$p.value),
        rows(name, "difference", as.character(pairs$contrast), pairs$estimate, pairs$SE, pairs$df, pairs$lower.CL, pairs$upper.CL, pairs$t.ratio, pairs$p.value),
        rows(name, "trend", "linear in dose", trend$estimate, trend$SE, trend$df, trend$lower.CL, trend$upper.CL, trend$t.ratio, trend$p.value),
        rows(name, "slope", "dose", k[1], k[2], slope$df.residual, ci[1], ci[2], k[3], k[4]),
        rows(name, "group", "F test", NA, NA, whole$Res.Df[2], NA, NA, whole$F[2], whole$`Pr(>F)`[2]))
}
interaction <- function(name, small, big, data) {
  a <- anova(lm(small, data), lm(big, data))
  rows(name, "interaction", paste("F, df", a$Df[2]), NA, NA, a$Res.Df[2], NA, NA, a$F[2], a$`Pr(>F)`[2])
}
b <- d[!(d$group == "TOP" & d$site == "S4"), ]                  # a group without a patient at a site
few <- d[c(1, 2, 10, 20), ]                                      # one patient in two of the groups
fixture(rbind(
  answer("group", chg ~ group, d), answer("base", chg ~ group + base, d), answer("base age", chg ~ group + base + age, d),
  answer("base site", chg ~ group + base + site, d), answer("base age site sex", chg ~ group + base + age + site + sex, d),
  answer("base site proportional", chg ~ group + base + site, d, "proportional"), answer("base site without a cell", chg ~ group + base + site, b),
  answer("group few", chg ~ group, few),
  interaction("base", chg ~ group + base + sex, chg ~ group + base + sex + group:sex, d),
  interaction("base site", chg ~ group + base + site + sex, chg ~ group + base + site + sex + group:sex, d),
  interaction("base by site", chg ~ group + base + site, chg ~ group + base + site + group:site, b)), "ancova",
  "Analysis of covariance: least-squares means at the mean of the covariates, all differences, trend and slope in dose, interaction",
  "lm(); emmeans(fit, 'group', weights = 'equal'); contrast(revpairwise, dose - mean(dose)); anova(small, big)", "emmeans",
  notes = c("data: ancova-data.csv; levels of factors weigh equally (SAS LSMEANS without OM), the model 'proportional' is there to show that it differs",
            "without a cell: rows of TOP at S4 left out; few: patients 1, 2, 10, 20; statistic: t, of group and interaction F"))

# Confounded: LOW is treated at S2 only and nobody else is there: its mean is not estimable.
c <- d[!(d$site == "S2" & d$group != "LOW") & !(d$group == "LOW" & d$site != "S2"), ]
confounded <- as.data.frame(summary(emmeans(lm(chg ~ group + base + site, c), "group", nesting = NULL), infer = TRUE))
fixture(data.frame(group = as.character(confounded$group), estimate = confounded$emmean, se = confounded$SE, df = confounded$df), "ancova-confounded",
  "A group that is seen at one site only, where nobody else is: what emmeans calls not estimable", "emmeans(lm(chg ~ group + base + site), 'group')", "emmeans",
  notes = "data: ancova-data.csv without S2 but for LOW, and without LOW but for S2; empty: not estimable")

# Five completed data sets (LOCF of nothing: the values of four patients drawn by hand), pooled by Rubin's rules.
drawn <- list(c(-4.2, -1.1, -6.3, -5), c(-3.1, 0.4, -7.9, -2.2), c(-5.6, -2.0, -4.4, -6.1), c(-2.4, -0.7, -9.0, -4.4), c(-4.9, 1.2, -6.8, -3.7))
who <- c(3, 12, 20, 27)
fits <- lapply(drawn, function(v) { x <- d; x$chg[who] <- v; lm(chg ~ group + base + site, x) })
barnard <- function(q, u, complete) {
  # Rubin 1987, p. 76; Barnard and Rubin 1999, formula (3)
  m <- length(q); between <- var(q); within <- mean(u); total <- within + (1 + 1 / m) * between; lambda <- (1 + 1 / m) * between / total
  old <- (m - 1) / lambda^2; observed <- (complete + 1) / (complete + 3) * complete * (1 - lambda)
  df <- 1 / (1 / old + 1 / observed); if (between == 0) df <- observed
  t <- mean(q) / sqrt(total)
  c(mean(q), sqrt(total), df, mean(q) - qt(0.975, df) * sqrt(total), mean(q) + qt(0.975, df) * sqrt(total), t, 2 * pt(-abs(t), df))
}
each <- lapply(fits, function(f) {
  e <- emmeans(f, "group"); s <- as.data.frame(e); p <- as.data.frame(contrast(e, "trt.vs.ctrl", adjust = "none"))
  list(q = c(s$emmean, p$estimate), u = c(s$SE, p$SE)^2, name = c(as.character(s$group), as.character(p$contrast)), df = f$df.residual) })
fixture(do.call(rbind, lapply(seq_along(each[[1]]$name), function(i) {
  v <- barnard(vapply(each, function(e) e$q[i], 1), vapply(each, function(e) e$u[i], 1), each[[1]]$df)
  s <- mice::pool.scalar(vapply(each, function(e) e$q[i], 1), vapply(each, function(e) e$u[i], 1), n = 27, k = 27 - each[[1]]$df)
  stopifnot(abs(s$df - v[3]) < 1e-8, abs(sqrt(s$t) - v[2]) < 1e-10)
  data.frame(quantity = each[[1]]$name[i], complete_df = each[[1]]$df, estimates = numbers(vapply(each, function(e) e$q[i], 1)), variances = numbers(vapply(each, function(e) e$u[i], 1)),
             estimate = v[1], se = v[2], df = v[3], low = v[4], high = v[5], t = v[6], p = v[7])
})), "ancova-imputed", "Five completed data sets: ANCOVA (group, base, site) of each, LS means and differences with control pooled by Rubin's rules",
  "lm(); emmeans(); mice::pool.scalar(Q, U, n = 27, k = 7) gives the same se and df (checked in the script)", c("emmeans", "mice"),
  notes = c("data: ancova-data.csv; chg of patients 3, 12, 20, 27 is, in turn: -4.2 -1.1 -6.3 -5; -3.1 .4 -7.9 -2.2; -5.6 -2 -4.4 -6.1; -2.4 -.7 -9 -4.4; -4.9 1.2 -6.8 -3.7",
            "df: Barnard and Rubin 1999 with the residual df of the complete data, 20"))

pooled <- list(
  two = list(q = c(1, 3), u = c(1, 1), df = 10), same = list(q = c(2, 2, 2), u = c(0.5, 0.7, 0.6), df = 20), five = list(q = c(1.2, 0.8, 1.5, 0.9, 1.1), u = c(0.2, 0.25, 0.22, 0.21, 0.19), df = 30),
  wide = list(q = c(-4, 2, 7, 1, -1, 3), u = c(1, 1.1, 0.9, 1.2, 1, 1), df = 8), small = list(q = c(10.1, 10.3, 9.8), u = c(4, 4.2, 3.9), df = 2),
  many = list(q = round(sin(1:40), 2), u = round(0.3 + 0.1 * cos(1:40), 2), df = 55))
fixture(do.call(rbind, lapply(names(pooled), function(case) {
  x <- pooled[[case]]; v <- barnard(x$q, x$u, x$df)
  s <- mice::pool.scalar(x$q, x$u, n = x$df + 1, k = 1)
  stopifnot(case == "same" || abs(s$df - v[3]) < 1e-8)
  data.frame(case, estimates = numbers(x$q), variances = numbers(x$u), complete_df = x$df, estimate = v[1], se = v[2], df = v[3], low = v[4], high = v[5], t = v[6], p = v[7])
})), "rubin", "Results of imputed data sets combined by Rubin's rules, degrees of freedom of Barnard and Rubin",
  "by the formulas; mice::pool.scalar(Q, U, n, k) gives the same df (checked in the script)", "mice",
  notes = "same: no variance between imputations: df are those of the complete data times (df + 1)/(df + 3)")
