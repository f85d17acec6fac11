from django.urls import path

from team import views

urlpatterns = [
    path("", views.access, name="access"),
    path("team/", views.team, name="team"),
    path("team/add/", views.add_member, name="add_member"),
    path("team/<int:pk>/", views.member, name="member"),
]
