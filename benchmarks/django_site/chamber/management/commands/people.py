"""Make the tables and load companies and trainers of register files, for the trainees to point at."""

import csv

from django.core.management import call_command
from django.core.management.base import BaseCommand

from chamber.models import Company, Trainer


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("companies")
        parser.add_argument("trainers")

    def handle(self, companies, trainers, **options):
        call_command("migrate", run_syncdb=True, verbosity=0)
        with open(companies, encoding="cp1252", newline="") as source:
            rows = csv.DictReader(source, delimiter=";")
            made = [Company(chamber="177", ident_number=row["Identnummer"], name=row["Firma"]) for row in rows]
        Company.objects.bulk_create(made)
        pks = dict(Company.objects.values_list("ident_number", "pk"))
        with open(trainers, encoding="cp1252", newline="") as source:
            rows = csv.DictReader(source, delimiter=";")
            named = [
                Trainer(number=row["Ausbildernummer"], company_id=pks[row["Identnummer"]], last_name=row["Nachname"])
                for row in rows
            ]
        Trainer.objects.bulk_create(named)
