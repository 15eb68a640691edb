"""Checks of files, columns and single values: what the readers and the domain models find.

Not here: the looking, which is done by the readers (`analysis.read`) and the models (`conform`).
"""

from __future__ import annotations

from trial_report.schemas.checks.registry import carried_out

carried_out(
    "FILE-001",
    "error",
    "A file that the study needs is missing.",
    "Deliver the file, a header line alone where nothing was recorded.",
    acceptable=False,
)
carried_out(
    "FILE-002",
    "error",
    "A file is empty.",
    "Deliver the file again; a domain without records is a header line alone.",
    acceptable=False,
)
carried_out(
    "FILE-003",
    "error",
    "A text file is not UTF-8.",
    "Save the file as UTF-8 (with or without byte order mark).",
    acceptable=False,
)
carried_out(
    "FILE-004",
    "error",
    "A text file holds NUL bytes.",
    "Export the file again; NUL bytes come from a broken transfer or a binary file.",
    acceptable=False,
)
carried_out(
    "FILE-005",
    "warning",
    "Fields are not separated by commas.",
    "Export with commas; the file was read with the separator found in its header.",
)
carried_out(
    "FILE-006",
    "error",
    "A record has more or fewer fields than the header.",
    "Quote fields that hold the separator or a line break, and write every field of every record.",
    acceptable=False,
)
carried_out(
    "FILE-007",
    "error",
    "The quotes of a line do not pair.",
    "Put quotes around whole fields only, and double a quote inside a field.",
    acceptable=False,
)
carried_out("FILE-008", "error", "A column stands in the header twice.", "Keep one of the columns.", acceptable=False)
carried_out("FILE-009", "error", "A column has no name.", "Name the column, or leave it out.", acceptable=False)
carried_out("FILE-010", "warning", "There is an empty line between records.", "Take the line out; it was skipped.")
carried_out(
    "FILE-011",
    "error",
    "A file cannot be parsed.",
    "Open the file in the program it came from and export it again.",
    acceptable=False,
)
carried_out(
    "FILE-012",
    "error",
    "A file is a link, or lies outside the study's folder; it is not followed.",
    "Put the file itself into the folder.",
    acceptable=False,
)
carried_out(
    "FILE-013",
    "warning",
    "A file in the data folder is not read.",
    "Name data files by their SDTM domain, unpack archives, or take the file out of the folder.",
)
carried_out(
    "FILE-014",
    "error",
    "DM has a header but no records.",
    "Deliver the subjects.",
)
carried_out(
    "FILE-017",
    "warning",
    "A domain that the study definition needs has a header but no records.",
    "Deliver the records, if there are any.",
)
carried_out(
    "FILE-015",
    "warning",
    "A transport file holds characters beyond ASCII that are not UTF-8; they were read as Windows-1252.",
    "Check the characters, and deliver ASCII or UTF-8.",
)
carried_out(
    "FILE-016",
    "error",
    "The folder with the data is missing.",
    "Correct data.folder in the study definition, or deliver the data.",
    acceptable=False,
)

carried_out(
    "FILE-018",
    "warning",
    "A domain was not delivered from which the report or the study definition reads; the report says so wherever "
    "something would rest on it.",
    "Deliver the file, a header line alone where nothing was recorded; or take what rests on it out of study.yml.",
)

carried_out(
    "FILE-020",
    "error",
    "Two files have names that differ in case only; on many systems they are one file, and neither is read.",
    "Keep the one that is meant, or join the two.",
    acceptable=False,
)

