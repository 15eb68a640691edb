# Mixed model for repeated measures: unstructured covariance, REML, Satterthwaite degrees of freedom.
source("tests/references/r/common.R")
suppressMessages({library(nlme); library(emmeans); library(numDeriv)})

o <- data.frame(id = as.character(Orthodont$Subject), group = ifelse(Orthodont$Sex == "Male", "B", "A"), visit = Orthodont$age, value = Orthodont$distance)
# The same with the values that Little and Rubin 1987, Table 6.3, made missing at age 10 (those with a low value at age 8).
low <- c("F03", "F06", "F09", "F10", "M02", "M05", "M06", "M10", "M13")   # nine of the children
growth <- rbind(cbind(case = "complete", o), cbind(case = "age 10 missing", o[!(o$id %in% low & o$visit == 10), ]))
# Three groups, baseline by visit, a factor; values lost at random and from a visit on.
set.seed(20260101)
n <- 24; long <- expand.grid(visit = 1:3, id = sprintf("P%02d", 1:n)); long$group <- rep(c("A", "B", "C"), each = 3 * n / 3)
base <- round(rnorm(n, 50, 6)); u <- rnorm(n, 0, 4); long$base <- rep(base, each = 3); long$site <- rep(c("S1", "S2", "S1", "S1"), each = 3, length.out = nrow(long))
long$value <- round(-1.5 * long$visit + c(A = 0, B = -2, C = -4)[long$group] * long$visit / 3 - 0.2 * (long$base - 50) + rep(u, each = 3) + rnorm(nrow(long), 0, 1 + long$visit), 1)
gone <- c("P03 2", "P03 3", "P07 3", "P10 2", "P12 1", "P15 3", "P18 2", "P18 3", "P21 1", "P21 2", "P24 3")
long <- long[!(paste(long$id, long$visit) %in% gone), ]

# -2 REML and its parts from the definition: y = Xb + e, Cov(e) of a patient = the rows and columns of Sigma observed.
parts <- function(theta, X, y, visit, id, k) {
  L <- matrix(0, k, k); L[lower.tri(L, TRUE)] <- theta; S <- L %*% t(L)
  xx <- 0; xy <- 0; yy <- 0; ld <- 0
  for (i in split(seq_along(y), id)) { V <- S[visit[i], visit[i], drop = FALSE]; W <- solve(V); Xi <- X[i, , drop = FALSE]
    xx <- xx + t(Xi) %*% W %*% Xi; xy <- xy + t(Xi) %*% W %*% y[i]; yy <- yy + drop(t(y[i]) %*% W %*% y[i]); ld <- ld + determinant(V)$modulus }
  b <- solve(xx, xy)
  list(deviance = as.numeric(ld + determinant(xx)$modulus + yy - sum(b * xy) + (length(y) - ncol(X)) * log(2 * pi)), b = b, C = solve(xx), S = S)
}
model <- function(case, d, formula) {
  d$id <- as.character(d$id); d$v <- factor(d$visit); d$group <- factor(d$group); d$time <- as.integer(d$v); d <- d[order(d$id, d$time), ]
  f <- gls(formula, d, correlation = corSymm(form = ~ time | id), weights = varIdent(form = ~ 1 | v), method = "REML",
           control = glsControl(msMaxIter = 500, maxIter = 500, tolerance = 1e-12, msTol = 1e-12))
  X <- model.matrix(formula, d); k <- nlevels(d$v); y <- d[[all.vars(formula)[1]]]
  full <- names(which.max(table(d$id))); S0 <- getVarCov(f, individual = full); start <- t(chol(unclass(matrix(S0, k))))[lower.tri(diag(k), TRUE)]
  g <- function(t) parts(t, X, y, d$time, d$id, k)$deviance
  best <- start; for (i in 1:4) best <- nlm(g, best, gradtol = 1e-10, steptol = 1e-12, iterlim = 500)$estimate
  at <- parts(best, X, y, d$time, d$id, k)
  stopifnot(at$deviance <= -2 * as.numeric(logLik(f)) + 1e-6, abs(at$deviance + 2 * as.numeric(logLik(f))) < 1e-4)
  A <- 2 * solve(hessian(g, best))
  satt <- function(L) { v <- function(t) drop(L %*% parts(t, X, y, d$time, d$id, k)$C %*% L); gr <- grad(v, best); 2 * v(best)^2 / drop(gr %*% A %*% gr) }
  e <- if (nlevels(d$group) > 1) emmeans(f, ~ group | v, mode = "df.error", data = d) else emmeans(f, ~ v, mode = "df.error", data = d)
  lin <- e@linfct; grid <- e@grid; if (is.null(grid$group)) grid$group <- levels(d$group); out <- list()
  add <- function(quantity, group, visit, L) { est <- sum(L * at$b); se <- sqrt(drop(L %*% at$C %*% L)); df <- satt(L); t <- est / se
    out[[length(out) + 1]] <<- data.frame(case, quantity, group, visit, estimate = est, se, df, low = est - qt(.975, df) * se, high = est + qt(.975, df) * se, p = 2 * pt(-abs(t), df)) }
  for (v in levels(d$v)) for (gr in levels(d$group)) add("lsmean", gr, v, lin[grid$group == gr & grid$v == v, ])
  for (v in levels(d$v)) for (gr in levels(d$group)[-1]) add("difference", gr, v, lin[grid$group == gr & grid$v == v, ] - lin[grid$group == levels(d$group)[1] & grid$v == v, ])
  s <- summary(f)$tTable; out <- do.call(rbind, out)
  stopifnot(max(abs(at$b - s[, 1])) < 1e-4 * max(abs(s[, 1])))
  cov <- at$S; cov <- data.frame(case, quantity = "covariance", group = rep(1:k, k), visit = rep(1:k, each = k), estimate = as.vector(cov), se = NA, df = NA, low = NA, high = NA, p = NA)
  rbind(out, cov[cov$group >= cov$visit, ], data.frame(case, quantity = "deviance", group = "", visit = "", estimate = at$deviance, se = NA, df = NA, low = NA, high = NA, p = NA))
}
fixture(growth, "mixed-growth", "Distance from pituitary to pterygomaxillary fissure at 8, 10, 12, 14 years: Potthoff and Roy 1964 (A girls, B boys)", "nlme::Orthodont", "nlme",
  notes = "'age 10 missing': the value at 10 years of nine children with low values at 8 left out, in the manner of Little and Rubin 1987, section 7.3")
