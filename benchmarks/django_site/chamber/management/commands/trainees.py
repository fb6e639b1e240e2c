"""Load the trainees of a register file. --again takes over one that names them already: row by row, or in bulk."""

import csv
from datetime import date
from itertools import islice

from django.core.management.base import BaseCommand
from django.db import transaction

from chamber.models import Company, Trainee, Trainer

CHUNK = 5_000
NAMES = {
    "first_name": "Vorname",
    "last_name": "Nachname",
    "email": "E-Mail",
    "occupation": "Ausbildungsberuf",
    "specialisation": "Fachrichtung",
    "exam_period": "Prüfungszeitraum",
    "account_status": "Azubi-Konto",
}
FIELDS = ["company", "trainer", "contract_start", "contract_end", "terminated_on", *NAMES]


def day(text):
    return date(int(text[6:]), int(text[3:5]), int(text[:2])) if text else None


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--again", choices=["rows", "bulk"])

    @transaction.atomic
    def handle(self, file, again, **options):
        self.companies = dict(Company.objects.values_list("ident_number", "pk"))
        self.trainers = {
            (number, at): pk for number, at, pk in Trainer.objects.values_list("number", "company_id", "pk")
        }
        with open(file, encoding="cp1252", newline="") as source:
            rows = csv.DictReader(source, delimiter=";")
            if again == "rows":
                for row in rows:
                    Trainee.objects.update_or_create(number=row["Azubinummer"], defaults=self.values(row))
                return
            made = (Trainee(number=row["Azubinummer"], **self.values(row)) for row in rows)
            conflicts = (
                {"update_conflicts": True, "unique_fields": ["number"], "update_fields": FIELDS} if again else {}
            )
            while chunk := list(islice(made, CHUNK)):
                Trainee.objects.bulk_create(chunk, **conflicts)

    def values(self, row):
        company = self.companies[row["Identnummer"]]
        return {
            "company_id": company,
            "trainer_id": self.trainers.get((row["Ausbildernummer"], company)),
            "contract_start": day(row["Vertragsbeginn"]),
            "contract_end": day(row["Vertragsende"]),
            "terminated_on": day(row["Gelöst am"]),
            **{name: row[heading] for name, heading in NAMES.items()},
        }
