"""The registry of methods: what the methods section of a report says of each, which software, which source.

Not here: any computation, which stands in the module of the method, and which were used (`analyse.methods_used`).
"""

from __future__ import annotations

from collections.abc import Iterable

from trial_report.analysis.methods.method import Method, resolve, version_of

__all__ = ["METHODS", "Method", "get", "resolve", "version_of"]


def get(method_id: str) -> Method:
    """The method of that id. Raises KeyError, with the ids there are."""
    try:
        return METHODS[method_id]
    except KeyError:
        raise KeyError(f"unknown method {method_id!r}: one of {', '.join(sorted(METHODS))}") from None


def _registry(methods: Iterable[Method]) -> dict[str, Method]:
    found: dict[str, Method] = {}
    for method in methods:
        if method.id in found:
            raise ValueError(f"two methods have the id {method.id!r}")
        found[method.id] = method
    return found


_LEVEL = {"level": 0.95}

METHODS: dict[str, Method] = _registry(
    [
        Method(
            "count",
            "Counts and percentages",
            "Categorical data are presented as the number and percentage of patients in each category, with "
            "the patients of the analysis set in the column as the denominator unless stated otherwise.",
            "pandas.DataFrame.groupby",
            "ICH E3, 1995, section 11.2",
        ),
        Method(
            "descriptive",
            "Descriptive statistics",
            "Continuous data are summarised by the number of values, mean, standard deviation, median, "
            "first and third quartile, minimum and maximum; quartiles are those of the empirical "
            "distribution function with averaging (SAS PCTLDEF=5).",
            "numpy.quantile",
            "Hyndman RJ, Fan Y. Am Stat 1996;50:361–365",
        ),
        Method(
            "t-interval",
            "Confidence interval of a mean",
            "Two-sided {level} confidence intervals of means are based on the Student t distribution.",
            "scipy.stats.t",
            "Student. Biometrika 1908;6:1–25",
            _LEVEL,
        ),
        Method(
            "t-paired",
            "Paired t test",
            "Changes from baseline are tested against zero by the two-sided paired t test in patients with "
            "both values.",
            "scipy.stats.ttest_1samp",
            "Student. Biometrika 1908;6:1–25",
        ),
        Method(
            "signed-rank",
            "Exact Wilcoxon signed-rank test (zeros dropped)",
            "Changes from baseline are tested by the two-sided exact Wilcoxon signed-rank test; zero "
            "changes are dropped before ranking, tied changes receive mid-ranks, and the p-value is taken "
            "from the permutation distribution of the ranks observed (of more than 500 changes, from its normal "
            "approximation).",
            "trial_report.analysis.methods.ranks.signed_rank",
            "Wilcoxon F. Biometrics Bull 1945;1:80–83; Hollander M, Wolfe DA, Chicken E. Nonparametric "
            "Statistical Methods. 3rd ed. Wiley; 2014",
        ),
        Method(
            "hodges-lehmann",
            "Hodges–Lehmann estimate",
            "The median change is estimated by the Hodges–Lehmann method (median of the Walsh averages "
            "of all changes, zeros among them), with an exact confidence interval of at least {level} coverage from "
            "the distribution of the signed-rank statistic without ties (of more than 500 changes, from its normal "
            "approximation).",
            "trial_report.analysis.methods.ranks.hodges_lehmann",
            "Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598–611; Hollander M, Wolfe DA, Chicken E. "
            "Nonparametric Statistical Methods. 3rd ed. Wiley; 2014",
            _LEVEL,
        ),
        Method(
            "effect-hedges",
            "Standardized mean change (Hedges)",
            "The standardized effect is the mean change divided by the standard deviation of the changes, "
            "with the exact small-sample correction of Hedges; its {level} confidence interval is from the "
            "noncentral t distribution, with the same correction of its limits.",
            "scipy.special.nctdtrinc",
            "Hedges LV. J Educ Stat 1981;6:107–128",
            _LEVEL,
        ),
        Method(
            "clopper-pearson",
            "Exact interval of a proportion",
            "Proportions are given with exact two-sided {level} Clopper–Pearson confidence intervals.",
            "scipy.special.betaincinv",
            "Clopper CJ, Pearson ES. Biometrika 1934;26:404–413",
            _LEVEL,
        ),
        Method(
            "incidence-rate",
            "Incidence rate by time at risk",
            "Incidence rates are the number of events divided by the sum of the patients' time at risk, in which "
            "an event would have counted, with exact two-sided {level} Poisson confidence intervals.",
            "scipy.special.gammaincinv",
            "Garwood F. Biometrika 1936;28:437–442",
            _LEVEL,
        ),
        Method(
            "adjust-none",
            "No adjustment for multiplicity",
            "P-values are not adjusted for multiplicity and are to be read as descriptive.",
            "trial_report.analysis.methods.multiplicity.adjust",
            "ICH E9, 1998, section 2.2.5",
        ),
        Method(
            "adjust-fixed-sequence",
            "Fixed-sequence procedure",
            "Multiplicity is controlled at a two-sided family-wise level of {alpha} by testing the "
            "hypotheses in the order laid down beforehand and stopping at the first that is not rejected.",
            "trial_report.analysis.methods.multiplicity.adjust",
            "Maurer W, Hothorn LA, Lehmacher W. In: Biometrie in der chemisch-pharmazeutischen Industrie 6. "
            "Fischer; 1995:3–18",
            {"alpha": 0.05},
        ),
        Method(
            "adjust-bonferroni",
            "Bonferroni procedure",
            "P-values are adjusted for multiplicity by the procedure of Bonferroni, at a two-sided "
            "family-wise level of {alpha}.",
            "statsmodels.stats.multitest.multipletests",
            "Dunn OJ. J Am Stat Assoc 1961;56:52–64",
            {"alpha": 0.05},
        ),
        Method(
            "adjust-holm",
            "Holm procedure",
            "P-values are adjusted for multiplicity by the procedure of Holm, at a two-sided family-wise "
            "level of {alpha}.",
            "trial_report.analysis.methods.multiplicity.adjust",
            "Holm S. Scand J Stat 1979;6:65–70",
            {"alpha": 0.05},
        ),
        Method(
            "adjust-hochberg",
            "Hochberg procedure",
            "P-values are adjusted for multiplicity by the procedure of Hochberg, at a two-sided "
            "family-wise level of {alpha}.",
            "statsmodels.stats.multitest.multipletests",
            "Hochberg Y. Biometrika 1988;75:800–802",
            {"alpha": 0.05},
        ),
        Method(
            "three-plus-three",
            "3+3 dose escalation",
            "Dose escalation follows the 3+3 rule: no dose-limiting toxicity in three evaluable patients "
            "leads to the next dose level; one in three leads to three more patients at the same level, and one in six "
            "to the next dose level; two or more lead to no further treatment at this and higher levels, and the level "
            "below is settled. Patients not evaluable for dose-limiting toxicity are replaced.",
            "trial_report.analysis.methods.escalation.replay",
            "Storer BE. Biometrics 1989;45:925–937",
        ),
        Method(
            "mtd-one-sixth",
            "Maximum tolerated dose (at most 1/6)",
            "The maximum tolerated dose is the highest dose level at which at most one sixth of the "
            "evaluable patients had a dose-limiting toxicity, below a level that was too toxic. Where no dose level "
            "was too toxic, it is reported as not reached, with the highest dose level tested.",
            "trial_report.analysis.methods.escalation.find_mtd",
            "Storer BE. Biometrics 1989;45:925–937",
        ),
        Method(
            "mtd-one-sixth-of-six",
            "Maximum tolerated dose (at most 1 of 6)",
            "The maximum tolerated dose is the highest dose level at which at least six evaluable patients "
            "were treated and at most one sixth of them had a dose-limiting toxicity, below a level that was too "
            "toxic. Where no dose level was too toxic, it is reported as not reached, with the highest dose level "
            "tested.",
            "trial_report.analysis.methods.escalation.find_mtd",
            "Storer BE. Biometrics 1989;45:925–937",
        ),
        Method(
            "mtd-below-two",
            "Maximum tolerated dose (below two toxicities)",
            "The maximum tolerated dose is the dose level below the first at which two or more patients had "
            "a dose-limiting toxicity.",
            "trial_report.analysis.methods.escalation.find_mtd",
            "Storer BE. Biometrics 1989;45:925–937",
        ),
        Method(
            "operating-characteristics",
            "Exact operating characteristics",
            "The operating characteristics of the escalation design are exact: all possible courses of the "
            "trial are enumerated under given true rates of dose-limiting toxicity.",
            "trial_report.analysis.methods.operating.operating_characteristics",
            "Lin Y, Shih WJ. Biostatistics 2001;2:203–215",
        ),
        Method(
            "kaplan-meier",
            "Kaplan–Meier estimate",
            "Time to event is described by the Kaplan–Meier estimate with pointwise {level} confidence "
            "intervals on the log-log scale, which do not exist before the first event and where nobody is "
            "left; the median is the smallest time at which the estimate is one half or less, and is given with the "
            "interval of Brookmeyer and Crowley on the same scale, whose limits are the smallest times at which the "
            "lower and the upper limit of the estimate are one half or less.",
            "statsmodels.duration.survfunc.SurvfuncRight",
            "Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457–481; Brookmeyer R, Crowley J. Biometrics 1982;38:29–41; "
            "Klein JP, Moeschberger ML. Survival Analysis. 2nd ed. Springer; 2003, section 4.5",
            _LEVEL,
        ),
        Method(
            "log-rank",
            "Log-rank test",
            "Groups are compared by the two-sided log-rank test.",
            "statsmodels.duration.survfunc.survdiff",
            "Mantel N. Cancer Chemother Rep 1966;50:163–170",
        ),
        Method(
            "mmrm",
            "Mixed model for repeated measures",
            "Repeated measurements are analysed by a linear mixed model for repeated measures with an unstructured "
            "covariance matrix of the visits within a patient, the same in all groups (compound symmetry where that "
            "does not converge), estimated by restricted maximum likelihood with Satterthwaite degrees of freedom; it "
            "uses all observed values of patients in whom every variable of the model is known, and assumes that "
            "missing values are missing at random and that residuals are normally distributed.",
            "trial_report.analysis.methods.mmrm.fit_mmrm",
            "Mallinckrodt CH et al. Drug Inf J 2008;42:303–319; Satterthwaite FE. Biometrics Bull 1946;2:110–114",
        ),
        Method(
            "observed-cases",
            "Observed cases",
            "Observed-case analyses use the patients with a value at the visit; missing values are not replaced.",
            "pandas.DataFrame.dropna",
            "ICH E9, 1998, section 5.3",
        ),
        Method(
            "non-responder",
            "Missing values as non-response",
            "Responders are also counted with all patients of the analysis set as the denominator; a patient in whom "
            "the rule cannot be applied at the visit, for want of a value or of a baseline, counts as not responding.",
            "trial_report.analysis.analyse.responders.add_all_of_set",
            "National Research Council. The Prevention and Treatment of Missing Data in Clinical Trials. "
            "National Academies Press; 2010",
        ),
        Method(
            "locf",
            "Last observation carried forward",
            "A value that is missing at a visit is replaced by the patient's last value recorded after first dose and "
            "not later than the last day of the visit's window, under whatever visit it was recorded, unscheduled ones "
            "included (of visits assigned by record, or without a window: recorded at an earlier visit, or at none and "
            "before that day). The baseline is not carried: patients without any later value are not included.",
            "trial_report.analysis.analyse.carried.carried_values",
            "National Research Council. The Prevention and Treatment of Missing Data in Clinical Trials. "
            "National Academies Press; 2010",
        ),
        Method(
            "multiple-imputation",
            "Multiple imputation",
            "Missing values are imputed {imputations} times (random seed {seed}) under the assumption that they are "
            "missing at random, by Bayesian linear regression with normal errors and the prior 1/variance. Where "
            "nobody has a value after a missing one, each visit is regressed on all earlier visits; otherwise on all "
            "others, by 10 cycles of chained equations. Of visits with too few values so many of the nearest are kept "
            "as leave two residual degrees of freedom, and a visit with fewer than three values is not imputed. The "
            "results are combined by Rubin's rules with the degrees of freedom of Barnard and Rubin, from the residual "
            "ones of complete data.",
            "trial_report.analysis.methods.imputation.impute",
            "Rubin DB. Multiple Imputation for Nonresponse in Surveys. Wiley; 1987; Barnard J, Rubin DB. "
            "Biometrika 1999;86:948–955",
            {
                "imputations": 100,
                "seed": 20240101,
            },
        ),
        Method(
            "tipping-point",
            "Tipping-point analysis",
            "In a tipping-point analysis the imputed values are shifted in steps against the result, to find the "
            "shift at which its p-value rises above {alpha} or it changes its sign.",
            "trial_report.analysis.methods.missing.tipping_point",
            "Ratitch B, O'Kelly M, Tosiello R. Pharm Stat 2013;12:337–347",
            {"alpha": 0.05},
        ),
        Method(
            "ancova",
            "Analysis of covariance",
            "Groups are compared by analysis of covariance, fitted by ordinary least squares at each visit by itself. "
            "Least-squares means are given at the mean of each covariate over the patients in the model, with equal "
            "weights for the levels of each factor, and with two-sided {level} confidence intervals from the t "
            "distribution with the residual degrees of freedom. Covariates and factors without spread are left out.",
            "statsmodels.regression.linear_model.OLS",
            "Senn S. Statistical Issues in Drug Development. 2nd ed. Wiley; 2007; Searle SR, Speed FM, Milliken GA. "
            "Am Stat 1980;34:216–221",
            _LEVEL,
        ),
        Method(
            "dose-trend",
            "Trend in dose",
            "A trend in dose is tested, two-sided, by the contrast of the least-squares means that is linear in dose.",
            "statsmodels.regression.linear_model.OLS",
            "Tukey JW, Ciminera JL, Heyse JF. Biometrics 1985;41:295–301",
        ),
        Method(
            "dose-slope",
            "Slope in dose",
            "A trend in dose is tested, two-sided, by the slope of the planned dose, which stands as a number in place "
            "of the groups in the model of the analysis of covariance.",
            "statsmodels.regression.linear_model.OLS",
            "Tukey JW, Ciminera JL, Heyse JF. Biometrics 1985;41:295–301",
        ),
        Method(
            "interaction",
            "Interaction of treatment and subgroup",
            "Whether differences between groups vary over subgroups is tested by the F test of group by subgroup in "
            "the model of the analysis of covariance, to which the subgroup is added.",
            "statsmodels.regression.linear_model.OLS",
            "ICH E9, 1998, section 5.7",
        ),
        Method(
            "anova",
            "Analysis of variance",
            "Group means are compared by one-way analysis of variance (F test).",
            "scipy.stats.f_oneway",
            "Fisher RA. Statistical Methods for Research Workers. Oliver & Boyd; 1925",
        ),
        Method(
            "kruskal-wallis",
            "Kruskal–Wallis test",
            "Groups are compared by the Kruskal–Wallis test.",
            "scipy.stats.kruskal",
            "Kruskal WH, Wallis WA. J Am Stat Assoc 1952;47:583–621",
        ),
        Method(
            "fisher",
            "Fisher's exact test",
            "Proportions are compared by the two-sided Fisher's exact test.",
            "scipy.stats.fisher_exact",
            "Fisher RA. J R Stat Soc 1922;85:87–94; Freeman GH, Halton JH. Biometrika 1951;38:141–149",
        ),
        Method(
            "newcombe",
            "Difference of proportions",
            "Differences of proportions between groups are given with two-sided {level} confidence intervals of "
            "Newcombe, which join the score intervals of Wilson (method 10, without continuity correction).",
            "trial_report.analysis.methods.risk_difference.newcombe",
            "Newcombe RG. Stat Med 1998;17:873–890",
            _LEVEL,
        ),
        Method(
            "mantel-haenszel",
            "Stratified difference of proportions",
            "Over strata the difference of proportions between groups is that of Mantel and Haenszel with the variance "
            "of Sato and two-sided {level} confidence limits by the normal distribution; a stratum without patients in "
            "one of the two groups has no weight.",
            "trial_report.analysis.methods.risk_difference.mantel_haenszel",
            "Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719–748; Sato T, Greenland S, Robins JM. Biometrics "
            "1989;45:1323–1324",
            _LEVEL,
        ),
        Method(
            "cmh-proportions",
            "Cochran–Mantel–Haenszel test of proportions",
            "Proportions of two groups are compared over strata by the two-sided Cochran–Mantel–Haenszel test without "
            "continuity correction.",
            "trial_report.analysis.methods.stratified.association",
            "Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719–748; Agresti A. Categorical Data Analysis. 2nd ed. "
            "Wiley; 2002, section 6.3.2",
        ),
        Method(
            "chi-square",
            "Chi-square test",
            "Proportions are compared by Pearson's chi-square test without continuity correction.",
            "scipy.stats.chi2_contingency",
            "Pearson K. Philos Mag 1900;50:157–175",
        ),
        Method(
            "cmh-mean-scores",
            "Cochran–Mantel–Haenszel test of mean scores",
            "Ordered levels are compared between groups by the Cochran–Mantel–Haenszel test that row mean scores "
            "differ, with the values as scores.",
            "trial_report.analysis.methods.stratified.mean_scores_differ",
            "Landis JR, Heyman ER, Koch GG. Int Stat Rev 1978;46:237–254",
        ),
        Method(
            "cmh-shift",
            "Cochran–Mantel–Haenszel test of shifts",
            "The worst position of a laboratory value after first dose in relation to its reference range is compared "
            "between groups by the Cochran–Mantel–Haenszel test of general association, stratified by the position at "
            "baseline.",
            "trial_report.analysis.methods.stratified.association",
            "Landis JR, Heyman ER, Koch GG. Int Stat Rev 1978;46:237–254",
        ),
        Method(
            "cmh-association",
            "Cochran–Mantel–Haenszel test of association",
            "Levels are compared between groups without regard to their order by the Cochran–Mantel–Haenszel test of "
            "general association.",
            "trial_report.analysis.methods.stratified.association",
            "Landis JR, Heyman ER, Koch GG. Int Stat Rev 1978;46:237–254",
        ),
    ]
)
