"""The address book of the portal."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

# One door: the support tool signs in by the portal's own page, with its second factor and its rate limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("spm_portal.api")),
    path("", include("members.urls")),
    path("", include("capacity.urls")),
    path("", include("training.urls")),
    path("", include("reporting.urls")),
]

handler403 = "members.views.refusals.permission_denied"
handler404 = "members.views.refusals.page_not_found"
