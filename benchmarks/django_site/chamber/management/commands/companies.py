"""List companies: what ``asta companies list --company`` does, without its rules about who may see what."""

from django.core.management.base import BaseCommand

from chamber.models import Company


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--company", required=True)

    def handle(self, company, **options):
        found = Company.objects.filter(ident_number=company, status="open").select_related("parent")
        for one in found.order_by("chamber", "ident_number"):
            parent = one.parent.ident_number if one.parent else ""
            self.stdout.write(f"{one.chamber}  {one.ident_number}  {one.name}  {parent}  {one.city}  {one.status}")
