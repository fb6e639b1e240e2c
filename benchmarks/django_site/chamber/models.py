"""Companies, trainers, trainees, grants and the audit log, as one would model them for Django."""

from django.db import models


class Company(models.Model):
    chamber = models.CharField(max_length=8)
    ident_number = models.CharField(max_length=20, db_index=True)
    name = models.TextField()
    street = models.TextField(blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    city = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    status = models.CharField(max_length=8, default="open")
    activated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chamber", "ident_number"], name="one_company")]


class Trainer(models.Model):
    number = models.CharField(max_length=20)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    last_name = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "company"], name="one_trainer")]


class Trainee(models.Model):
    number = models.CharField(max_length=20, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    trainer = models.ForeignKey(Trainer, null=True, on_delete=models.PROTECT)
    first_name = models.TextField(blank=True)
    last_name = models.TextField()
    email = models.EmailField(blank=True)
    occupation = models.TextField()
    specialisation = models.TextField(blank=True)
    contract_start = models.DateField()
    contract_end = models.DateField()
    terminated_on = models.DateField(null=True)
    exam_period = models.CharField(max_length=20, blank=True)
    account_status = models.CharField(max_length=20)


class Grant(models.Model):
    email = models.EmailField()
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    role = models.CharField(max_length=20)
    granted_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email", "company", "role"], condition=models.Q(ended_at=None), name="one_grant"
            )
        ]


class AuditEntry(models.Model):
    at = models.DateTimeField(auto_now_add=True)
    principal = models.TextField()
    action = models.CharField(max_length=40)
    detail = models.JSONField()
