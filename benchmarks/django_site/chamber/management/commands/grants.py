"""Permissions from a file, in bulk: grants FILE WHO. --fill COMPANIES PEOPLE PRESENT begins with an empty database."""

import csv
import sys
from itertools import islice

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from chamber.models import AuditEntry, Company, Grant

CHUNK = 5_000


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+")
        parser.add_argument("--fill", action="store_true")

    def handle(self, files, fill, **options):
        if fill:
            call_command("migrate", run_syncdb=True, verbosity=0)
        with transaction.atomic():
            (self.fill if fill else self.grant)(*files)

    def fill(self, companies, people, present):
        made = {}
        for row in read(companies):
            made[row["ident_number"]] = Company(
                chamber="177", ident_number=row["ident_number"], name=row["name"], city=row["city"]
            )
        Company.objects.bulk_create(made.values(), batch_size=CHUNK)
        for row in read(companies):
            made[row["ident_number"]].parent = made.get(row["parent"])
        Company.objects.bulk_update(made.values(), ["parent"], batch_size=CHUNK)
        for part in parts(read(present)):
            Grant.objects.bulk_create(
                Grant(email=r["email"], company=made[r["company"]], role=r["role"], reason="as agreed") for r in part
            )

    def grant(self, file, who):
        companies, before = self.reach(who), Grant.objects.count()
        for part in parts(read(file)):
            if any(row["company"] not in companies for row in part):
                sys.exit("rows refused")
            Grant.objects.bulk_create(
                (
                    Grant(email=row["email"], company_id=companies[row["company"]], role=row["role"], reason="")
                    for row in part
                ),
                ignore_conflicts=True,
            )
        made = Grant.objects.count() - before
        AuditEntry.objects.create(principal=who, action="grant", detail={"rows": made})
        self.stdout.write(f"{made} granted")

    def reach(self, who):
        """The companies that *who* administers with their sites, by their number."""
        held = Grant.objects.filter(email=who, role="administrator", ended_at=None)
        level = dict(Company.objects.filter(pk__in=held.values("company")).values_list("ident_number", "pk"))
        found = {}
        while level:
            found |= level
            level = dict(Company.objects.filter(parent__in=level.values()).values_list("ident_number", "pk"))
        return found


def parts(rows):
    while part := list(islice(rows, CHUNK)):
        yield part


def read(file):
    with open(file, encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)
