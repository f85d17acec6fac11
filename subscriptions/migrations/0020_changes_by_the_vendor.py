"""What representatives change in a subscription: what is agreed for the renewal, credits (D15)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only, changeable


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_webhooks'),
        ('subscriptions', '0019_parts_of_old_requests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        changeable("subscriptions_charge"),
        changeable("subscriptions_lineprice"),
        migrations.CreateModel(
            name='FormerTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cycle', models.CharField(choices=[('monthly', 'Monthly'), ('annual', 'Annual')], max_length=10, verbose_name='billing')),
                ('started_on', models.DateField(verbose_name='started')),
                ('until', models.DateField(verbose_name='to, not including')),
            ],
            options={
                'verbose_name': 'former term',
                'verbose_name_plural': 'former terms',
                'ordering': ('until',),
            },
        ),
        migrations.CreateModel(
            name='TermChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('page', 'Page'), ('admin', 'Sales desk'), ('api', 'API'), ('import', 'Import'), ('directory', 'Directory'), ('system', 'System')], max_length=10, verbose_name='through')),
                ('command', models.CharField(blank=True, default='', help_text='What the system was doing; empty for what a person does.', max_length=40, verbose_name='command')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('what', models.CharField(choices=[('line', 'Line'), ('plan', 'Plan'), ('price', 'Price per seat per month'), ('cycle', 'Billing'), ('minimum', 'Minimum seats'), ('contract_end', 'Contract until'), ('end', 'End of the subscription')], max_length=20, verbose_name='what')),
                ('before', models.CharField(blank=True, max_length=160, verbose_name='before')),
                ('after', models.CharField(blank=True, max_length=160, verbose_name='after')),
                ('from_day', models.DateField(verbose_name='from')),
            ],
            options={
                'verbose_name': 'agreed change',
                'verbose_name_plural': 'agreed changes',
                'ordering': ('-pk',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='charge',
            name='subscriptions_charge_amount',
        ),
        migrations.RemoveConstraint(
            model_name='charge',
            name='subscriptions_charge_cause',
        ),
        migrations.RemoveConstraint(
            model_name='line',
            name='subscriptions_line_once',
        ),
        migrations.AddField(
            model_name='charge',
            name='credits',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credited_by', to='subscriptions.charge', verbose_name='credits'),
        ),
        migrations.AddField(
            model_name='line',
            name='ends_at_renewal',
            field=models.BooleanField(default=False, verbose_name='ends at renewal'),
        ),
        migrations.AddField(
            model_name='line',
            name='is_next_price_agreed',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='line',
            name='is_price_agreed',
            field=models.BooleanField(default=False, verbose_name='price agreed'),
        ),
        migrations.AddField(
            model_name='line',
            name='plan_at_renewal',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.plan', verbose_name='plan from the renewal on'),
        ),
        migrations.AddField(
            model_name='line',
            name='unit_cents_at_renewal',
            field=models.PositiveIntegerField(null=True, verbose_name='cents per seat per month from the renewal on'),
        ),
        migrations.AddField(
            model_name='lineprice',
            name='is_agreed',
            field=models.BooleanField(default=False, verbose_name='price agreed'),
        ),
        migrations.AddField(
            model_name='lineprice',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='subscriptions.order', verbose_name='order'),
        ),
        migrations.AddField(
            model_name='order',
            name='form_key',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='order',
            name='kind',
            field=models.CharField(choices=[('seats', 'Seats'), ('line_added', 'Line added'), ('line_ended', 'Line ended'), ('line_corrected', 'Line corrected'), ('plan', 'Plan changed'), ('price', 'Price agreed'), ('cycle', 'Billing changed'), ('terms', 'Contract changed'), ('cancelled', 'Cancelled'), ('undone', 'Scheduled change undone'), ('reopened', 'Reopened')], default='seats', max_length=20, verbose_name='what'),
        ),
        migrations.AddField(
            model_name='order',
            name='reason',
            field=models.TextField(blank=True, default='', max_length=1000, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='seatpool',
            name='ended_on',
            field=models.DateField(null=True, verbose_name='ended'),
        ),
        migrations.AddField(
            model_name='seatpool',
            name='minimum_seats',
            field=models.PositiveIntegerField(default=0, verbose_name='minimum'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='contract_ends_on',
            field=models.DateField(null=True, verbose_name='contract until'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='cycle_at_renewal',
            field=models.CharField(blank=True, choices=[('monthly', 'Monthly'), ('annual', 'Annual')], max_length=10, verbose_name='billing from the renewal on'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='ended_on',
            field=models.DateField(null=True, verbose_name='ended'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='ends_at_renewal',
            field=models.BooleanField(default=False, verbose_name='cancelled at renewal'),
        ),
        migrations.AlterField(
            model_name='charge',
            name='kind',
            field=models.CharField(choices=[('first_period', 'First period'), ('line_added', 'Line added'), ('purchase', 'Seats bought'), ('renewal', 'Renewal'), ('reopened', 'Subscription reopened'), ('credit', 'Credit'), ('cut_over', 'Charged before charges were recorded')], max_length=20, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='order',
            name='charged_cents',
            field=models.BigIntegerField(help_text='Negative where more was credited than charged.', verbose_name='charged cents'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cents', 0), ('days', 0), ('kind', 'cut_over')), models.Q(('cents__gte', 0), ('days', models.F('of_days')), ('kind', 'renewal')), models.Q(('cents__lte', 0), ('days__gt', 0), ('kind', 'credit')), models.Q(('cents__gte', 0), ('days__gt', 0), ('kind__in', ('first_period', 'line_added', 'reopened', 'purchase'))), _connector='OR'), name='subscriptions_charge_amount'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'purchase'), ('order__isnull', False), ('seat_change__isnull', False)), models.Q(('kind', 'first_period'), ('seat_change__isnull', False)), models.Q(('kind__in', ('line_added', 'reopened')), ('seat_change__isnull', True)), models.Q(('kind__in', ('renewal', 'cut_over')), ('order__isnull', True), ('seat_change__isnull', True)), models.Q(('kind', 'credit'), ('order__isnull', False)), _connector='OR'), name='subscriptions_charge_cause'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credits__isnull', False), ('kind', 'credit')), models.Q(models.Q(('kind', 'credit'), _negated=True), ('credits__isnull', True)), _connector='OR'), name='subscriptions_charge_credits_one'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('pool', 'plan'), name='subscriptions_line_once'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on', None), ('ends_at_renewal', False)), models.Q(('plan_at_renewal', None), ('unit_cents_at_renewal', None)), _connector='OR'), name='subscriptions_line_nothing_after_end'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('plan_at_renewal', None), ('unit_cents_at_renewal__isnull', False), _connector='OR'), name='subscriptions_line_plan_has_price'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'seats'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='subscriptions_order_says_why'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(condition=models.Q(('form_key', ''), _negated=True), fields=('placed_by', 'form_key'), name='subscriptions_order_form_once'),
        ),
        migrations.AddConstraint(
            model_name='seatpool',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('seats', 0), _connector='OR'), name='subscriptions_seatpool_ended_is_empty'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), models.Q(('cycle_at_renewal', ''), ('ends_at_renewal', False)), _connector='OR'), name='subscriptions_subscription_nothing_after_end'),
        ),
        migrations.AddField(
            model_name='formerterm',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_terms', to='subscriptions.subscription', verbose_name='subscription'),
        ),
        migrations.AddField(
            model_name='termchange',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='term_changes', to='accounts.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='termchange',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who'),
        ),
        migrations.AddField(
            model_name='termchange',
            name='line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.line', verbose_name='line'),
        ),
        migrations.AddField(
            model_name='termchange',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='subscriptions.order', verbose_name='order'),
        ),
        migrations.AddField(
            model_name='termchange',
            name='pool',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.seatpool', verbose_name='pool'),
        ),
        migrations.AddField(
            model_name='termchange',
            name='token',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.apitoken', verbose_name='API token'),
        ),
        migrations.AddConstraint(
            model_name='formerterm',
            constraint=models.UniqueConstraint(fields=('subscription', 'until'), name='subscriptions_formerterm_once'),
        ),
        migrations.AddConstraint(
            model_name='termchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'system'), ('by__isnull', True), models.Q(('command', ''), _negated=True), ('token__isnull', True)), models.Q(('channel', 'api'), models.Q(('by__isnull', True), _negated=True), ('command', ''), models.Q(('token__isnull', True), _negated=True)), models.Q(('channel__in', ('page', 'admin', 'import', 'directory')), models.Q(('by__isnull', True), _negated=True), ('command', ''), ('token__isnull', True)), _connector='OR'), name='subscriptions_termchange_names_actor'),
        ),
        append_only("subscriptions_lineprice"),
        append_only("subscriptions_termchange"),
        append_only(
            "subscriptions_charge",
            once=(
                "kind = 'purchase' AND NEW.kind = 'purchase'"
                " AND line_id = NEW.line_id AND order_id = NEW.order_id",
                "kind = 'renewal' AND NEW.kind = 'renewal'"
                " AND line_id = NEW.line_id AND period_from = NEW.period_from",
            ),
        ),
    ]
