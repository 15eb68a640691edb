"""From how many values on there is inference: what is not computed of fewer, and what is said of it.

Not here: the methods, which refuse what they cannot compute (`analysis.methods`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from trial_report.analysis.methods.result import TestResult
from trial_report.schemas.study import StudyDefinition


def too_few(definition: StudyDefinition, *counts: int) -> str | None:
    """Why nothing is inferred from cells of these numbers of values, each of which has to be enough; None: it is."""
    least = definition.inference_from
    return f"not computed: fewer than {least} values" if any(n < least for n in counts) else None


def too_few_groups(definition: StudyDefinition, counts: Iterable[int]) -> str | None:
    """Why there is no test over groups of these numbers of values, of which two have to be enough; None: there is."""
    least = definition.inference_from
    if sum(n >= least for n in counts) > 1:
        return None
    return f"not computed: fewer than two groups with {least} values or more"


ESTIMATES = ("estimate", "se", "df", "statistic", "p", "ci_low", "ci_high")


def with_enough(
    definition: StudyDefinition, means: pd.DataFrame, differences: pd.DataFrame, group: str, by: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Means and differences of a model (`lsmeans`, `mmrm`), those without enough values left out with the reason.

    `means` has n by `group` (and by what `by` names); a difference needs enough in its group and its reference.
    """
    counts = means.set_index([*by, group])["n"]
    few = means["n"].to_numpy() < definition.inference_from
    in_either = [_count(counts, differences, [*by, name]) < definition.inference_from for name in (group, "reference")]
    either = np.logical_or.reduce(in_either)
    return without(definition, means, few), without(definition, differences, either)


def without(definition: StudyDefinition, estimates: pd.DataFrame, few: np.ndarray) -> pd.DataFrame:
    """The estimates, missing with the reason where there are too few values; what was missing keeps its own reason."""
    unsaid = few & estimates["warning"].isna().to_numpy()
    kept = estimates.assign(**{name: estimates[name].mask(few) for name in ESTIMATES})
    return kept.assign(warning=estimates["warning"].mask(unsaid, too_few(definition, 0)))


def over_groups(definition: StudyDefinition, found: TestResult, counts: Iterable[int]) -> TestResult:
    """A test over groups of these numbers of values, or why there is none."""
    why = too_few_groups(definition, counts)
    return TestResult(n=found.n, warning=why) if why and not np.isnan(found.p) else found


def _count(counts: pd.Series, frame: pd.DataFrame, names: list[str]) -> np.ndarray:
    keys = list(frame[names].itertuples(index=False, name=None)) if len(names) > 1 else list(frame[names[0]])
    return np.array([counts[key] for key in keys], dtype="int64")
