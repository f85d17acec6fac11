"""Single rows for tests; what needs a history is built through the actions, in `cast`."""

from typing import Any

from factory import declarations, helpers
from factory.django import DjangoModelFactory

from accounts.models import User
from subscriptions.models import Currency, Cycle, Plan, Price, Product, ProductKind


class UserFactory(DjangoModelFactory[User]):
    """A person without a password; `client_for` and `force_login` need none."""

    class Meta:
        model = User

    email = declarations.Sequence(lambda n: f"person{n}@people.example")
    name = declarations.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    name = declarations.Sequence(lambda n: f"Product {n}")
    kind = ProductKind.PRODUCT
    position = declarations.Sequence(int)


class PlanFactory(DjangoModelFactory[Plan]):
    """A plan at `cents` a seat and month in every currency; a tenth less when paid annually."""

    class Meta:
        model = Plan
        skip_postgeneration_save = True

    product = declarations.SubFactory(ProductFactory)
    tier = "Professional"

    @helpers.post_generation
    def cents(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        monthly = extracted or 4900
        Price.objects.bulk_create(
            Price(plan=self, currency=currency, cycle=cycle, cents=cents)
            for currency in Currency
            for cycle, cents in ((Cycle.MONTHLY, monthly), (Cycle.ANNUAL, monthly * 9 // 10))
        )
