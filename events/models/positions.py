from django.db import models


class FanOut(models.Model):
    """Up to which position of the events deliveries have been made; one row.

    Whoever makes them holds it, so that no event is passed on twice or left out.
    """

    position = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.position)
