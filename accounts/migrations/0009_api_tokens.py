"""Tokens with which programs act in an account (D19)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_idempotency'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='kind',
            field=models.CharField(choices=[('invited', 'Invited'), ('invitation_resent', 'Invitation resent'), ('invitation_withdrawn', 'Invitation withdrawn'), ('accepted', 'Invitation accepted'), ('renamed', 'Renamed'), ('role_changed', 'Role changed'), ('suspended', 'Suspended'), ('reactivated', 'Reactivated'), ('removed', 'Removed'), ('token_made', 'API token created'), ('token_rotated', 'API token rotated'), ('token_revoked', 'API token revoked')], max_length=30, verbose_name='what'),
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('prefix', models.CharField(max_length=12, unique=True, verbose_name='begins with')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('made_at', models.DateTimeField(verbose_name='created')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                ('rotated_at', models.DateTimeField(editable=False, null=True, verbose_name='rotated')),
                ('previous_digest', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('previous_until', models.DateTimeField(editable=False, null=True, verbose_name='key before valid until')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('maker_role', models.CharField(choices=[('owner', 'Account owner'), ('billing_admin', 'Billing admin'), ('admin', 'Admin'), ('agent', 'Agent'), ('end_user', 'End user')], max_length=20, verbose_name='role of its creator')),
                ('scopes', models.JSONField(default=list, verbose_name='scopes')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to='accounts.account', verbose_name='account')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to='accounts.membership', verbose_name='created by')),
            ],
            options={
                'verbose_name': 'API token',
                'verbose_name_plural': 'API tokens',
                'ordering': ('-pk',),
            },
        ),
    ]