carried_out(
    "--001",
    "error",
    "A variable that identifies records, or that an analysis cannot do without, is not there.",
    "Deliver the column under its SDTM name, or correct what names it in study.yml.",
    acceptable=False,
)
carried_out(
    "--002",
    "warning",
    "A variable that the guide requires or expects in the domain is not there; no analysis needs it.",
    "Deliver the column, empty where nothing was collected.",
)
carried_out(
    "--003",
    "error",
    "A column is not a variable that any version of SDTM has for the domain or its class.",
    "Correct the name; move sponsor variables to SUPP--.",
)
carried_out(
    "--004",
    "error",
    "A value is not a number.",
    "Write digits with a decimal point, and nothing else; other results belong in --ORRES or --STRESC.",
    acceptable=False,
)
carried_out("--005", "error", "A required value that is read is missing.", "Fill it in, or take the record out.")
carried_out(
    "--006", "error", "A value is not a term of its codelist.", "Use the CDISC submission value, in its capitals."
)
carried_out(
    "--007",
    "warning",
    "A value is not among the known terms of an extensible codelist.",
    "Use the CDISC term if there is one; a sponsor term can be accepted.",
)
carried_out(
    "--008",
    "error",
    "A date is not an ISO 8601 date that exists.",
    "Write the date as YYYY-MM-DD; leave out from the right what is not known.",
)
carried_out(
    "--009", "error", "A sequence number is not a positive whole number.", "Number the records of a subject from 1."
)
carried_out(
    "--010",
    "error",
    "A sequence number stands in a subject twice.",
    "Number the records of a subject without repetition.",
)
carried_out(
    "--018",
    "warning",
    "A variable belongs to another version of the guide than data.sdtmig names, or to other domains.",
    "Correct data.sdtmig, or move the variable to SUPP--.",
)
carried_out(
    "--019",
    "warning",
    "A value that the guide requires is missing in a variable that no analysis reads.",
    "Fill it in; the report does not rest on it.",
)
carried_out(
    "--013", "error", "DOMAIN is not the domain of the file.", "Correct DOMAIN, or move the record to its file."
)
carried_out(
    "--014",
    "warning",
    "A text has blanks at its ends, or invisible or control characters.",
    "Take the characters out; they make equal texts different.",
)
carried_out(
    "--015",
    "warning",
    "A text is longer than the 200 characters of an SDTM variable.",
    "Move the rest to SUPP--, or shorten the text.",
)
carried_out("--016", "error", "A number that counts is not whole.", "Write a whole number.")
carried_out(
    "--017",
    "error",
    "A column holds numbers where text belongs, or text where numbers belong.",
    "Export the variable with the type that SDTM gives it.",
    acceptable=False,
)

carried_out(
    "SUPP-001",
    "error",
    "A supplemental qualifier has no record that it belongs to.",
    "Correct USUBJID, IDVAR or IDVARVAL, or take the qualifier out.",
)
carried_out("SUPP-002", "error", "A record has the same supplemental qualifier twice.", "Keep one of them.")
carried_out(
    "SUPP-003",
    "error",
    "QNAM is a variable that the parent domain has already, or not a variable name.",
    "Choose a name of at most 8 capitals and digits that the parent does not have.",
)
carried_out(
    "SUPP-004",
    "error",
    "RDOMAIN or IDVAR does not name a domain and variable that were delivered.",
    "Correct RDOMAIN or IDVAR, or deliver the parent domain.",
)

carried_out(
    "CHECK-001",
    "error",
    "A check could not be carried out: it failed itself.",
    "Report the check id and the message; until it is mended nothing says that the data are right.",
    acceptable=False,
)

carried_out(
    "ACC-001",
    "warning",
    "An acceptance matches no problem.",
    "Take it out: the problem is resolved, or its value has changed and must be judged again.",
    acceptable=False,
)
carried_out(
    "ACC-002",
    "error",
    "An acceptance is not complete, or the file of acceptances cannot be read.",
    "Give check, key, reason, who and date in every line, the date as YYYY-MM-DD.",
    acceptable=False,
)
carried_out(
    "ACC-003",
    "error",
    "A problem of this kind cannot be accepted: the data cannot be read with it.",
    "Mend the data, and take the acceptance out.",
    acceptable=False,
)
