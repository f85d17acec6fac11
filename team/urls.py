from django.urls import path

from team.views import access, adding, deeds, member, returning, team

urlpatterns = [
    path("", access.access, name="access"),
    path("team/", team.team, name="team"),
    path("team/add/", adding.add_member, name="add_member"),
    path("team/<int:pk>/", member.member, name="member"),
    path("team/<int:pk>/transfer/", deeds.transfer, name="transfer_ownership"),
    path("team/<int:pk>/reactivate/", returning.reactivate, name="reactivate"),
    path("team/<int:pk>/<slug:verb>/", deeds.act, name="member_action"),
]
