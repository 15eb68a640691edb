"""Applies a fault, given as data, to a copy of a study's files. What a fault may say is in `faults.yml`."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from typing import Any


@dataclass
class Changed:
    """The changed bytes of a file (None: it is gone), its name, and the line that the fault is on."""

    name: str
    data: bytes | None
    line: int | None = None
    link: bool = False
    twin: str = ""


def apply(fault: dict[str, Any], data: bytes) -> Changed:
    """The file after the fault. Every record of the file must stand on one line."""
    if "text" in fault.get("bytes", {}):
        return Changed(fault["file"], fault["bytes"]["text"].encode())
    header, *records = list(csv.reader(io.StringIO(data.decode("utf-8"))))
    line = _line(fault, header, records)
    if line is not None:
        line = _change_record(fault, header, records, line)
    if "copy_results" in fault:
        line = _copy_results(fault["copy_results"], header, records)
    if "times" in fault:
        line = _times(fault["times"], header, records)
    _change_columns(fault.get("columns", {}), header, records)
    if fault.get("records", {}).get("reverse"):
        records.reverse()
    quoting = csv.QUOTE_ALL if fault.get("bytes", {}).get("quote_all") else csv.QUOTE_MINIMAL
    return _change_bytes(fault, _written([header, *records], quoting), line)


def _written(rows: list[list[str]], quoting: int, delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n", quoting=quoting, delimiter=delimiter).writerows(rows)  # type: ignore[arg-type]
    return buffer.getvalue()


def _line(fault: dict[str, Any], header: list[str], records: list[list[str]]) -> int | None:
    if "row" not in fault:
        return None
    places = {header.index(name): str(value) for name, value in fault["row"].items()}
    found = [n for n, record in enumerate(records) if all(record[place] == value for place, value in places.items())]
    return found[fault.get("nth", 1) - 1] + 2


def _change_record(fault: dict[str, Any], header: list[str], records: list[list[str]], line: int) -> int:
    record = records[line - 2]
    for name, days in fault.get("shift_days", {}).items():
        place = header.index(name)
        day = dt.date.fromisoformat(record[place][:10]) + dt.timedelta(days=days)
        record[place] = day.isoformat() + record[place][10:]
    for name, value in fault.get("set", {}).items():
        character, _, times = value.partition("*")
        record[header.index(name)] = character * int(times) if times.isdigit() else value
    if "exchange" in fault:
        wanted = {header.index(name): str(value) for name, value in fault["exchange"]["with"].items()}
        other = next(one for one in records if all(one[place] == value for place, value in wanted.items()))
        for place in map(header.index, fault["exchange"]["values"]):
            record[place], other[place] = other[place], record[place]
    if "swap" in fault:
        one, other = (header.index(name) for name in fault["swap"])
        record[one], record[other] = record[other], record[one]
    if fault.get("drop") == "all":
        wanted = [(header.index(name), str(value)) for name, value in fault["row"].items()]
        records[:] = [one for one in records if any(one[place] != value for place, value in wanted)]
    elif fault.get("drop"):
        del records[line - 2]
    if "copy" in fault:
        changes = {header.index(name): value for name, value in fault["copy"].items()}
        records.append([changes.get(place, value) for place, value in enumerate(record)])
        return len(records) + 1
    return line


def _copy_results(what: dict[str, Any], header: list[str], records: list[list[str]]) -> int:
    """Give the records `to` the values of the records `of`, test by test; the line of the first of them.

    `also` names what is the same beside the test, as the visit. With `less` the record of that test is taken out.
    """
    test, values = header.index(what["test"]), [header.index(name) for name in what["values"]]
    key = [test, *(header.index(name) for name in what.get("also", ()))]
    chosen = []
    for wanted in (what["of"], what["to"]):
        places = {header.index(name): str(value) for name, value in wanted.items()}
        chosen.append([n for n, r in enumerate(records) if all(r[place] == value for place, value in places.items())])
    source = {tuple(records[n][place] for place in key): records[n] for n in chosen[0]}
    for n in chosen[1]:
        for place in values:
            records[n][place] = source[tuple(records[n][one] for one in key)][place]
    if "less" in what:
        del records[next(n for n in chosen[1] if records[n][test] == what["less"])]
    return chosen[1][0] + 2


def _times(what: dict[str, Any], header: list[str], records: list[list[str]]) -> int:
    """Multiply the values of the records `of` in the subjects whose id has `site`; the line of the first of them."""
    places = {header.index(name): str(value) for name, value in what["of"].items()}
    subject, first = header.index("USUBJID"), None
    for n, record in enumerate(records):
        if what["site"] in record[subject] and all(record[place] == value for place, value in places.items()):
            first = n + 2 if first is None else first
            for name in what["values"]:
                place = header.index(name)
                record[place] = f"{float(record[place]) * what['by']:.{what['decimals']}f}" if record[place] else ""
    assert first is not None
    return first


def _change_columns(what: dict[str, Any], header: list[str], records: list[list[str]]) -> None:
    if "drop" in what:
        place = header.index(what["drop"])
        for record in [header, *records]:
            del record[place]
    if "add" in what:
        for number, record in enumerate([header, *records]):
            record.append(what["add"][min(number, 1)])
    if "widen" in what:
        for number, record in enumerate([header, *records]):
            record += ["" if number else f"X{place}" for place in range(what["widen"] - len(record))]
    if "twice" in what:
        place = header.index(what["twice"])
        for record in [header, *records]:
            record.append(record[place])
    if "rename" in what:
        header[header.index(what["rename"][0])] = what["rename"][1]
    if "swap" in what:
        one, other = (header.index(name) for name in what["swap"])
        header[one], header[other] = header[other], header[one]
    for name, value in what.get("set", {}).items():
        for record in records:
            record[header.index(name)] = value
    for name in what.get("round", {}).get("of", ()):
        place, to = header.index(name), what["round"]["to"]
        for record in records:
            record[place] = str(round(float(record[place]) / to) * to) if record[place] else ""
    if what.get("reverse"):
        for record in [header, *records]:
            record.reverse()


def _change_bytes(fault: dict[str, Any], text: str, line: int | None) -> Changed:
    what, name = fault.get("bytes", {}), fault.get("bytes", {}).get("rename", fault["file"])
    if what.get("delete") or what.get("link"):
        return Changed(name, None, link=bool(what.get("link")))
    if what.get("empty"):
        return Changed(name, b"")
    lines = text.split("\n")
    if what.get("header_only"):
        lines = lines[:1] + [""]
    if line is not None and line <= len(lines):
        lines[line - 1] = _changed_line(what, lines[line - 1])
    if "delimiter" in what:
        rows = list(csv.reader(io.StringIO(text)))
        lines = _written(rows, csv.QUOTE_MINIMAL, what["delimiter"]).split("\n")
    text = what.get("newline", "\n").join(lines)
    if what.get("strip_end"):
        text = text.rstrip("\n")
    data = (text + what.get("append_end", "")).encode(what.get("encode", "utf-8"))
    if what.get("bom"):
        data = b"\xef\xbb\xbf" + data
    if "hex_in_line" in what and line is not None:
        start = sum(len(part.encode()) + 1 for part in lines[: line - 1])
        data = data[: start + 5] + bytes.fromhex(what["hex_in_line"]) + data[start + 5 :]
    return Changed(name, data, line, twin=what.get("twin", ""))


def _changed_line(what: dict[str, Any], line: str) -> str:
    if "replace" in what:
        line = line.replace(*what["replace"], 1)
    if "fields" in what:
        line = ",".join(line.split(",")[: what["fields"]])
    return what.get("line", what.get("prepend", "") + line + what.get("append", ""))