fixture(long, "mixed-baseline", "Made-up data: change at three visits in three groups with a baseline and a site, some values missing", "see r/mixed.R")
whole <- function(case, d, formula) model(case, d, formula)
fixture(rbind(
  model("complete", growth[growth$case == "complete", ], value ~ group * v), model("age 10 missing", growth[growth$case != "complete", ], value ~ group * v),
  model("baseline", long, value ~ group * v + base * v), model("baseline site", long, value ~ group * v + base * v + site),
  model("pair", long[long$visit > 1 & long$group != "C", ], value ~ group * v + base * v)), "mixed",
  "Mixed model for repeated measures (group, visit, their interaction, baseline by visit, a factor), unstructured covariance, REML, Satterthwaite df",
  "gls(correlation = corSymm(~ time | id), weights = varIdent(~ 1 | visit), method = 'REML'); emmeans(equal weights); df: numDeriv::hessian, grad of the REML deviance",
  c("nlme", "emmeans", "numDeriv"),
  notes = c("data: mixed-growth.csv, mixed-baseline.csv; pair: visits 2 and 3 of groups A and B; deviance: -2 log REML with the constant, as gls has it",
            "Satterthwaite: 2 (LCL')^2 / g'Ag, g the gradient of LCL' and A twice the inverse of the observed second derivatives of the deviance (SAS MIXED, mmrm)",
            "complete: a full multivariate model, where the df of every contrast of groups at a visit are n - 2 = 25 exactly"))

# One variance and one covariance (compound symmetry), by a package of its own: Satterthwaite's df of lmerTest.
suppressMessages(library(lmerTest))
simpler <- function(case, d, formula) {
  d$v <- factor(d$visit); d$group <- factor(d$group)
  f <- lmer(formula, d, REML = TRUE, control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-10)))
  e <- as.data.frame(emmeans(f, ~ group | v, lmer.df = "satterthwaite"))
  p <- as.data.frame(summary(contrast(emmeans(f, ~ group | v, lmer.df = "satterthwaite"), "trt.vs.ctrl1", adjust = "none"), infer = TRUE))
  s <- as.data.frame(VarCorr(f))$vcov
  rbind(data.frame(case, quantity = "lsmean", group = as.character(e$group), visit = as.character(e$v), estimate = e$emmean, se = e$SE, df = e$df, low = e$lower.CL, high = e$upper.CL, p = NA),
        data.frame(case, quantity = "difference", group = sub(" - .*", "", as.character(p$contrast)), visit = as.character(p$v), estimate = p$estimate, se = p$SE, df = p$df, low = p$lower.CL, high = p$upper.CL, p = p$p.value),
        data.frame(case, quantity = c("variance", "covariance"), group = "", visit = "", estimate = c(sum(s), s[1]), se = NA, df = NA, low = NA, high = NA, p = NA))
}
fixture(rbind(simpler("complete", growth[growth$case == "complete", ], value ~ group * v + (1 | id)),
  simpler("baseline site", long, value ~ group * v + base * v + site + (1 | id))), "mixed-symmetric",
  "The same with compound symmetry (one variance, one covariance), Satterthwaite df", "lmerTest::lmer(... + (1 | id)); emmeans(lmer.df = 'satterthwaite')",
  c("lmerTest", "lme4", "emmeans"), notes = "data: mixed-growth.csv (complete), mixed-baseline.csv")

# Where the maximum is nearly, and where it is not, one of a positive definite matrix.
edges <- read.csv(file.path(folder, "mixed-edges.csv"), comment.char = "#")
s <- edges[edges$case == "singular", ]; s$v <- factor(s$visit); s$group <- factor(s$group)
g <- gls(value ~ group * v + base * v, s, correlation = corSymm(form = ~ visit | id), weights = varIdent(form = ~ 1 | v), method = "REML")
r <- as.numeric(coef(g$modelStruct$corStruct, unconstrained = FALSE)); stopifnot(abs(abs(r) - 1) < 1e-6)
fixture(rbind(model("nearly singular", edges[edges$case == "nearly singular", ], value ~ v + base * v),
  cbind(simpler("singular", s, value ~ group * v + base * v + (1 | id)))), "mixed-edges-results",
  "Nearly singular: unstructured (gls, df by numDeriv); singular: compound symmetry (lmerTest), for gls ends at a correlation of one", "as mixed.csv and mixed-symmetric.csv",
  c("nlme", "lmerTest", "numDeriv"), notes = "data: mixed-edges.csv; covariates: base by visit; one group in nearly singular")
