"""What the vendor changes in an account: its history, its addresses, its ownership, its end."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only, changeable


def remember_addresses(apps: Any, editor: Any) -> None:
    """Every address there is belongs to its account, also once it has another one."""
    address = apps.get_model("accounts", "WebAddress")
    accounts = apps.get_model("accounts", "Account").objects.values_list("pk", "slug")
    address.objects.bulk_create(address(account_id=pk, slug=slug) for pk, slug in accounts)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_read_only_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='OwnershipProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(max_length=1000, verbose_name='reason')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('status', models.CharField(choices=[('open', 'Open'), ('confirmed', 'Confirmed'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='open', max_length=20, verbose_name='status')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed')),
            ],
            options={
                'verbose_name': 'ownership proposal',
                'verbose_name_plural': 'ownership proposals',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='WebAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='web address')),
            ],
            options={
                'verbose_name': 'web address',
                'verbose_name_plural': 'web addresses',
            },
        ),
        migrations.AddField(
            model_name='account',
            name='closed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='closed'),
        ),
        changeable("accounts_auditentry"),
        migrations.AddField(
            model_name='auditentry',
            name='reason',
            field=models.TextField(blank=True, default='', max_length=1000, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='kind',
            field=models.CharField(choices=[('invited', 'Invited'), ('invitation_resent', 'Invitation resent'), ('invitation_withdrawn', 'Invitation withdrawn'), ('accepted', 'Invitation accepted'), ('renamed', 'Renamed'), ('role_changed', 'Role changed'), ('suspended', 'Suspended'), ('reactivated', 'Reactivated'), ('removed', 'Removed'), ('token_made', 'API token created'), ('token_rotated', 'API token rotated'), ('token_revoked', 'API token revoked'), ('webhook_added', 'Webhook added'), ('webhook_changed', 'Webhook changed'), ('webhook_rotated', 'Webhook secret rotated'), ('webhook_switched_off', 'Webhook switched off'), ('webhook_switched_on', 'Webhook switched on'), ('webhook_deleted', 'Webhook deleted'), ('account_renamed', 'Account renamed'), ('web_address_changed', 'Web address changed'), ('kind_changed', 'Kind of account changed'), ('representative_changed', 'Account representative changed'), ('ownership_asked', 'Ownership: asked for by staff'), ('ownership_withdrawn', 'Ownership: no longer asked for'), ('ownership_given', 'Ownership given by staff'), ('account_closed', 'Account closed')], max_length=30, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='member',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_entries', to='accounts.membership', verbose_name='member'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(condition=models.Q(('member__isnull', False), ('kind__in', ('account_renamed', 'web_address_changed', 'kind_changed', 'representative_changed', 'ownership_asked', 'ownership_withdrawn', 'ownership_given', 'account_closed')), _connector='OR'), name='accounts_auditentry_names_member'),
        ),
        append_only("accounts_auditentry"),
        migrations.AddField(
            model_name='ownershipproposal',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ownership_proposals', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='ownershipproposal',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='ownershipproposal',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by'),
        ),
        migrations.AddField(
            model_name='ownershipproposal',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership', verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='ownershipproposal',
            name='to',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership', verbose_name='new owner'),
        ),
        migrations.AddField(
            model_name='webaddress',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='web_addresses', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddConstraint(
            model_name='ownershipproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('account',), name='accounts_ownershipproposal_one_open'),
        ),
        migrations.AddConstraint(
            model_name='ownershipproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='accounts_ownershipproposal_closed_has_time'),
        ),
        migrations.AddConstraint(
            model_name='ownershipproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'confirmed'), _negated=True), models.Q(('closed_by__isnull', False), models.Q(('closed_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='accounts_ownershipproposal_two_people'),
        ),
        migrations.RunPython(remember_addresses, migrations.RunPython.noop),
    ]
