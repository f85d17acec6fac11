"""The ledger of money, and the prices and dates of lines (D16).

Of what was charged before nothing is made up: each line there is gets its price, and a row
that says up to when it is paid.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from core.append_only import append_only

MONTHS = {"monthly": 1, "annual": 12}


def cut_over(apps, schema_editor):
    """Say of every line there is what is paid for it now; from here on, every cent is charged.

    Of what was charged before nothing is claimed, so a cut-over has no days and no cents.
    """
    line_model = apps.get_model("subscriptions", "Line")
    price_model = apps.get_model("subscriptions", "LinePrice")
    charge_model = apps.get_model("subscriptions", "Charge")
    now = timezone.now()
    lines = list(line_model.objects.select_related("pool__subscription").order_by("pk"))
    price_model.objects.bulk_create(
        [
            price_model(
                line=line,
                unit_cents=line.unit_cents,
                from_day=line.pool.subscription.period_start,
                at=now,
                channel="system",
                command="migrate",
            )
            for line in lines
        ],
        batch_size=500,
    )
    charge_model.objects.bulk_create(
        [_cut_over(charge_model, line, now) for line in lines if line.pool.seats],
        batch_size=500,
    )


def _cut_over(charge_model, line, now):
    pool, subscription = line.pool, line.pool.subscription
    return charge_model(
        account_id=subscription.account_id,
        line=line,
        at=now,
        channel="system",
        command="migrate",
        kind="cut_over",
        period_from=subscription.period_start,
        period_to=subscription.period_end,
        seats=pool.seats,
        unit_cents=line.unit_cents,
        months=MONTHS[subscription.cycle],
        days=0,
        of_days=(subscription.period_end - subscription.period_start).days,
        cents=0,
        currency=subscription.currency,
    )


def know_the_first_lines(apps, schema_editor):
    """A pool was opened together with the line that names it; of other lines no day is known."""
    line_model = apps.get_model("subscriptions", "Line")
    change_model = apps.get_model("subscriptions", "SeatChange")
    opened = change_model.objects.filter(kind="opened").order_by("pk")
    days = {pool: at.date() for pool, at in opened.values_list("pool", "at")}
    first = {}
    for line in line_model.objects.order_by("-pk"):
        first[line.pool_id] = line
    for pool, line in first.items():
        if pool in days:
            line_model.objects.filter(pk=line.pk).update(added_on=days[pool])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_idempotency'),
        ('subscriptions', '0011_one_idempotency'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('page', 'Page'), ('admin', 'Sales desk'), ('api', 'API'), ('import', 'Import'), ('directory', 'Directory'), ('system', 'System')], max_length=10, verbose_name='through')),
                ('command', models.CharField(blank=True, default='', help_text='What the system was doing; empty for what a person does.', max_length=40, verbose_name='command')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('kind', models.CharField(choices=[('first_period', 'First period'), ('line_added', 'Line added'), ('purchase', 'Seats bought'), ('renewal', 'Renewal'), ('credit', 'Credit'), ('cut_over', 'Charged before charges were recorded')], max_length=20, verbose_name='reason')),
                ('period_from', models.DateField(verbose_name='from')),
                ('period_to', models.DateField(verbose_name='to, not including')),
                ('seats', models.PositiveIntegerField(verbose_name='seats')),
                ('unit_cents', models.PositiveIntegerField(verbose_name='cents per seat per month')),
                ('months', models.PositiveSmallIntegerField(verbose_name='months of a period')),
                ('days', models.PositiveSmallIntegerField(verbose_name='days charged')),
                ('of_days', models.PositiveSmallIntegerField(verbose_name='days of the period')),
                ('cents', models.BigIntegerField(help_text='Negative for a credit.', verbose_name='cents')),
                ('currency', models.CharField(choices=[('EUR', 'Euro'), ('USD', 'US dollar')], max_length=3, verbose_name='currency')),
            ],
            options={
                'verbose_name': 'charge',
                'verbose_name_plural': 'charges',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='LinePrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('page', 'Page'), ('admin', 'Sales desk'), ('api', 'API'), ('import', 'Import'), ('directory', 'Directory'), ('system', 'System')], max_length=10, verbose_name='through')),
                ('command', models.CharField(blank=True, default='', help_text='What the system was doing; empty for what a person does.', max_length=40, verbose_name='command')),
                ('unit_cents', models.PositiveIntegerField(verbose_name='cents per seat per month')),
                ('from_day', models.DateField(verbose_name='from')),
                ('at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'price of a line',
                'verbose_name_plural': 'prices of lines',
                'ordering': ('-pk',),
            },
        ),
        migrations.AddField(
            model_name='line',
            name='added_on',
            field=models.DateField(help_text='Empty for a line that was added before this was recorded.', null=True, verbose_name='added'),
        ),
        migrations.AddField(
            model_name='line',
            name='ended_on',
            field=models.DateField(null=True, verbose_name='ended'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__gte', models.F('added_on'))), name='subscriptions_line_dates'),
        ),
        migrations.AddField(
            model_name='charge',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='charge',
            name='by',
            field=models.ForeignKey(help_text='Empty for changes made by the system.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who'),
        ),
        migrations.AddField(
            model_name='charge',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='subscriptions.line', verbose_name='line'),
        ),
        migrations.AddField(
            model_name='charge',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='subscriptions.order', verbose_name='order'),
        ),
        migrations.AddField(
            model_name='charge',
            name='seat_change',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='subscriptions.seatchange', verbose_name='seat change'),
        ),
        migrations.AddField(
            model_name='lineprice',
            name='by',
            field=models.ForeignKey(help_text='Empty for changes made by the system.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who'),
        ),
        migrations.AddField(
            model_name='lineprice',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='subscriptions.line', verbose_name='line'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('days__lte', models.F('of_days')), ('months__gt', 0), ('of_days__gt', 0), ('seats__gt', 0)), name='subscriptions_charge_of_something'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('period_to__gt', models.F('period_from'))), name='subscriptions_charge_period'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cents', 0), ('days', 0), ('kind', 'cut_over')), models.Q(('cents__gte', 0), ('days', models.F('of_days')), ('kind', 'renewal')), models.Q(('cents__lte', 0), ('days__gt', 0), ('kind', 'credit')), models.Q(('cents__gte', 0), ('days__gt', 0), ('kind__in', ('first_period', 'line_added', 'purchase'))), _connector='OR'), name='subscriptions_charge_amount'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'purchase'), ('order__isnull', False), ('seat_change__isnull', False)), models.Q(('kind', 'first_period'), ('order__isnull', True), ('seat_change__isnull', False)), models.Q(('kind__in', ('line_added', 'renewal', 'cut_over')), ('order__isnull', True), ('seat_change__isnull', True)), ('kind', 'credit'), _connector='OR'), name='subscriptions_charge_cause'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'purchase')), fields=('line', 'order'), name='subscriptions_charge_purchase_once'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'renewal')), fields=('line', 'period_from'), name='subscriptions_charge_renewal_once'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'system'), ('by__isnull', True), models.Q(('command', ''), _negated=True)), models.Q(models.Q(('channel__in', ('', 'system')), _negated=True), models.Q(('by__isnull', True), _negated=True), ('command', '')), _connector='OR'), name='subscriptions_charge_names_actor'),
        ),
        migrations.AddConstraint(
            model_name='lineprice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'system'), ('by__isnull', True), models.Q(('command', ''), _negated=True)), models.Q(models.Q(('channel__in', ('', 'system')), _negated=True), models.Q(('by__isnull', True), _negated=True), ('command', '')), _connector='OR'), name='subscriptions_lineprice_names_actor'),
        ),
        append_only("subscriptions_charge"),
        append_only("subscriptions_lineprice"),
        migrations.RunPython(know_the_first_lines, migrations.RunPython.noop),
        migrations.RunPython(cut_over, migrations.RunPython.noop),
    ]
