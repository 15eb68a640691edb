"""Domains of SDTM in words, and what is said in place of a display or sentence of one that was not delivered.

Not here: what a domain holds (`schemas.domains`), and a display of nothing but zeros (`trivial`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from trial_report.analysis.results.formatting import join_words

# As SDTM names them.
NAMES = {
    "AE": "Adverse events", "CE": "Clinical events", "CM": "Concomitant medication", "CO": "Comments",
    "CV": "Cardiovascular findings", "DA": "Drug accountability", "DD": "Death details", "DM": "Demographics",
    "DS": "Disposition", "DV": "Protocol deviations", "EC": "Exposure as collected", "EG": "ECG", "EX": "Exposure",
    "FA": "Findings about events or interventions", "FT": "Functional tests", "HO": "Healthcare encounters",
    "IE": "Inclusion and exclusion criteria", "LB": "Laboratory", "MH": "Medical history", "PC": "Concentrations",
    "PE": "Physical examination", "PR": "Procedures", "QS": "Questionnaires", "RS": "Disease response",
    "SC": "Subject characteristics", "STUDY": "The study as a whole, and its definition",
    "SU": "Substance use", "SV": "Subject visits", "TR": "Tumour results",
    "TU": "Tumour identification", "VS": "Vital signs",
}  # fmt: skip

NO_VISITS = "No other record names its visit, so that visits cannot be counted."
"""Said beside it of SV."""


def not_delivered(names: Iterable[str], what: Collection[str] = ()) -> str:
    """Says that domains were not delivered, and what is not reported therefore: that nobody knows is not none."""
    shown = [f"{name} ({NAMES[name][:1].lower() + NAMES[name][1:]})" if name in NAMES else name for name in names]
    begun = f"The domain{'s' if len(shown) > 1 else ''} {join_words(shown)} {'were' if len(shown) > 1 else 'was'} "
    if not what:
        return f"{begun}not delivered."
    return f"{begun}not delivered, and nothing is reported of: {'; '.join(what)}."
