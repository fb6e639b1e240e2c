"""Grant a role at a company and write it down: what ``asta perms grant`` does, without its rules and its chain."""

import getpass

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from chamber.models import AuditEntry, Company, Grant


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--company", required=True)
        parser.add_argument("--role", choices=["administrator", "manager", "trainer", "reader"], required=True)
        parser.add_argument("--reason", required=True)

    def handle(self, email, company, role, reason, **options):
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        with transaction.atomic():
            try:
                at = Company.objects.get(ident_number=company, status="open")
            except Company.DoesNotExist as error:
                raise CommandError(f"no company {company}") from error
            grant, created = Grant.objects.get_or_create(
                email=email, company=at, role=role, ended_at=None, defaults={"reason": reason}
            )
            AuditEntry.objects.create(
                principal=getpass.getuser(), action="grant", detail={"grant": grant.pk, "created": created}
            )
        self.stdout.write("granted" if created else "unchanged")
