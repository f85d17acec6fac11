from django.urls import path

from team.views import member_actions
from team.views.access import access
from team.views.add_member import add_member
from team.views.member import member
from team.views.reactivate import reactivate
from team.views.team import team

urlpatterns = [
    path("", access, name="access"),
    path("team/", team, name="team"),
    path("team/add/", add_member, name="add_member"),
    path("team/<int:pk>/", member, name="member"),
    path("team/<int:pk>/transfer/", member_actions.transfer, name="transfer_ownership"),
    path("team/<int:pk>/reactivate/", reactivate, name="reactivate"),
    path("team/<int:pk>/<slug:action>/", member_actions.member_action, name="member_action"),
]
