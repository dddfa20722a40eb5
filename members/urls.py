"""Addresses of the members app."""

from django.urls import URLPattern, URLResolver, path

from members.views import (
    calendar,
    health,
    home,
    invitation,
    keys,
    ledger,
    operators,
    people,
    register,
    settings,
    sharing,
    theme,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("theme/<slug:colour>.css", theme.theme, name="theme"),
    path("me/", home.profile, name="profile"),
    path("me/access/", home.my_access, name="my_access"),
    path("me/keys/", keys.keys, name="keys"),
    path("me/keys/<uuid:pk>/revoke/", keys.key_revoke, name="key_revoke"),
    path("me/calendar/", calendar.my_calendar, name="my_calendar"),
    path("me/second-factor/", home.second_factor, name="second_factor"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    # people of organisations
    path("a/<slug:slug>/people/", people.people, name="people"),
    path("i/<uuid:pk>/people/", people.institution_people, name="institution_people"),
    path("roles/<uuid:pk>/end/", people.role_end, name="role_end"),
    path("invitations/<uuid:pk>/revoke/", people.invitation_revoke, name="invitation_revoke"),
    path("invitations/<uuid:pk>/resend/", people.invitation_resend, name="invitation_resend"),
    # one association
    path("a/<slug:slug>/logo", settings.logo, name="logo"),
    path("a/<slug:slug>/settings/", settings.association_settings, name="association_settings"),
    path("a/<slug:slug>/donors/", sharing.sharing, name="sharing"),
    path("a/<slug:slug>/donors/<uuid:pk>/end/", sharing.sharing_end, name="sharing_end"),
    path("a/<slug:slug>/members/", register.register, name="register"),
    path("a/<slug:slug>/members/new/", register.member_new, name="member_new"),
    path("a/<slug:slug>/members/<uuid:pk>/", register.member, name="member"),
    path("a/<slug:slug>/members/<uuid:pk>/edit/", register.member_edit, name="member_edit"),
    path("a/<slug:slug>/members/<uuid:pk>/rejoin/", register.member_rejoin, name="member_rejoin"),
    path(
        "a/<slug:slug>/members/<uuid:pk>/memberships/<uuid:membership>/end/",
        register.membership_end,
        name="membership_end",
    ),
    # the platform
    path("gallery/", operators.gallery, name="gallery"),
    path("ops/", operators.operator_home, name="operator_home"),
    path("ops/associations/new/", operators.association_new, name="operator_association_new"),
    path("ops/associations/<uuid:pk>/", operators.association, name="operator_association"),
    path("ops/associations/<uuid:pk>/members/new/", operators.known_member, name="operator_known_member"),
    path("ops/donors/", operators.operator_donors, name="operator_donors"),
    path("ops/donors/<uuid:pk>/", operators.donor, name="operator_donor"),
    path("ops/people/", operators.operator_people, name="operator_people"),
    path("ops/mail/", ledger.mail_ledger, name="mail_ledger"),
    path("ops/mail/<uuid:pk>/", ledger.mail_message, name="mail_message"),
    path("ops/mail/<uuid:pk>/retry/", ledger.mail_retry, name="mail_retry"),
    path("ops/jobs/", ledger.operator_jobs, name="operator_jobs"),
    path("ops/jobs/<uuid:pk>/retry/", ledger.job_retry, name="job_retry"),
]
