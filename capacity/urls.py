"""Addresses of the capacity app; each part has a block of its own."""

from django.urls import URLPattern, URLResolver, path

from capacity.views import (
    assessments,
    donor_room,
    frameworks,
    initiatives,
    obligations,
    offers,
    outside,
    overview,
    plan,
    proofs,
    raters,
    rating,
    results,
    score_books,
    session,
    sharing,
    strategy,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<slug:slug>/capacity/", overview.capacity, name="capacity"),
    # frameworks
    path("a/<slug:slug>/capacity/frameworks/", frameworks.framework_list, name="capacity_frameworks"),
    path(
        "a/<slug:slug>/capacity/frameworks/<uuid:version>/",
        frameworks.framework_version,
        name="capacity_framework",
    ),
    # assessments and their raters
    path("a/<slug:slug>/capacity/assessments/", assessments.assessments, name="assessments"),
    path("a/<slug:slug>/capacity/assessments/new/", assessments.assessment_new, name="assessment_new"),
    path("a/<slug:slug>/capacity/assessments/<uuid:pk>/", assessments.assessment, name="assessment"),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/settings/",
        assessments.assessment_settings,
        name="assessment_settings",
    ),
    path("a/<slug:slug>/capacity/assessments/<uuid:pk>/raters/", raters.rater_invite, name="rater_invite"),
    path("a/<slug:slug>/capacity/raters/<uuid:pk>/change/", raters.rater_change, name="rater_change"),
    # the form of a rater: for staff, and by a personal link
    path("a/<slug:slug>/capacity/raters/<uuid:pk>/", rating.rating, name="rating"),
    path(
        "a/<slug:slug>/capacity/raters/<uuid:pk>/areas/<slug:area>/", rating.rating_area, name="rating_area"
    ),
    path("a/<slug:slug>/capacity/raters/<uuid:pk>/scores/", rating.rating_score, name="rating_score"),
    path(
        "a/<slug:slug>/capacity/raters/<uuid:pk>/evidence/<slug:item>/",
        proofs.rating_proofs,
        name="rating_proofs",
    ),
    path(
        "a/<slug:slug>/capacity/raters/<uuid:pk>/files/<uuid:proof>/", proofs.rating_file, name="rating_file"
    ),
    path("a/<slug:slug>/capacity/raters/<uuid:pk>/excel/", score_books.rating_excel, name="rating_excel"),
    path(
        "a/<slug:slug>/capacity/raters/<uuid:pk>/workbook/",
        score_books.rating_workbook,
        name="rating_workbook",
    ),
    path("a/<slug:slug>/capacity/evidence/<uuid:pk>/", proofs.proof_file, name="proof_file"),
    # the session, what was found from outside, and the results
    path("a/<slug:slug>/capacity/assessments/<uuid:pk>/session/", session.session, name="session"),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/session/start/",
        session.session_start,
        name="session_start",
    ),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/session/medians/",
        session.session_accept,
        name="session_accept",
    ),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/session/close/",
        session.session_close,
        name="session_close",
    ),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/session/items/<slug:item>/",
        session.session_item,
        name="session_item",
    ),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/session/items/<slug:item>/evidence/",
        session.session_proofs,
        name="session_proofs",
    ),
    path("a/<slug:slug>/capacity/assessments/<uuid:pk>/outside/", outside.outside, name="outside"),
    path("a/<slug:slug>/capacity/assessments/<uuid:pk>/results/", results.results, name="results"),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/results/assessment.xlsx",
        results.capacity_workbook,
        name="capacity_workbook",
    ),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/report/",
        results.capacity_report,
        name="capacity_report",
    ),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/report/<uuid:job>/",
        results.capacity_report_job,
        name="capacity_report_job",
    ),
    path(
        "a/<slug:slug>/capacity/assessments/<uuid:pk>/report/<uuid:job>/file/",
        results.capacity_report_file,
        name="capacity_report_file",
    ),
    path("capacity/rate/<str:token>/", rating.rater_link, name="rater_link"),
    path("capacity/rating/<uuid:pk>/", rating.rater_page, name="rater_page"),
    path("capacity/rating/<uuid:pk>/areas/<slug:area>/", rating.rater_area, name="rater_area"),
    path("capacity/rating/<uuid:pk>/scores/", rating.rater_score, name="rater_score"),
    path("capacity/rating/<uuid:pk>/evidence/<slug:item>/", proofs.rater_proofs, name="rater_proofs"),
    path("capacity/rating/<uuid:pk>/files/<uuid:proof>/", proofs.rater_file, name="rater_file"),
    # the plan, and what of it donors see
    path("a/<slug:slug>/capacity/plan/", plan.plan, name="plan"),
    path("a/<slug:slug>/capacity/plan/timeline/", plan.plan_timeline, name="plan_timeline"),
    path("a/<slug:slug>/capacity/plan/list/", plan.plan_list, name="plan_list"),
    path("a/<slug:slug>/capacity/plan/file.<str:kind>", plan.plan_file, name="plan_file"),
    path("a/<slug:slug>/capacity/plan/proposals/", plan.plan_proposals, name="plan_proposals"),
    path("a/<slug:slug>/capacity/plan/new/", plan.plan_item_new, name="plan_item_new"),
    path("a/<slug:slug>/capacity/plan/<uuid:pk>/", plan.plan_item, name="plan_item"),
    path("a/<slug:slug>/capacity/plan/<uuid:pk>/change/", plan.plan_item_edit, name="plan_item_edit"),
    # the SP strategy, and the global initiatives that the association carries
    path("a/<slug:slug>/capacity/strategy/", strategy.strategy, name="strategy"),
    path("a/<slug:slug>/capacity/strategy/edit/", strategy.strategy_edit, name="strategy_edit"),
    path("a/<slug:slug>/capacity/strategy/goals/new/", strategy.strategy_goal, name="strategy_goal_new"),
    path("a/<slug:slug>/capacity/strategy/goals/<uuid:pk>/", strategy.strategy_goal, name="strategy_goal"),
    path("a/<slug:slug>/capacity/strategy/work/new/", strategy.work_line, name="work_line_new"),
    path("a/<slug:slug>/capacity/strategy/work/<uuid:pk>/", strategy.work_line, name="work_line"),
    path("a/<slug:slug>/capacity/initiatives/", initiatives.initiatives, name="initiatives"),
    path("a/<slug:slug>/capacity/initiatives/new/", initiatives.initiative_edit, name="initiative_new"),
    path("a/<slug:slug>/capacity/initiatives/<uuid:pk>/", initiatives.initiative, name="initiative"),
    path(
        "a/<slug:slug>/capacity/initiatives/<uuid:pk>/edit/",
        initiatives.initiative_edit,
        name="initiative_edit",
    ),
    path(
        "a/<slug:slug>/capacity/initiatives/<uuid:pk>/occasions/new/",
        initiatives.occasion,
        name="occasion_new",
    ),
    path(
        "a/<slug:slug>/capacity/initiatives/<uuid:pk>/occasions/<uuid:event>/",
        initiatives.occasion,
        name="occasion",
    ),
    path("a/<slug:slug>/capacity/donors/", sharing.capacity_sharing, name="capacity_sharing"),
    # offers of support and what is owed under them
    path("a/<slug:slug>/capacity/offers/", offers.offer_list, name="offers"),
    path("a/<slug:slug>/capacity/offers.xlsx", offers.offers_file, name="offers_file"),
    path("a/<slug:slug>/capacity/offers/<uuid:pk>/", offers.offer, name="offer"),
    path(
        "a/<slug:slug>/capacity/offers/<uuid:pk>/instalments/",
        offers.offer_instalments,
        name="offer_instalments",
    ),
    path("a/<slug:slug>/capacity/obligations/", obligations.obligation_list, name="obligations"),
    path("a/<slug:slug>/capacity/obligations/<uuid:pk>/", obligations.obligation, name="obligation"),
    path(
        "a/<slug:slug>/capacity/obligations/<uuid:pk>/file/",
        obligations.obligation_file,
        name="obligation_file",
    ),
    # a donor's room
    path("d/<slug:slug>/capacity/", donor_room.donor_room, name="donor_room"),
    path(
        "d/<slug:slug>/capacity/at/<slug:association>/",
        donor_room.donor_association,
        name="donor_association",
    ),
    path("d/<slug:slug>/capacity/items/<uuid:pk>/", donor_room.donor_item, name="donor_item"),
    path("d/<slug:slug>/capacity/gaps/", donor_room.donor_gaps, name="donor_gaps"),
    path("d/<slug:slug>/capacity/gaps.xlsx", donor_room.donor_gaps_file, name="donor_gaps_file"),
    path("d/<slug:slug>/capacity/offers/", offers.donor_offer_list, name="donor_offers"),
    path("d/<slug:slug>/capacity/offers.xlsx", offers.donor_offers_file, name="donor_offers_file"),
    path("d/<slug:slug>/capacity/offers/<uuid:pk>/", offers.donor_offer, name="donor_offer"),
    path(
        "d/<slug:slug>/capacity/offers/<uuid:pk>/instalments/",
        offers.donor_offer_instalments,
        name="donor_offer_instalments",
    ),
    path("d/<slug:slug>/capacity/obligations/", obligations.donor_obligation_list, name="donor_obligations"),
    path(
        "d/<slug:slug>/capacity/obligations/<uuid:pk>/", obligations.donor_obligation, name="donor_obligation"
    ),
    path(
        "d/<slug:slug>/capacity/obligations/<uuid:pk>/file/",
        obligations.donor_obligation_file,
        name="donor_obligation_file",
    ),
]
