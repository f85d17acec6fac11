"""Keys with which the vendor's products ask who may come in (D19)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subscriptions', '0012_charges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductKey',
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
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='subscriptions.product', verbose_name='product')),
            ],
            options={
                'verbose_name': 'product key',
                'verbose_name_plural': 'product keys',
                'ordering': ('-pk',),
            },
        ),
    ]
