"""Make the tables and load the companies of a CSV file."""

import csv

from django.core.management import call_command
from django.core.management.base import BaseCommand

from chamber.models import Company


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("chamber")
        parser.add_argument("file")

    def handle(self, chamber, file, **options):
        call_command("migrate", run_syncdb=True, verbosity=0)
        with open(file, encoding="utf-8", newline="") as source:
            Company.objects.bulk_create([Company(chamber=chamber, **row) for row in csv.DictReader(source)])
