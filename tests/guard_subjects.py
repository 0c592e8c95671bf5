"""The networks of the guard: the shipped models and networks that pgmpy ships, each with its questions."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import bayesnet
from bayesnet.network import Network

# Found and not imported, which would take seconds.
_PGMPY = importlib.util.find_spec("pgmpy")
assert _PGMPY is not None
assert _PGMPY.origin is not None
EXAMPLE_MODELS = Path(_PGMPY.origin).parent / "utils" / "example_models"


@dataclass(frozen=True)
class Subject:
    """What is asked of one network: names, states and numbers that the questions below fill in."""

    network: str
    target: str
    other: str
    findings: str
    finding: str
    contrary: str
    background: str
    one_of: str
    do: str
    had: Mapping[str, str]
    soft: Mapping[str, Mapping[str, float]]
    marginal: Mapping[str, Mapping[str, float]]
    numbers: tuple[str, str]
    new_value: float
    goal: float
    file: str = ""

    @property
    def variable(self) -> str:
        """The variable of the target, without its state."""
        return self.target.split("=", maxsplit=1)[0]

    @property
    def second(self) -> str:
        """The variable of the other target, without its state."""
        return self.other.split("=", maxsplit=1)[0]

    @property
    def seen(self) -> str:
        """The variable of the one finding, without its state."""
        return self.finding.split("=", maxsplit=1)[0]

    def load(self) -> Network:
        """A network of its own for one question."""
        return bayesnet.load(EXAMPLE_MODELS / self.file if self.file else self.network)


SUBJECTS = (
    Subject(
        network="back_pain",
        target="spinal_metastasis",
        other="multiple_myeloma",
        findings="age_group=60-69, female, cancer_history, chronic_pain, raised_alp, anemia, hypercalcemia, !fever",
        finding="anemia",
        contrary="!anemia",
        background="female",
        one_of="age_group={60-69, 70-79}",
        do="corticosteroids",
        had={"cancer_history": "absent"},
        soft={"anemia": {"present": 4, "absent": 1}},
        marginal={"fever": {"present": 0.7, "absent": 0.3}},
        numbers=("fever=present | leak", "fever=present | spinal_metastasis=present"),
        new_value=0.02,
        goal=0.6,
    ),
    Subject(
        network="asia",
        target="lung=yes",
        other="bronc=yes",
        findings="smoke=yes, xray=yes, dysp=yes",
        finding="xray=yes",
        contrary="xray=no",
        background="smoke=yes",
        one_of="dysp={yes}",
        do="smoke=yes",
        had={"smoke": "no"},
        soft={"dysp": {"yes": 3, "no": 1}},
        marginal={"xray": {"yes": 0.9, "no": 0.1}},
        numbers=("smoke=yes", "xray=yes | either=no"),
        new_value=0.3,
        goal=0.8,
    ),
    Subject(
        network="sprinkler",
        target="rain",
        other="cloudy",
        findings="wet_grass, !sprinkler",
        finding="wet_grass",
        contrary="!wet_grass",
        background="cloudy",
        one_of="sprinkler={present, absent}",
        do="sprinkler",
        had={"sprinkler": "present"},
        soft={"wet_grass": {"present": 5, "absent": 1}},
        marginal={"wet_grass": {"present": 0.6, "absent": 0.4}},
        numbers=("cloudy=present", "rain=present | cloudy=absent"),
        new_value=0.4,
        goal=0.9,
    ),
    Subject(
        network="mammography",
        target="breast_cancer",
        other="positive_mammogram",
        findings="positive_mammogram",
        finding="positive_mammogram",
        contrary="!positive_mammogram",
        background="",
        one_of="positive_mammogram={present}",
        do="positive_mammogram",
        had={"positive_mammogram": "absent"},
        soft={"positive_mammogram": {"present": 8, "absent": 1}},
        marginal={"positive_mammogram": {"present": 0.5, "absent": 0.5}},
        numbers=("breast_cancer=present", "positive_mammogram=present | breast_cancer=absent"),
        new_value=0.05,
        goal=0.2,
    ),
    Subject(
        network="cancer",
        target="Cancer=True",
        other="Pollution=high",
        findings="Smoker=True, Xray=positive, Dyspnoea=True",
        finding="Xray=positive",
        contrary="Xray=negative",
        background="Smoker=True",
        one_of="Dyspnoea={True}",
        do="Smoker=True",
        had={"Smoker": "False"},
        soft={"Xray": {"positive": 6, "negative": 1}},
        marginal={"Dyspnoea": {"True": 0.8, "False": 0.2}},
        numbers=("Smoker=True", "Xray=positive | Cancer=False"),
        new_value=0.4,
        goal=0.3,
        file="cancer.bif.gz",
    ),
    Subject(
        network="earthquake",
        target="Burglary=True",
        other="Earthquake=True",
        findings="JohnCalls=True, MaryCalls=True",
        finding="JohnCalls=True",
        contrary="JohnCalls=False",
        background="MaryCalls=True",
        one_of="Earthquake={True, False}",
        do="Alarm=True",
        had={"Earthquake": "True"},
        soft={"MaryCalls": {"True": 4, "False": 1}},
        marginal={"JohnCalls": {"True": 0.9, "False": 0.1}},
        numbers=("Burglary=True", "JohnCalls=True | Alarm=False"),
        new_value=0.02,
        goal=0.9,
        file="earthquake.bif.gz",
    ),
    Subject(
        network="survey",
        target="T=train",
        other="E=uni",
        findings="A=young, R=big, O=emp",
        finding="R=big",
        contrary="R=small",
        background="A=young",
        one_of="A={young, adult}",
        do="E=uni",
        had={"R": "small"},
        soft={"O": {"emp": 2, "self": 1}},
        marginal={"R": {"small": 0.5, "big": 0.5}},
        numbers=("T=train | O=emp, R=big", "E=uni | A=young, S=F"),
        new_value=0.3,
        goal=0.4,
        file="survey.bif.gz",
    ),
    Subject(
        network="child",
        target="Disease=TGA",
        other="Sick=yes",
        findings='Age=0-3_days, GruntingReport=yes, LowerBodyO2="<5", XrayReport=Oligaemic',
        finding="XrayReport=Oligaemic",
        contrary="XrayReport=Normal",
        background="Age=0-3_days",
        one_of="RUQO2={5-12, 12+}",
        do="BirthAsphyxia=yes",
        had={"BirthAsphyxia": "yes"},
        soft={"GruntingReport": {"yes": 3, "no": 1}},
        marginal={"LVHreport": {"yes": 0.8, "no": 0.2}},
        numbers=("BirthAsphyxia=yes", "XrayReport=Oligaemic | ChestXray=Normal"),
        new_value=0.2,
        goal=0.6,
        file="child.bif.gz",
    ),
    Subject(
        network="alarm",
        target="HYPOVOLEMIA=TRUE",
        other="LVFAILURE=TRUE",
        findings="CVP=LOW, BP=LOW, HRBP=HIGH, PCWP=LOW",
        finding="BP=LOW",
        contrary="BP=HIGH",
        background="CVP=LOW",
        one_of="TPR={LOW, NORMAL}",
        do="VENTTUBE=HIGH",
        had={"TPR": "HIGH"},
        soft={"BP": {"LOW": 3, "NORMAL": 1, "HIGH": 1}},
        marginal={"HREKG": {"LOW": 0.2, "NORMAL": 0.3, "HIGH": 0.5}},
        numbers=("HYPOVOLEMIA=TRUE", "CVP=LOW | LVEDVOLUME=LOW"),
        new_value=0.3,
        goal=0.5,
        file="alarm.bif.gz",
    ),
)
