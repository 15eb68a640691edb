"""Make the simulated SDTM data of the exemplar study: `python data/admscc-cli/simulate.py [--out DIR]`.

Individual data of the trial were not published. These are invented, from a fixed seed, to agree with what the
publication's abstract states (doi 10.15283/ijsc25002) and with nothing else; README.md says which is which,
and every further assumption is marked `# assumption:` where it is defined, in `simulation/`. The standard
library only, and the same bytes on every run, platform and Python from 3.11 on: see `simulation/draw.py`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from simulation import background, conduct, events, findings, patients, tables


def simulate() -> dict[str, list[dict[str, str]]]:
    """All domains, as rows."""
    people = patients.everybody()
    treated = [p for p in people if p.injection]
    conduct.check_staggering(people)
    conduct.check_place(people)
    adverse, toxicity = events.adverse_events(people)
    data = findings.findings(people, patients.healed_patient(people))
    data["AE"], data["SUPPAE"] = adverse, toxicity
    data["DM"] = [conduct.demographics(p) for p in people]
    data["SUPPDM"] = [row for p in people for row in conduct.supplement(p)]
    data["DS"] = [row for p in people for row in conduct.disposition(p)]
    data["SV"] = [row for p in people for row in conduct.subject_visits(p)]
    data["MH"] = [row for p in people for row in background.history(p)]
    data["EX"] = [conduct.exposure(p) for p in treated]
    data["DV"] = [row for p in treated for row in conduct.deviations(p)]
    data["CM"] = [
        row
        for p in treated
        for row in background.medication(p, [event for event in adverse if event["USUBJID"] == p.usubjid])
    ]
    return data


def main() -> None:
    """Write the CSV files."""
    parser = argparse.ArgumentParser(description="Make the simulated SDTM data of the exemplar study.")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).resolve().parent / "sdtm",
        help="folder for the CSV files (default: sdtm/ beside this script)",
    )
    tables.write(parser.parse_args().out, simulate())


if __name__ == "__main__":
    main()
