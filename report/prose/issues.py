"""Section 11.4.2: covariates, missing data, multiplicity, sites, subgroups, as the definition has them."""

from __future__ import annotations

from trial_report.analysis.results.formatting import join_words
from trial_report.report.cells import kit
from trial_report.report.prose.words import Block, Inline, definitions, lower_first, made, ref, refs, say
from trial_report.schemas.study import StudyDefinition


def statistical_issues() -> Block:
    """Covariates, missing data, multiplicity, sites, subgroups: what was done and where it is shown."""
    definition = kit.book().definition
    plan = definition.multiplicity
    missing = made("eff.missing.", "eff.mmrm.")
    groups = made("eff.subgroups", "eff.subgroup_comparison.", "fig.forest.")
    tests = made("eff.tests", "eff.comparison", "eff.proportions")
    pairs: list[tuple[str, Inline]] = [("Covariates", say("{}", _covariates(definition)))]
    if missing:
        pairs.append(("Missing data", say("Observed cases are compared with other ways of handling missing data in {}.",
                                          refs(missing))))  # fmt: skip
    if tests:
        held = (
            say("P-values were not adjusted for multiplicity and are descriptive; all tests are in {}.", refs(tests))
            if plan.procedure == "none"
            else say("The {} held the two-sided family-wise error at {}; raw and adjusted p-values are in {}.",
                     plan.name, f"{plan.alpha:g}", refs(tests))
        )  # fmt: skip
        pairs.append(("Multiplicity", held))
    by_site = any("SITEID" in e.factors for e in definition.endpoints if e.comparison != "none")
    form = "Site is in the model of the comparison" if by_site else "Results were not analysed by site"
    pairs.append(("Sites", say(form + "; {} shows the enrolment of each.", ref("sites.table"))))
    if groups:
        what = "Differences between groups" if made("eff.subgroup_comparison.") else "Changes"
        pairs.append(("Subgroups", say(f"{what} by subgroup are in {{}}; they are descriptive.", refs(groups))))
    return definitions(pairs)


def _covariates(definition: StudyDefinition) -> str:
    """What the models hold beside treatment, in sentences."""
    compared = [e for e in definition.endpoints if e.comparison == "ancova"]
    mixed = [e for e in definition.endpoints if "mmrm" in e.missing]
    models = ["the mixed model"] if any(e.base_in_model for e in mixed) else []
    models += ["the analysis of covariance"] if any(e.base_in_model for e in compared) else []
    without = list(dict.fromkeys(e.name for e in (*compared, *mixed) if not e.base_in_model))
    if not models and not without:
        return "No analysis was adjusted for covariates."
    names = {c.variable: lower_first(c.label) for c in definition.characteristics}
    names |= {"SITEID": "site", "COUNTRY": "country"}
    further = dict.fromkeys(names.get(v, v) for e in compared for v in (*e.covariates, *e.factors))
    but = f" (not of {join_words(without)})" if without else ""
    begun = f"The baseline value is a covariate of {join_words(models)}{but}"
    if not models:
        begun = "The baseline value is in no model"
    if not further:
        return f"{begun}; no other covariate was used."
    both = any("mmrm" in e.missing for e in compared)
    holding = "the models that compare groups also hold" if both else "the analysis of covariance also holds"
    said = [f"{begun}; {holding} {join_words(further)}."]
    pools = dict.fromkeys((e.pool_below, e.pool_in or "") for e in compared if e.factors and e.pool_below)
    for least, where in pools:
        of_set = f" of the {lower_first(definition.analysis_set(where).label)}" if where else ""
        said.append(
            f"Levels of a factor with fewer than {least} {definition.study.subjects} in any group{of_set} were pooled."
        )
    return " ".join(said)
