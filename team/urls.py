from django.urls import path

from team.views import access, member, member_actions, team
from team.views import add_member as adding
from team.views import reactivate as returning

urlpatterns = [
    path("", access.access, name="access"),
    path("team/", team.team, name="team"),
    path("team/add/", adding.add_member, name="add_member"),
    path("team/<int:pk>/", member.member, name="member"),
    path("team/<int:pk>/transfer/", member_actions.transfer, name="transfer_ownership"),
    path("team/<int:pk>/reactivate/", returning.reactivate, name="reactivate"),
    path("team/<int:pk>/<slug:action>/", member_actions.act, name="member_action"),
]
