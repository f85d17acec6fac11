import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seatadmin.settings")
application = get_wsgi_application()

# Not before the models are loaded, which the application does.
from core.worker import embed  # noqa: E402

if settings.OUTBOX == "embedded":
    embed(seconds_to_end=settings.EMAIL_TIMEOUT)
