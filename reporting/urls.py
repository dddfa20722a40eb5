"""Addresses of the reporting app."""

from django.urls import URLPattern, URLResolver, path

from reporting.views import (
    asking,
    board,
    calendar,
    catalogue,
    consented,
    donors,
    editions,
    evidence,
    figures,
    form_pdf,
    guests,
    guidance,
    history,
    home,
    jobs,
    levels,
    member_reports,
    network_capacities,
    paper,
    peer_groups,
    questions,
    releases,
    replies,
    report_editor,
    return_answers,
    returns,
    review,
    round_reports,
    rounds,
    rule_settings,
    sharing,
    team,
    what_changed,
    workbooks,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # home, catalogue, rounds, submission and review
    path("a/<slug:slug>/", home.association_home, name="association_home"),
    path("a/<slug:slug>/catalogue/", catalogue.catalogue, name="catalogue"),
    path("a/<slug:slug>/catalogue/<uuid:version>/", catalogue.catalogue_version, name="catalogue_version"),
    path("a/<slug:slug>/catalogue/<uuid:version>/<slug:code>/", catalogue.indicator, name="indicator"),
    path(
        "a/<slug:slug>/catalogue/<uuid:version>/<slug:code>/guidance/",
        guidance.guidance_edit,
        name="guidance_edit",
    ),
    path("a/<slug:slug>/rounds/", rounds.round_list, name="rounds"),
    path("a/<slug:slug>/rounds/new/", rounds.round_new, name="round_new"),
    path("a/<slug:slug>/rounds/<slug:code>/", rounds.round_board, name="round_board"),
    path("a/<slug:slug>/rounds/<slug:code>/board.xlsx", board.board_file, name="board_file"),
    path("a/<slug:slug>/rounds/<slug:code>/actions/", board.round_action, name="round_action"),
    path("a/<slug:slug>/rounds/<slug:code>/ask/", asking.ask_rules, name="ask_rules"),
    path("a/<slug:slug>/rounds/<slug:code>/ask/outliers/", asking.ask_outliers, name="ask_outliers"),
    path("a/<slug:slug>/rounds/<slug:code>/ask/rules/<str:rule>/", asking.ask_rule, name="ask_rule"),
    path("a/<slug:slug>/rounds/<slug:code>/settings/", rounds.round_settings, name="round_settings"),
    path("a/<slug:slug>/returns/<uuid:pk>/submit/", review.return_submit, name="return_submit"),
    path("a/<slug:slug>/returns/<uuid:pk>/receipt/", review.return_receipt, name="return_receipt"),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/receipt/pdf/", review.return_receipt_pdf, name="return_receipt_pdf"
    ),
    path("a/<slug:slug>/returns/<uuid:pk>/review/", review.return_review, name="return_review"),
    path("a/<slug:slug>/returns/<uuid:pk>/moves/", review.return_move, name="return_move"),
    path("a/<slug:slug>/returns/<uuid:pk>/levels/", levels.return_levels, name="return_levels"),
    # what each rule does
    path("a/<slug:slug>/rules/", rule_settings.rule_list, name="rule_list"),
    path("a/<slug:slug>/rules/<slug:rule>/", rule_settings.rule_setting, name="rule_setting"),
    # questions on values
    path("a/<slug:slug>/questions/", questions.question_list, name="questions"),
    path("a/<slug:slug>/questions/<uuid:pk>/", questions.question, name="question"),
    path("a/<slug:slug>/returns/<uuid:pk>/questions/", questions.question_ask, name="question_ask"),
    # documents of the MFI, and citing them
    path("a/<slug:slug>/documents/", evidence.evidence, name="evidence"),
    path("a/<slug:slug>/documents/<uuid:pk>/", evidence.evidence_item, name="evidence_item"),
    path("a/<slug:slug>/documents/<uuid:pk>/file/", evidence.evidence_file, name="evidence_file"),
    path("a/<slug:slug>/returns/<uuid:pk>/citations/<slug:code>/", evidence.citations, name="citations"),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/citations/<uuid:citation>/file/",
        evidence.citation_file,
        name="citation_file",
    ),
    # the return on paper: printed, and keyed by staff
    path("a/<slug:slug>/returns/<uuid:pk>/print/", form_pdf.return_print, name="return_print"),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/print/<uuid:job>/",
        form_pdf.return_print_job,
        name="return_print_job",
    ),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/print/<uuid:job>/file/",
        form_pdf.return_print_file,
        name="return_print_file",
    ),
    path("a/<slug:slug>/returns/<uuid:pk>/paper/", paper.paper, name="paper"),
    # a member's own report, and all of a round
    path("a/<slug:slug>/returns/<uuid:pk>/report/", member_reports.member_report, name="member_report"),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/report/<uuid:job>/",
        member_reports.member_report_job,
        name="member_report_job",
    ),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/report/<uuid:job>/file/",
        member_reports.member_report_file,
        name="member_report_file",
    ),
    path("a/<slug:slug>/rounds/<slug:code>/reports/", round_reports.round_reports, name="round_reports"),
    path(
        "a/<slug:slug>/rounds/<slug:code>/reports/<uuid:job>/",
        round_reports.round_reports_job,
        name="round_reports_job",
    ),
    path(
        "a/<slug:slug>/rounds/<slug:code>/reports/<uuid:job>/file/",
        round_reports.round_reports_file,
        name="round_reports_file",
    ),
    # history
    path("a/<slug:slug>/returns/<uuid:pk>/history/", history.return_history, name="return_history"),
    path("a/<slug:slug>/returns/<uuid:pk>/history/<slug:code>/", history.value_history, name="value_history"),
    # releases, reports, donors
    path("a/<slug:slug>/releases/", releases.release_list, name="releases"),
    path("a/<slug:slug>/releases/groups/", peer_groups.peer_group_list, name="peer_groups"),
    path("a/<slug:slug>/releases/groups/new/", peer_groups.peer_group_new, name="peer_group_new"),
    path("a/<slug:slug>/releases/groups/<slug:code>/", peer_groups.peer_group, name="peer_group"),
    path(
        "a/<slug:slug>/releases/groups/<slug:code>/change/",
        peer_groups.peer_group_change,
        name="peer_group_change",
    ),
    path(
        "a/<slug:slug>/releases/groups/<slug:code>/decide/",
        peer_groups.peer_group_decide,
        name="peer_group_decide",
    ),
    path("a/<slug:slug>/rounds/<slug:code>/report/", report_editor.report_editor, name="report_editor"),
    path(
        "a/<slug:slug>/rounds/<slug:code>/report/chapters/<slug:chapter>/",
        report_editor.report_chapter,
        name="report_chapter",
    ),
    path(
        "a/<slug:slug>/rounds/<slug:code>/report/figures/",
        report_editor.report_figures,
        name="report_figures",
    ),
    path(
        "a/<slug:slug>/rounds/<slug:code>/report/cases/new/",
        report_editor.report_case_new,
        name="report_case_new",
    ),
    path(
        "a/<slug:slug>/rounds/<slug:code>/report/cases/<uuid:pk>/",
        report_editor.report_case,
        name="report_case",
    ),
    path(
        "a/<slug:slug>/rounds/<slug:code>/report/cases/<uuid:pk>/photo/",
        report_editor.report_case_photo,
        name="report_case_photo",
    ),
    path("a/<slug:slug>/rounds/<slug:code>/publish/", releases.publish, name="publish"),
    path("a/<slug:slug>/figures/time/", figures.figures_time, name="figures_time"),
    path("a/<slug:slug>/figures/time.<str:kind>", figures.figures_time_file, name="figures_time_file"),
    path("a/<slug:slug>/training/what-changed/", what_changed.what_changed, name="what_changed"),
    path(
        "a/<slug:slug>/training/what-changed/file/<str:kind>/",
        what_changed.what_changed_file,
        name="what_changed_file",
    ),
    path("a/<slug:slug>/training/what-changed/cases/", what_changed.cases_changed, name="cases_changed"),
    path(
        "a/<slug:slug>/training/what-changed/<uuid:pk>/make/",
        what_changed.what_changed_make,
        name="what_changed_make",
    ),
    # right of reply
    path("a/<slug:slug>/rounds/<slug:code>/replies/", replies.replies, name="replies"),
    path("a/<slug:slug>/replies/<uuid:pk>/", replies.reply_answer, name="reply_answer"),
    path("a/<slug:slug>/returns/<uuid:pk>/reply/", replies.reply, name="reply"),
    path("a/<slug:slug>/releases/<uuid:pk>/", releases.release, name="release"),
    path("a/<slug:slug>/releases/<uuid:pk>/edition/", editions.edition, name="edition"),
    path("editions/<slug:slug>/", editions.public_editions, name="public_editions"),
    path(
        "editions/<slug:slug>/<slug:code>/<int:number>/<str:language>.pdf",
        editions.public_report,
        name="public_report",
    ),
    path("verify/<str:digest>/", editions.verify_edition, name="verify_edition"),
    path("a/<slug:slug>/releases/<uuid:pk>/report/", releases.report_request, name="report_request"),
    path(
        "a/<slug:slug>/releases/<uuid:pk>/photos/<slug:sha256>/",
        releases.release_photo,
        name="release_photo",
    ),
    path(
        "a/<slug:slug>/releases/<uuid:pk>/<slug:chapter>/", releases.release_chapter, name="release_chapter"
    ),
    path("a/<slug:slug>/jobs/<uuid:pk>/", jobs.job, name="job"),
    path("a/<slug:slug>/jobs/<uuid:pk>/file/", jobs.job_file, name="job_file"),
    path("calendar/<str:token>.ics", calendar.calendar_feed, name="calendar_feed"),
    # somebody without an account, at one section of one return
    path("guest/<uuid:pk>/", guests.guest_section, name="guest_section"),
    path("guest/<uuid:pk>/answers/", guests.guest_answer, name="guest_answer"),
    path("guest/<uuid:pk>/help/<slug:code>/", guests.guest_help, name="guest_help"),
    path("guest/<str:token>/", guests.guest_link, name="guest_link"),
    path("d/<slug:slug>/", donors.donor_home, name="donor_home"),
    # figures about many associations, for the operator
    path("ops/capacities/", network_capacities.operator_capacities, name="operator_capacities"),
    path(
        "ops/capacities/file.<slug:kind>",
        network_capacities.operator_capacities_file,
        name="operator_capacities_file",
    ),
    # consents: who sees what of an MFI, and what donors, the other members and everybody read by them
    path("a/<slug:slug>/consents/", sharing.consent_list, name="consent_list"),
    path("a/<slug:slug>/members/<uuid:pk>/consents/", sharing.consents, name="consents"),
    path("a/<slug:slug>/members/<uuid:pk>/consents/new/", sharing.consent_give, name="consent_give"),
    path("a/<slug:slug>/members/<uuid:pk>/reads/", sharing.value_reads, name="value_reads"),
    path("d/<slug:slug>/values/", consented.donor_values, name="donor_values"),
    path(
        "d/<slug:slug>/values/<slug:association>/<slug:code>/",
        consented.donor_round_values,
        name="donor_round_values",
    ),
    path(
        "d/<slug:slug>/values/<slug:association>/<slug:code>/<uuid:pk>/",
        consented.donor_member_values,
        name="donor_member_values",
    ),
    path("a/<slug:slug>/values/", consented.network_values, name="network_values"),
    path("a/<slug:slug>/values/<slug:code>/", consented.network_round_values, name="network_round_values"),
    path(
        "a/<slug:slug>/values/<slug:code>/<uuid:pk>/",
        consented.network_member_values,
        name="network_member_values",
    ),
    path(
        "editions/<slug:slug>/values/<slug:code>/", consented.public_round_values, name="public_round_values"
    ),
    path(
        "editions/<slug:slug>/values/<slug:code>/<uuid:pk>/",
        consented.public_member_values,
        name="public_member_values",
    ),
    path("d/<slug:slug>/figures.<str:kind>", donors.donor_figures_file, name="donor_figures_file"),
    # the MFI's side of a return
    path("a/<slug:slug>/returns/<uuid:pk>/", returns.return_overview, name="return"),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/sections/<slug:code>/", returns.return_section, name="return_section"
    ),
    path("a/<slug:slug>/returns/<uuid:pk>/answers/", return_answers.save_answer, name="save_answer"),
    path("a/<slug:slug>/returns/<uuid:pk>/help/<slug:code>/", guidance.question_help, name="question_help"),
    path("a/<slug:slug>/returns/<uuid:pk>/flags/", team.answer_flag, name="answer_flag"),
    path("a/<slug:slug>/returns/<uuid:pk>/team/", team.return_team, name="return_team"),
    path("a/<slug:slug>/returns/<uuid:pk>/problems/", returns.return_problems, name="return_problems"),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/explanations/", return_answers.explanation, name="return_explanation"
    ),
    path("a/<slug:slug>/returns/<uuid:pk>/files/<uuid:file>/", return_answers.attachment, name="attachment"),
    # the return as a workbook
    path("a/<slug:slug>/returns/<uuid:pk>/excel/", workbooks.return_excel, name="return_excel"),
    path("a/<slug:slug>/returns/<uuid:pk>/excel/workbook/", workbooks.workbook_file, name="workbook_file"),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/excel/<uuid:upload>/",
        workbooks.workbook_upload,
        name="workbook_upload",
    ),
    path(
        "a/<slug:slug>/returns/<uuid:pk>/excel/<uuid:upload>/annotated/",
        workbooks.workbook_annotated,
        name="workbook_annotated",
    ),
]
