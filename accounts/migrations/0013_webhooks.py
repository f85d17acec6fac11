"""Changes of webhooks stand in the history."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_events'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='kind',
            field=models.CharField(choices=[('invited', 'Invited'), ('invitation_resent', 'Invitation resent'), ('invitation_withdrawn', 'Invitation withdrawn'), ('accepted', 'Invitation accepted'), ('renamed', 'Renamed'), ('role_changed', 'Role changed'), ('suspended', 'Suspended'), ('reactivated', 'Reactivated'), ('removed', 'Removed'), ('token_made', 'API token created'), ('token_rotated', 'API token rotated'), ('token_revoked', 'API token revoked'), ('webhook_added', 'Webhook added'), ('webhook_changed', 'Webhook changed'), ('webhook_rotated', 'Webhook secret rotated'), ('webhook_switched_off', 'Webhook switched off'), ('webhook_switched_on', 'Webhook switched on'), ('webhook_deleted', 'Webhook deleted')], max_length=30, verbose_name='what'),
        ),
    ]
