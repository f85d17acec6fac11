"""What people fill in about seats, requests and changes of the subscription."""

from subscriptions.forms.changes import (
    CancellationForm,
    ChangeDecisionForm,
    ChangeRequestForm,
    FewerSeatsForm,
    NewPlanForm,
    OtherPlanForm,
    TermsForm,
)
from subscriptions.forms.seats import (
    PREFIX,
    AddSeatsForm,
    ConsentForm,
    DecisionForm,
    JoinRequestForm,
    ManageForm,
    RequestSeatsForm,
    SeatNumbersForm,
    SeatsField,
    field_name,
    has_numbers,
)

__all__ = [
    "PREFIX",
    "AddSeatsForm",
    "CancellationForm",
    "ChangeDecisionForm",
    "ChangeRequestForm",
    "ConsentForm",
    "DecisionForm",
    "FewerSeatsForm",
    "JoinRequestForm",
    "ManageForm",
    "NewPlanForm",
    "OtherPlanForm",
    "RequestSeatsForm",
    "SeatNumbersForm",
    "SeatsField",
    "TermsForm",
    "field_name",
    "has_numbers",
]
