from events.models.deliveries import Attempt, Delivery
from events.models.endpoints import EndpointStatus, WebhookEndpoint
from events.models.positions import FanOut

__all__ = ["Attempt", "Delivery", "EndpointStatus", "FanOut", "WebhookEndpoint"]
