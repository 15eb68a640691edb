"""Who the study is: titles, registries, people, dates, and where its data lie."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, StrictBool, field_validator

from schemas.study.base import Part, Text, Variable


class Identity(Part):
    """Title-page facts of the study (ICH E3, sections 1 and 2)."""

    id: Text = Field(description="STUDYID in every domain")
    title: Text
    short_title: Text = Field(description="for the running header")
    protocol: Text
    protocol_version: Text
    registries: tuple[Text, ...] = ()
    phase: Text = Field(description="development phase, as printed")
    product: Text
    indication: Text
    subject: Text = Field(default="patient", description="what the report calls one")
    subjects: Text = Field(default="patients", description="what the report calls several")
    population: Text = Field(description="a noun phrase: who was studied")
    sponsor: Text
    design: Text = Field(description="the design in a line")
    planned_subjects: int = Field(gt=0)
    gcp_statement: Text
    report_version: Text
    data_cutoff: dt.date
    synthetic: StrictBool = Field(description="true when the data are simulated: every page then says so")
    keywords: tuple[Text, ...] = ()


class Data(Part):
    """Where the domains lie and how they are written."""

    folder: Text = Field(description="a folder inside the study's own folder")
    format: Literal["csv", "xpt"] = "csv"
    sdtmig: Literal["3.2", "3.3", "3.4"] = "3.4"
    allow_identifying: tuple[Variable, ...] = Field(
        default=(), description="identifying variables that this study is allowed to hold"
    )
    accepted_checks: dict[str, Text] = Field(
        default={}, description="checks whose findings are accepted as they are: id of the check → reason"
    )

    @field_validator("folder")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        parts = value.replace("\\", "/").split("/")
        if value.startswith(("/", "\\")) or ".." in parts or ":" in value:
            raise ValueError("must be a folder inside the study's folder (no '..', no absolute path)")
        return value


class Objective(Part):
    """An objective with its endpoint and, as ICH E9(R1) asks, its estimand."""

    type: Literal["primary", "secondary", "exploratory"]
    text: Text
    endpoint: Text
    treatment: Text
    population: Text
    variable: Text
    intercurrent_events: tuple[Text, ...] = Field(description="each with the strategy that handles it")
    summary: Text
