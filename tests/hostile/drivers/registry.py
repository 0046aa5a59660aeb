"""registry: each side has an employer with two people and a mentor, a provider with an instructor, evidence of all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from programmes.apprenticeship.forms.roster import write_roster
from services.registry.service import RegistryService
from shared.contracts.common import ListWaiting
from shared.contracts.registry import catalogues, eligibility, evidence, organisations, registers, teachers
from shared.contracts.registry.people import (
    AddIdentityDocument,
    FindPerson,
    ImportRoster,
    ListPeople,
    RegisterPeople,
    RevealPeople,
)
from shared.contracts.schema.shapes import FileRef
from shared.forms.spreadsheet import register_sheet
from shared.forms.spreadsheet.writer import Page, write_sheet
from shared.money import Money
from shared.security.speaker import Purpose, Role
from tests.hostile.driver import Driver
from tests.hostile.sides import Side
from tests.services import files
from tests.services.registry import driver as registry
from tests.services.registry.driver import (
    FIRMS,
    INSTRUCTOR,
    MENTOR,
    PEOPLE,
    ROSTER_HEAD,
    TODAY,
    TURNER,
    register_line,
    roster_line,
    row_of,
)

CITY = "110000"


class RegistryDriver(Driver):
    service = RegistryService

    def prepare(self) -> None:
        self.harness.move_clock(TODAY)
        self.driver = registry.Driver(self.harness, "")
        self.people: dict[str, list[str]] = {}
        self.teachers: dict[str, tuple[str, ...]] = {}
        self.rosters: dict[str, FileRef] = {}
        self.registers: dict[str, FileRef] = {}
        for kind in ("shortage", "appraisable", "restricted", "self_evaluation"):
            self.driver.publish(kind, date(2022, 1, 1))
        entry = catalogues.CatalogueEntry(CITY, amount=Money.yuan(2320))
        self.wage = catalogues.PublishCatalogue("minimum_wage", "示例一", date(2022, 1, 1), "示例公告", (entry,))
        self.harness.call(self.driver.city(), catalogues.PUBLISH_CATALOGUE, self.wage)

    def build(self, name: str, district: str) -> Side:
        driver, place = self.driver, self._place(name)
        firm, school = FIRMS[place], FIRMS[place + 1]
        side = Side(name, district, driver.organisation(firm, district), driver.provider(school, district=district))
        rows = [row_of(number, PEOPLE[place + number]) for number in range(2)]
        self.people[name] = [str(row.id) for row in driver.register(side.employer, *rows).rows]
        staff = driver.register(side.provider, row_of(0, PEOPLE[place + 10]), speaker=driver.officer(district))
        self.people[name].append(str(staff.rows[0].id))
        for person in self.people[name][:2]:
            driver.employ(side.employer, person)
        driver.insure(self.people[name][0], "2022-05", "2022-06", district=district)  # the other one's is awaited
        self.harness.call(side.speaker(Role.EMPLOYER), evidence.RECORD_HELD_CERTIFICATES, self._held(side))
        roster = write_roster(ROSTER_HEAD, [roster_line(PEOPLE[place + 20])])
        self.harness.call(
            side.speaker(Role.DISTRICT_OFFICER), registers.IMPORT_REGISTER, self._register(side, "E7654321")
        )
        sheet = write_sheet(Page(register_sheet.SHEET, [register_line(PEOPLE[place + 20].id_number)]))
        for role in (Role.DISTRICT_OFFICER, Role.CITY_OFFICER):
            self.registers[name] = files.put(self.harness, side.speaker(role), sheet)
        for role in (Role.EMPLOYER, Role.DISTRICT_OFFICER):
            self.rosters[name] = files.put(self.harness, side.speaker(role), roster)
        self.teachers[name] = tuple(
            str(
                self.harness.call(side.speaker(role), teachers.REGISTER_TEACHERS, self._teachers(side, role)).rows[0].id
            )
            for role in (Role.EMPLOYER, Role.TRAINING_PROVIDER)
        )
        return side

    def words(self, side: Side) -> frozenset[str]:
        place = self._place(side.name)
        firms = (FIRMS[place], FIRMS[place + 1])
        return super().words(side) | {firm.name for firm in firms} | {firm.uscc for firm in firms}

    def own_requests(self, side: Side, role: Role) -> Mapping[str, Any]:
        firm, learner = FIRMS[self._place(side.name)], PEOPLE[self._place(side.name)]
        people = tuple(self.people[side.name])
        own = side.organisation(role)
        return {
            "register_organisation": organisations.RegisterOrganisation(
                firm.name, firm.uscc, "enterprise", side.district, "C3311", training_rules=True
            ),
            "list_organisations": organisations.ListOrganisations((side.employer, side.provider)),
            "register_people": RegisterPeople(own, (row_of(1, PEOPLE[self._place(side.name) + 20]),)),
            "add_identity_document": AddIdentityDocument(people[0], "passport", f"E1234567{len(side.name)}"),
            "record_employment": evidence.RecordEmployment(side.employer, (self._employment(people[0]),)),
            "record_insurance": evidence.RecordInsurance(
                (evidence.InsuranceRow(1, people[0], ("2022-04",), "employer"),)
            ),
            "record_held_certificates": self._held(side),
            "register_teachers": self._teachers(side, role),
            "reveal_people": RevealPeople(people, Purpose.DOCUMENTS),
            "find_person": FindPerson("resident_id", self._number(side, role, learner.id_number)),
            "publish_catalogue": catalogues.PublishCatalogue("shortage", "示例二", date(2022, 7, 1), "示例公告", ()),
            **self._questions(side),
            "import_roster": ImportRoster(side.employer, "apprenticeship", self.rosters[side.name]),
            "list_people": ListPeople(own),
            "list_teachers": teachers.ListTeachers(own),
            "list_waiting": ListWaiting(),
            "list_catalogues": catalogues.ListCatalogues("shortage"),
            "import_register": self._register(side, PEOPLE[self._place(side.name)].id_number),
            "import_register_sheet": registers.ImportRegisterSheet(
                "student", f"示例学籍管理部门（{side.district}）", TODAY, self.registers[side.name]
            ),
            "list_registers": registers.ListRegisters(),
            "reveal_accounts": organisations.RevealAccounts((side.employer, side.provider), Purpose.PAYMENT),
        }

    def _questions(self, side: Side) -> Mapping[str, Any]:
        """What the other services ask."""
        people, document = tuple(self.people[side.name]), self.driver.document
        return {
            "ask_minimum_wage": catalogues.AskMinimumWage(CITY, TODAY),
            "ask_occupation": eligibility.AskOccupation(document, TURNER, TODAY),
            "decide_parties": eligibility.DecideParties(document, TODAY, side.employer, side.provider, TURNER),
            "decide_apprentices": eligibility.DecideApprentices(
                document, TODAY, side.employer, TODAY, date(2024, 6, 5), TURNER, "advanced", people[:2]
            ),
            "decide_teachers": eligibility.DecideTeachers(document, TODAY, self.teachers[side.name]),
            "ask_wages": evidence.AskWages(side.employer, people[:2]),
            "ask_self_evaluation": catalogues.AskSelfEvaluation(side.employer, TURNER, "advanced", TODAY),
            "ask_standing": registers.AskStanding(
                (registers.StandingRow(people[0], TODAY, date(2024, 6, 5), TURNER, "advanced"),)
            ),
            "ask_shared_accounts": registers.AskSharedAccounts((side.employer, side.provider)),
        }

    @staticmethod
    def _place(name: str) -> int:
        """From where a side takes its made-up firms and people."""
        return {"here": 0, "there": 2}[name]

    def _number(self, side: Side, role: Role, employed: str) -> str:
        """Of somebody whom the role's organisation knows."""
        return PEOPLE[self._place(side.name) + 10].id_number if role is Role.TRAINING_PROVIDER else employed

    @staticmethod
    def _employment(person: str) -> evidence.EmploymentRow:
        return evidence.EmploymentRow(
            1, person, "铣工", "transferred", False, True, date(2022, 6, 1), None, "employer", Money.yuan(4200)
        )

    @staticmethod
    def _register(side: Side, number: str) -> registers.ImportRegister:
        kind: Any = "passport" if number.startswith("E") else "resident_id"
        row = registers.RegisterRow(1, kind, number, date(2022, 3, 1), remark="示例学校")
        return registers.ImportRegister("student", f"示例学籍管理部门（{side.district}）", TODAY, (row,))

    def _held(self, side: Side) -> evidence.RecordHeldCertificates:
        number = f"HELD-{side.name}-1"
        row = evidence.HeldCertificateRow(1, self.people[side.name][0], TURNER, "junior", number, date(2020, 1, 1))
        return evidence.RecordHeldCertificates((row,))

    def _teachers(self, side: Side, role: Role) -> teachers.RegisterTeachers:
        person = self.people[side.name][2 if role is Role.TRAINING_PROVIDER else 1]
        row = INSTRUCTOR if role is Role.TRAINING_PROVIDER else MENTOR
        return teachers.RegisterTeachers(
            side.organisation(role),
            (teachers.TeacherRow(1, person, row.kind, row.attested_on, row.post_since, row.teaching_since),),
        )
