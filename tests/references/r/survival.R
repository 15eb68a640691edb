# Kaplan-Meier estimate, its median with limits, log-rank test.
source("tests/references/r/common.R")
library(survival)

mercaptopurine <- list(time = c(6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35), event = rep(1:0, c(9, 12)))
placebo <- list(time = c(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23), event = rep(1, 21))
curves <- list(
  mercaptopurine = mercaptopurine, placebo = placebo,
  aml_maintained = with(aml[aml$x == "Maintained", ], list(time = time, event = status)),
  aml_not = with(aml[aml$x != "Maintained", ], list(time = time, event = status)),
  one_event = list(time = 5, event = 1), one_censored = list(time = 5, event = 0), two = list(time = c(3, 8), event = c(1, 0)),
  three = list(time = c(2, 4, 9), event = c(1, 1, 0)), all_censored = list(time = c(3, 5, 8, 9), event = rep(0, 4)),
  all_at_once = list(time = rep(7, 5), event = rep(1, 5)), events_and_censored_at_once = list(time = c(4, 4, 4, 4), event = c(1, 1, 0, 0)),
  flat_then_event = list(time = c(1, 2, 3, 4, 5, 6), event = c(1, 1, 1, 0, 1, 1)), flat_to_the_end = list(time = c(1, 2, 3, 4, 5, 6), event = c(1, 1, 1, 0, 0, 0)),
  # one half is reached only to rounding: .9 * 8/9 * ... * 5/6
  flat_of_ten = list(time = 1:10, event = c(1, 1, 1, 1, 1, 0, 1, 0, 1, 0)), above = list(time = 1:7, event = c(1, 1, 1, 0, 0, 0, 0)),
  ties = list(time = c(2, 2, 2, 3, 3, 5, 5, 5, 8, 8), event = c(1, 1, 0, 1, 0, 1, 1, 0, 1, 0)),
  hundred = list(time = 1:100, event = rep(c(1, 1, 1, 0, 1), 20)))
first <- function(time, at) { i <- which(!is.na(at) & round(at, 9) <= 0.5); if (length(i)) time[i[1]] else NA }

km <- function(c) survfit(Surv(c$time, c$event) ~ 1, conf.type = "log-log")
fixture(do.call(rbind, lapply(names(curves), function(case) {
  c <- curves[[case]]; f <- km(c); q <- quantile(f, 0.5); t <- summary(f)$table
  # the band exists from the first event on and while somebody is left (0 < S < 1)
  inside <- f$surv > 0 & f$surv < 1; lower <- ifelse(inside, f$lower, NA); upper <- ifelse(inside, f$upper, NA)
  data.frame(case, time = numbers(c$time), event = numbers(c$event), n = length(c$time), events = sum(c$event),
             median = first(f$time, f$surv), low = first(f$time, lower), high = first(f$time, upper),
             median_r = as.numeric(q$quantile), low_r = as.numeric(q$lower), high_r = as.numeric(q$upper), median_print = unname(t["median"]))
})), "km-median", "Kaplan-Meier median with 95% limits (Brookmeyer and Crowley, log-log), by the convention inf{t: S(t) <= 0.5}",
  "survfit(Surv(time, event) ~ 1, conf.type = 'log-log'); first time at which $surv, $lower, $upper (rounded to 9 decimals) <= .5; quantile(fit, .5)", "survival",
  notes = c("median, low, high: Klein and Moeschberger 2003, section 4.5, the smallest t with S(t) <= 0.5, and the same of the band's curves",
            "*_r: R's quantile() and print() give the middle of the stretch on which S is exactly one half ; they differ where it has no end (see README.md)",
            "SAS LIFETEST gives the middle of that stretch too, and nothing where it has no end (flat_to_the_end), where R goes to the last time"))

