"""Webhooks: who is told, and what was sent (D17, D19)."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def begin_with_what_comes_next(apps: Any, editor: Any) -> None:
    """Nobody has a webhook yet: what has happened so far is read by nobody again."""
    newest = apps.get_model("accounts", "Event").objects.aggregate(models.Max("position"))
    apps.get_model("events", "FanOut").objects.create(pk=1, position=newest["position__max"] or 0)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0013_webhooks'),
        ('core', '0002_outbox_uncertain_tries'),
    ]

    operations = [
        migrations.CreateModel(
            name='FanOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=40, verbose_name='type')),
                ('message_id', models.CharField(max_length=40)),
                ('body', models.TextField(verbose_name='request')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='webhook_delivery', to='core.outboxentry')),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('milliseconds', models.PositiveIntegerField(verbose_name='duration')),
                ('status', models.PositiveSmallIntegerField(null=True, verbose_name='answered')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='events.delivery')),
            ],
            options={
                'verbose_name': 'delivery attempt',
                'verbose_name_plural': 'delivery attempts',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(verbose_name='created')),
                ('url', models.CharField(max_length=2000, verbose_name='address')),
                ('event_types', models.JSONField(null=True, verbose_name='events')),
                ('status', models.CharField(choices=[('on', 'On'), ('off', 'Switched off'), ('failed', 'Switched off after 5 days of failures'), ('gone', 'Switched off because it answered “410 Gone”'), ('deleted', 'Deleted')], max_length=10, verbose_name='status')),
                ('status_since', models.DateTimeField(verbose_name='since')),
                ('after_event', models.PositiveBigIntegerField(default=0, editable=False)),
                ('encrypted_secret', models.TextField(editable=False)),
                ('encrypted_previous_secret', models.TextField(blank=True, editable=False)),
                ('rotated_at', models.DateTimeField(editable=False, null=True, verbose_name='rotated')),
                ('previous_until', models.DateTimeField(editable=False, null=True, verbose_name='secret before valid until')),
                ('failing_since', models.DateTimeField(editable=False, null=True, verbose_name='failing since')),
                ('failed_at', models.DateTimeField(editable=False, null=True)),
                ('misses', models.PositiveIntegerField(default=0, editable=False)),
                ('rest_until', models.DateTimeField(editable=False, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhook_endpoints', to='accounts.account', verbose_name='account')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='webhook_endpoints', to='accounts.membership', verbose_name='created by')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ('-pk',),
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='endpoint',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='events.webhookendpoint', verbose_name='webhook'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['endpoint', '-id'], name='events_delivery_log'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('event__isnull', False)), fields=('endpoint', 'event'), name='events_delivery_once'),
        ),
        migrations.RunPython(begin_with_what_comes_next, migrations.RunPython.noop),
    ]
