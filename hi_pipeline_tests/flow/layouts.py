"""What is changed in the synthetic edition of each layout that nobody has seen, and what must come of it."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Case:
    """An edition of a layout and three changes of its file, each a pattern and what its first match becomes.

    Attributes:
        column: a column of another name.
        label: a label outside the vocabulary; ``stops`` tells whether it stops the file or its rows are left out.
        total: a number that no longer agrees with the others, and a part of what the refusal says.
    """

    source: str
    edition: str
    column: tuple[str, str]
    label: tuple[str, str]
    stops: bool
    total: tuple[str, str, str]

    @property
    def id(self) -> str:
        return f"{self.source}-{self.edition}"


def altered(path: Path, into: Path, old: str, new: str) -> Path:
    """Return a copy in which the first match of a pattern is changed; in an archive, of the first member with one."""
    copy = into / path.name
    if not zipfile.is_zipfile(path):
        text, found = re.subn(old, new, path.read_text(encoding="utf-8"), count=1)
        assert found, f"{path.name} has nothing like {old!r}"
        copy.write_text(text, encoding="utf-8")
        return copy
    done = 0
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as changed:
        for name in archive.namelist():
            data = archive.read(name)
            if not done:
                text, done = re.subn(old, new, data.decode("utf-8"), count=1)
                data = text.encode()
            changed.writestr(name, data)
    assert done, f"{path.name} has nothing like {old!r}"
    return copy


CASES = (
    Case(
        source="cvdprevent",
        edition="2023-24",
        column=('"MetricCategoryTypeName"', '"CategoryTypeName"'),
        label=('"MetricCategoryName": ?"White', '"MetricCategoryName":"Whyte'),
        stops=False,
        total=(r'"Numerator": ?(\d+)', r'"Numerator":1\g<1>', "do not follow from their counts"),
    ),
    Case(
        source="healthy_life_expectancy",
        edition="2022-2024",
        column=("IMD decile", "IMD tenth"),
        label=("<t>Female</t>", "<t>Women</t>"),
        stops=False,
        total=(r"<v>70\.\d+</v>", "<v>7.1</v>", "outside their limits"),
    ),
    Case(
        source="hes_admitted",
        edition="2019-20-diagnoses",
        column=("<t>Planned", "<t>Booked"),
        label=("<t>I63", "<t>I65"),
        stops=True,
        # Row 6 of the sheet of codes is I21; its first figure, of column H, follows the words of column B.
        total=(
            r'(<c r="B6" t="s"><v>\d+</v></c><c r="H6"><v>\d+</v></c><c r="I6"><v>)(\d+)',
            r"\g<1>1\g<2>",
            "admissions are not the sum",
        ),
    ),
    Case(
        source="hes_admitted",
        edition="2024-25-groups",
        column=("Measure_Value", "Value"),
        label=(r"British \(White\)", "British"),
        stops=False,
        total=(r"FAE_SUM,(\d+)", r"FAE_SUM,1\g<1>", "admissions are not the sum"),
    ),
    Case(
        source="hes_admitted",
        edition="2024-25-ages",
        column=("MEASURE_VALUE", "VALUE"),
        label=("Age_1_4_Sum", "Age_2_4_Sum"),
        stops=True,
        total=(r"FCE_MALE_SUM,(\d+)", r"FCE_MALE_SUM,1\g<1>", "expected as many"),
    ),
    Case(
        source="ld_health_checks",
        edition="2024-03",
        column=("IND_CODE", "CODE"),
        label=("HLTHCHKDEC", "DECLINED"),
        stops=False,
        total=(r"LD_REG_18OV,Count,(\d+)", r"LD_REG_18OV,Count,1\g<1>", "not the sum of people"),
    ),
    Case(
        source="lda_inpatients",
        edition="2024-03",
        column=("OrgCode", "Code"),
        label=("Age,18-24", "Age,18-23"),
        stops=False,
        total=(
            r"Age,25-34,NULL,NULL,-,-,-,-,-,-,\d+",
            "Age,25-34,NULL,NULL,-,-,-,-,-,-,9000",
            "hold more spells than England",
        ),
    ),
    Case(
        source="maternity_monthly",
        edition="2023-04-data",
        column=("Final_value", "Value"),
        label=("<37 weeks", "<36 weeks"),
        stops=False,
        total=(r"<37 weeks,Babies,\d+\.0", "<37 weeks,Babies,9000.0", "more babies by gestation than babies"),
    ),
    Case(
        source="maternity_monthly",
        edition="2023-04-measures",
        column=("Currency", "Kind"),
        label=("Denominator", "Below"),
        stops=False,
        total=(r"Numerator,\d+", "Numerator,9000", "above their denominator"),
    ),
    Case(
        source="qof",
        edition="2021-22",
        column=("INDICATOR_CODE", "CODE"),
        label=("PCAS", "EXCEPTIONS"),
        stops=False,
        total=(r"CS005,NUMERATOR,\d+", "CS005,NUMERATOR,90000", "above their denominator"),
    ),
    Case(
        source="restrictive_interventions",
        edition="2024-03",
        column=("LEVEL_ONE_DESCRIPTION", "DESCRIPTION"),
        label=("Performance", "Draft"),
        stops=True,
        total=(r"MHS76,\d+", "MHS76,90000", "above their denominator"),
    ),
)
