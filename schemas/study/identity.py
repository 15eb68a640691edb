"""Who the study is: titles, registries, people, dates, and where its data lie.

Not here: how the study was done (`design`), and what its data must hold (`schemas.domains.needs`).
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, StrictBool, field_validator

from trial_report.schemas.study.base import Part, Text, Variable

Language = Literal["en-US", "en-GB"]
"""What the generator's own words may be written in."""


class Identity(Part):
    """Title-page facts of the study (ICH E3, sections 1 and 2)."""

    id: Text = Field(description="STUDYID in every domain")
    title: Text = Field(description="full title, for the title page")
    short_title: Text = Field(description="for the running header")
    protocol: Text = Field(description="number of the protocol")
    protocol_version: Text = Field(description="its version, in quotes")
    registries: tuple[Text, ...] = Field(default=(), description="registry entries, such as NCT numbers")
    phase: Text = Field(description="development phase, as printed")
    product: Text = Field(description="what was studied")
    active_ingredient: Text | None = Field(default=None, description="of the product, for the synopsis")
    batches: Text | None = Field(
        default=None, description="batch numbers of the product and of reference therapy, for the synopsis"
    )
    treatment_duration: Text | None = Field(
        default=None, description="how long one was treated by plan, for the synopsis, such as a single session"
    )
    reference_therapy: Text | None = Field(
        default=None,
        description="comparator with its dose and mode of administration, for the synopsis; none of one group, and of "
        "a dose escalation",
    )
    indication: Text = Field(description="the disease")
    subject: Text = Field(default="patient", description="what the report calls one")
    subjects: Text = Field(default="patients", description="what the report calls several")
    population: Text = Field(description="a noun phrase: who was studied")
    sponsor: Text = Field(description="who is responsible for the study")
    principal_investigator: Text | None = Field(
        default=None, description="principal or coordinating investigator, with affiliation, for the title page"
    )
    medical_officer: Text | None = Field(default=None, description="the sponsor's responsible medical officer")
    contact: Text | None = Field(default=None, description="whom the sponsor names for questions on the report")
    report_date: dt.date | None = Field(default=None, description="day that the report is dated")
    design: Text = Field(description="the design in a line")
    language: Language = Field(
        default="en-US",
        description="how the generator spells its own words, and writes dates in sentences; the study's own texts and "
        "terms stay as they are written",
    )
    planned_subjects: int = Field(gt=0, description="number planned")
    gcp_statement: Text = Field(description="a sentence for the title page")
    report_version: Text = Field(description="version of this report, in quotes")
    data_cutoff: dt.date = Field(description="nothing after this day counts")
    synthetic: StrictBool = Field(description="true when the data are simulated: every page then says so")
    keywords: tuple[Text, ...] = Field(default=(), description="for the properties of the PDF")


class Data(Part):
    """Where the domains lie and how they are written."""

    folder: Text = Field(description="a folder inside the study's own folder")
    format: Literal["csv", "xpt"] = Field(
        default="csv", description="of the files: csv, or xpt for SAS transport files"
    )
    sdtmig: Literal["3.2", "3.3", "3.4"] = Field(
        default="3.4", description="version of the SDTM implementation guide that the data follow"
    )
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

    type: Literal["primary", "secondary", "exploratory"] = Field(description="how much rests on it")
    text: Text = Field(description="the objective, as a phrase that begins with To")
    endpoint: Text = Field(description="the endpoint that answers it")
    treatment: Text = Field(description="the treatment condition of the estimand")
    population: Text = Field(description="whom the estimand is about")
    variable: Text = Field(description="what is compared of each patient")
    intercurrent_events: tuple[Text, ...] = Field(description="each with the strategy that handles it")
    summary: Text = Field(description="the summary over the population")
    missing_data: Text | None = Field(
        default=None,
        description="how values that are missing, as after a withdrawal from the study, are handled: that is no "
        "intercurrent event",
    )
    estimator: Text | None = Field(
        default=None, description="the main analysis that estimates it, and those of sensitivity"
    )