fixture(do.call(rbind, lapply(c("mercaptopurine", "placebo", "aml_maintained", "ties", "all_at_once", "all_censored", "one_event", "three"), function(case) {
  c <- curves[[case]]; f <- km(c); i <- f$surv > 0 & f$surv < 1
  data.frame(case, time = f$time, at_risk = f$n.risk, events = f$n.event, survival = f$surv, se = ifelse(f$surv > 0, f$surv * f$std.err, NA),
             low = ifelse(i, f$lower, NA), high = ifelse(i, f$upper, NA))
})), "km-curve", "Kaplan-Meier estimates with Greenwood standard errors and pointwise 95% limits on the log-log scale",
  "survfit(Surv(time, event) ~ 1, conf.type = 'log-log'): $surv, $surv * $std.err, $lower, $upper", "survival",
  notes = c("data: km-median.csv; limits do not exist where S is 1 or 0",
            "mercaptopurine: Freireich 1963; Klein and Moeschberger 2003, Table 4.1A print S .857, .807, .753, .690, .627, .538, .448 with se .076, .087, .096, .107, .114, .128, .135"))

g <- function(...) { l <- list(...); data.frame(time = unlist(lapply(l, `[[`, "time")), event = unlist(lapply(l, `[[`, "event")), group = rep(letters[seq_along(l)], vapply(l, function(x) length(x$time), 1))) }
tests <- list(
  leukaemia = g(mercaptopurine, placebo), aml = g(curves$aml_maintained, curves$aml_not),
  ovarian = with(ovarian, data.frame(time = futime, event = fustat, group = letters[rx], stratum = ecog.ps)),
  three_groups = { d <- g(mercaptopurine, placebo, curves$aml_not); d$stratum <- rep_len(c(1, 2, 2, 1, 2), nrow(d)); d },
  all_censored = g(curves$all_censored, list(time = c(2, 6), event = c(0, 0))), all_at_once = g(curves$all_at_once, list(time = rep(7, 4), event = rep(1, 4))),
  one_each = g(list(time = 3, event = 1), list(time = 8, event = 1)), identical = g(placebo, placebo), separated = g(list(time = 1:5, event = rep(1, 5)), list(time = 11:15, event = rep(1, 5))),
  no_event_in_one = g(list(time = c(2, 4, 6), event = c(1, 1, 0)), list(time = c(3, 7, 9), event = c(0, 0, 0))),
  one_group_in_stratum = { d <- g(list(time = c(1, 4, 6, 9), event = c(1, 1, 0, 1)), list(time = c(2, 5, 8, 3, 7), event = c(1, 1, 1, 1, 0))); d$stratum <- c(1, 1, 1, 2, 1, 1, 1, 3, 1); d },
  late_group = g(list(time = c(1, 2, 3), event = c(1, 1, 1)), list(time = c(5, 6), event = c(1, 0)), list(time = c(1, 1, 9), event = c(0, 1, 1))))
run <- function(d, by) tryCatch({ t <- survdiff(by, d); df <- length(unique(d$group)) - 1; c(t$chisq, df, pchisq(t$chisq, df, lower.tail = FALSE)) }, error = function(e) { message(conditionMessage(e)); c(NA, NA, NA) })
fixture(do.call(rbind, lapply(names(tests), function(case) {
  d <- tests[[case]]; r <- run(d, Surv(time, event) ~ group); if (sum(d$event) == 0) r[c(1, 3)] <- NA
  s <- if ("stratum" %in% names(d)) run(d, Surv(time, event) ~ group + strata(stratum)) else c(NA, NA, NA)
  data.frame(case, time = numbers(d$time), event = numbers(d$event), group = paste(d$group, collapse = " "), stratum = if ("stratum" %in% names(d)) numbers(d$stratum) else "",
             chi = r[1], df = r[2], p = r[3], chi_stratified = s[1], p_stratified = s[3])
})), "log-rank", "Log-rank test of two and of three groups, plain and stratified", "survdiff(Surv(time, event) ~ group [+ strata(stratum)])", "survival",
  notes = c("leukaemia: Freireich 1963, chi-square 16.79 (Kalbfleisch and Prentice; LIFETEST prints 16.7929); aml: R prints 3.4, p 0.07",
            "empty or NaN: nobody had an event, or no event time had two groups at risk: nothing to compare"))
