"""Exposure as collected (EC): given again hours later on one day, at several sites in one session, in another unit."""

from tests.studies._build import study
from tests.studies._run import Expected


def collected(domains: dict[str, list[dict[str, str]]]) -> None:
    """EC in place of EX; the second record of subject 3 counts tablets."""
    domains["EC"] = [
        {name.replace("EX", "EC", 1) if name.startswith("EX") else name: value for name, value in row.items()}
        | {"DOMAIN": "EC", "ECMOOD": "PERFORMED", "ECOCCUR": "Y"}
        for row in domains.pop("EX")
    ]
    for row in domains["EC"]:
        hour = {"1": {"1": "08:00", "2": "20:00"}, "2": {"1": "08:00", "2": "09:30"}}.get(row["USUBJID"][-1], {})
        if time := hour.get(row["ECSEQ"]):
            row["ECSTDTC"] += f"T{time}"
        if row["ECSEQ"] == "2" and row["USUBJID"][-1] == "3":
            row.update(ECDOSU="TABLET")


STUDY = study(
    groups={"A": 10},
    subjects="id\n1\n2\n3\n4",
    doses="""
        id  start  end  freq  dose  EXLOC
        1   1      1    ONCE  10    ARM
        1   1      1    ONCE  10    ARM
        2   1      1    ONCE  10    ARM
        2   1      1    ONCE  10    THIGH
        3   1      1    ONCE  10    ARM
        3   2      2    ONCE  1     ARM
        4   1      1    ONCE  10    ARM
        4   2      2    ONCE  10    ARM
    """,
    change=collected,
)

EXPECTED = Expected(
    data={"ADSL": """
        id  NADMIN  DOSEA
        1   2       20
        2   1       20
        3   2       .
        4   2       20
    """},
    problems={"FILE-018": 1},
)  # fmt: skip
