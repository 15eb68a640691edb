"""The smallest study definition that says something of everything a controlled study needs.

Not here: a project to begin with (`runtime.new_project`), and a definition proposed from data (`analysis.begin`).
"""

SMALLEST = """\
study:
  id: ABC-101                      # STUDYID in every domain
  title: Product A in patients with a condition, a randomised, placebo-controlled trial
  short_title: Product A in a condition
  protocol: ABC-101
  protocol_version: "2.0"
  phase: "2"
  product: Product A
  indication: a condition
  population: adults with a condition
  sponsor: Sponsor Ltd.
  design: Randomised, double-blind, placebo-controlled, two parallel groups
  planned_subjects: 120
  gcp_statement: The study was conducted in accordance with ICH E6 Good Clinical Practice.
  report_version: "1.0"
  data_cutoff: 2024-06-30
  synthetic: false                 # true: every page says that the data are simulated

data: {folder: sdtm, format: csv, sdtmig: "3.4"}

treatment:
  groups:                          # code: the value of ARMCD in DM
    - {code: PBO, label: Placebo, short: Placebo}
    - {code: A, label: Product A 10 mg, short: A, dose: 10, unit: mg, route: ORAL}

visits:                            # day 1 is the day of first dose; there is no day 0
  - {id: SCR, num: 1, name: SCREENING, label: Screening, day: -7, role: screening,
     window: [-14, -1], analysis_window: [-28, -1]}
  - {id: BL, num: 2, name: BASELINE, label: Baseline, day: 1, window: [1, 1], analysis_window: [1, 1], role: baseline}
  - {id: W6, num: 3, name: WEEK 6, label: Week 6, day: 43, window: [40, 46], analysis_window: [2, 57]}
  - {id: W10, num: 4, name: WEEK 10, label: Week 10, day: 71, window: [68, 74], analysis_window: [58, 98]}

analysis_sets:
  - {id: ITT, flag: ITTFL, label: Intention-to-treat set, definition: All randomised patients.,
     criteria: {enrolled: true}}
  - {id: SAF, flag: SAFFL, label: Safety set, definition: All treated patients., criteria: {treated: true}}
safety_set: SAF
efficacy_set: ITT

characteristics:
  - {variable: AGE, label: Age, kind: continuous, unit: years}
  - {variable: SEX, label: Sex, kind: categorical, levels: {M: Male, F: Female}}

endpoints:
  - paramcd: SCORE
    label: Symptom score
    domain: QS                     # QSTESTCD is SCORE
    testcd: SCORE
    decimals: 0
    role: primary
    benefit: decrease
    analysis_set: ITT
    visits: [W10]
    comparison: ancova
    control: PBO

laboratory:
  - {paramcd: ALT, label: Alanine aminotransferase, domain: LB, testcd: ALT, unit: U/L, decimals: 0,
     category: Chemistry}

vital_signs:
  - {paramcd: SYSBP, label: Systolic blood pressure, domain: VS, testcd: SYSBP, unit: mmHg, decimals: 0}

adverse_events:
  dictionary: MedDRA 27.0
  grading: CTCAE version 5.0
  related: [POSSIBLE, PROBABLE]    # values of AEREL

multiplicity: {procedure: none}
"""
