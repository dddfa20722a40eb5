"""Plausible returns for the demonstration: consistent within a year and from year to year. Pure and deterministic."""

from random import Random
from typing import Any

from reporting.demo.cast import DemoInstitution

Values = dict[str, Any]

GROUPS = ("women", "rural", "urban_low_income", "poor", "youth", "smallholders", "micro")
GOALS = ("access", "poverty", "jobs", "growth", "startups", "women", "resilience", "education", "health")


def returns_of(institution: DemoInstitution, years: range) -> dict[int, Values]:
    """One return per year; each opens where the one before closed. Money in the association's currency."""
    draw = Random(f"demo:{institution.short_name}")  # noqa: S311 - plausible figures, no secret
    style = _style(institution, draw)
    found: dict[int, Values] = {}
    before: Values | None = None
    for number, year in enumerate(years):
        level = min(0.97, institution.practice + 0.035 * number)
        before = found[year] = _one_year(institution, style, before, level, year, draw)
    return found


def _style(institution: DemoInstitution, draw: Random) -> Values:
    """What does not change from year to year: thresholds at which each practice is in place, products, policies."""
    return {
        "threshold": {},
        "method": draw.choice(("group", "group", "individual")),
        "nominal": round(draw.uniform(22, 36), 1),
        "interest": "markup"
        if "Islamic" in institution.name
        else draw.choice(("declining", "declining", "flat")),
        "growth": draw.uniform(0.03, 0.14),
        "poverty": round(draw.uniform(28, 52), 1),
        "digital": draw.uniform(0.1, 0.5),
        "board": draw.randint(6, 11),
        "nonfinancial": draw.random() < 0.75,
        "complaints": draw.uniform(4, 14),
        "turnover": draw.uniform(0.09, 0.22),
    }


def _one_year(
    institution: DemoInstitution, style: Values, before: Values | None, level: float, year: int, draw: Random
) -> Values:
    def practice(code: str, floor: float = 0.0) -> float:
        """Yes, partly or no: each practice has its own threshold, so that it does not come and go."""
        threshold = style["threshold"].setdefault(code, draw.random())
        if threshold < max(level, floor) - 0.15:
            return 1
        return 0.5 if threshold < level + 0.15 else 0

    values = _profile(institution, style, practice, year, draw)
    values |= _outreach(institution, style, before, draw)
    values |= _clients(values, style, practice, draw)
    values |= _staff(values, style, before, practice, draw)
    values |= _environment(practice, draw)
    values |= _money(institution, values, style, before, practice, draw)
    values |= _poverty(values, style, level, draw)
    return values


def _part(whole: float, share: float) -> int:
    return round(whole * min(max(share, 0.0), 1.0))


def _profile(institution: DemoInstitution, style: Values, practice: Any, year: int, draw: Random) -> Values:
    assessed = practice("assessed") > 0
    board = style["board"]
    chosen = Random(institution.name)  # noqa: S311 - plausible figures, no secret
    groups = {"women"} if institution.women > 0.7 else set()
    groups |= {"rural"} if institution.rural > 0.6 else set()
    groups |= set(chosen.sample(GROUPS, 2))
    strategy = practice("social_strategy")
    values: Values = {
        "legal_form": institution.legal_form,
        "regulated": institution.legal_form != "ngo",
        "branches_total": max(2, round(institution.borrowers / 1900)),
        "takes_deposits": institution.saves,
        "mission_statement": "To offer fair financial services that help low-income families build better lives.",
        "mission_approved": True,
        "target_groups": tuple(group for group in GROUPS if group in groups),
        "target_poverty_level": "poor" if institution.practice > 0.6 else "low_income",
        "development_goals": tuple(sorted(chosen.sample(GOALS, 4))),
        "social_strategy": strategy,
        "social_targets": min(practice("social_targets"), strategy),
        "client_data_segmented": practice("client_data_segmented"),
        "sp_disclosure_public": practice("sp_disclosure_public") == 1,
        "sp_assessment_done": assessed,
        "board_members": board,
        "board_members_female": _part(board, 0.2 + institution.women / 3),
        "board_trained_spm": max(1, _part(board, institution.practice - 0.1)),
        "board_sp_committee": practice("board_sp_committee") == 1,
        "board_reviews_sp": practice("board_reviews_sp"),
        "sp_in_business_plan": practice("sp_in_business_plan"),
        "ceo_evaluated_sp": practice("ceo_evaluated_sp"),
        "spm_officer": ("none", "part_time", "full_time")[round(2 * practice("spm_officer"))],
        "credit_products": ("micro", "agri", "emergency") if institution.rural > 0.5 else ("micro", "sme"),
        "insurance_products": ("credit_life",) if institution.practice > 0.55 else ("none",),
        "nonfinancial_offered": style["nonfinancial"],
        "data_sources": ("mis", "audited"),
    }
    if assessed:
        values |= {
            "sp_assessment_type": "spi_self" if institution.practice < 0.7 else "spi_accompanied",
            "sp_assessment_year": year - 1,
            "spi_score": round(45 + 45 * institution.practice + draw.uniform(-4, 4), 1),
        }
    if institution.saves:
        values["savings_products"] = ("demand", "term")
    if style["nonfinancial"]:
        values["nonfinancial_services"] = ("fin_education", "business")
    return values


def _outreach(institution: DemoInstitution, style: Values, before: Values | None, draw: Random) -> Values:
    start = before["active_borrowers"] if before else _part(institution.borrowers, 1 / (1 + style["growth"]))
    growth = style["growth"] + draw.uniform(-0.05, 0.05)
    end = round(start * (1 + growth)) if before else institution.borrowers
    kept = round(start * draw.uniform(0.74, 0.84))
    new = end - kept
    depositors = _part(end, draw.uniform(1.15, 1.6) / 2) * 2 if institution.saves else 0
    only_savers = round(depositors * 0.35)
    clients = max(end + only_savers, depositors)
    women = institution.women + draw.uniform(-0.012, 0.012)
    rural = institution.rural + draw.uniform(-0.012, 0.012)
    individual = _part(end, 0.22 if style["method"] == "group" else 0.72)
    solidarity = _part(end, 0.48 if style["method"] == "group" else 0.2)
    values: Values = {
        "active_clients": clients,
        "active_borrowers": end,
        "female_borrowers": _part(end, women),
        "rural_borrowers": _part(end, rural),
        "youth_borrowers": _part(end, draw.uniform(0.14, 0.26)),
        "borrowers_individual": individual,
        "borrowers_solidarity": solidarity,
        "borrowers_village": end - individual - solidarity,
        "borrowers_other_method": 0,
        "borrowers_start": start,
        "new_borrowers": new,
        "clients_digital": _part(clients, style["digital"]),
    }
    if institution.saves:
        values |= {"depositors": depositors, "female_depositors": _part(depositors, women)}
    if style["nonfinancial"]:
        values["clients_nonfinancial"] = _part(clients, draw.uniform(0.12, 0.4))
    return values


def _clients(values: Values, style: Values, practice: Any, draw: Random) -> Values:
    mechanism = True
    transparent = practice("cp_transparency")
    interest = style["interest"]
    discloses = transparent == 1 or practice("discloses_apr") == 1
    received = round(values["active_clients"] / 1000 * style["complaints"] * draw.uniform(0.85, 1.15)) + 1
    resolved = _part(received, draw.uniform(0.86, 0.97))
    found: Values = {
        "satisfaction_research": practice("satisfaction_research"),
        "feedback_used": practice("feedback_used"),
        "exit_monitoring": practice("exit_monitoring"),
        "cp_product_design": practice("cp_product_design"),
        "cp_overindebtedness": practice("cp_overindebtedness"),
        "cp_transparency": 0.5 if interest == "flat" and transparent == 1 else transparent,
        "cp_pricing": practice("cp_pricing"),
        "cp_fair_treatment": practice("cp_fair_treatment"),
        "cp_privacy": practice("cp_privacy"),
        "cp_complaints": practice("cp_complaints"),
        "cp_governance": practice("cp_governance"),
        "credit_bureau_use": "always" if practice("bureau") == 1 else "sometimes",
        "cp_certification": "none",
        "complaints_mechanism": mechanism,
        "complaints_received": received,
        "complaints_resolved": resolved,
        "complaints_on_time": _part(resolved, draw.uniform(0.78, 0.95)),
        "interest_method": interest,
        "discloses_apr": discloses,
        "nominal_rate": style["nominal"],
        "compulsory_savings_pct": 5.0 if style["method"] == "group" else 0.0,
    }
    factor = 1.78 if interest == "flat" else 1.22
    found["apr_main_product"] = round(style["nominal"] * factor + draw.uniform(-0.6, 0.6), 1)
    return found


def _staff(values: Values, style: Values, before: Values | None, practice: Any, draw: Random) -> Values:
    total = max(14, round(values["active_borrowers"] / 128))
    start = before["staff_total"] if before else max(13, round(total / (1 + style["growth"])))
    left = max(round((start + total) / 2 * style["turnover"]), start - total, 1)
    female = _part(total, draw.uniform(0.44, 0.56))
    managers = max(3, _part(total, 0.13))
    policy = practice("hr_policy", floor=0.5)
    found: Values = {
        "staff_total": total,
        "staff_female": female,
        "managers_total": managers,
        "managers_female": min(female, _part(managers, draw.uniform(0.3, 0.5))),
        "loan_officers": _part(total, draw.uniform(0.52, 0.6)),
        "staff_start": start,
        "staff_left_voluntary": _part(left, 0.78),
        "staff_left_involuntary": left - _part(left, 0.78),
        "hr_policy": policy,
        "safe_workplace": practice("safe_workplace"),
        "staff_grievance": practice("staff_grievance"),
        "staff_satisfaction": practice("staff_satisfaction"),
        "incentives_balanced": practice("incentives_balanced"),
        "training_hours": round((start + total) / 2 * draw.uniform(16, 34)),
    }
    if policy > 0:
        found["hr_policy_topics"] = (
            ("pay", "social", "hours", "equality") if policy == 1 else ("pay", "hours")
        )
    tracked = practice("enterprises") > 0
    found["enterprises_tracked"] = tracked
    if tracked:
        financed = _part(values["active_borrowers"], draw.uniform(0.7, 0.85))
        share = values["female_borrowers"] / values["active_borrowers"]
        found |= {
            "enterprises_financed": financed,
            "enterprises_startup": _part(financed, draw.uniform(0.06, 0.13)),
            "enterprises_women": _part(financed, share),
            "jobs_supported": round(financed * draw.uniform(1.6, 2.1)),
        }
    return found


def _environment(practice: Any, draw: Random) -> Values:
    return {
        "env_strategy": max(0, practice("env_strategy") - 0.5),
        "env_risk_screening": practice("env_risk_screening"),
        "env_footprint": max(0, practice("env_footprint") - 0.5),
        "green_products": practice("green_products") == 1,
        "growth_policy": practice("growth_policy", floor=0.5),
        "profit_policy": practice("profit_policy"),
    }


def _money(
    institution: DemoInstitution,
    values: Values,
    style: Values,
    before: Values | None,
    practice: Any,
    draw: Random,
) -> Values:
    inflation = 1.05 ** (0 if before is None else 1)
    average = (
        institution.average_loan
        if before is None
        else before["gross_loan_portfolio"] / before["active_borrowers"] * inflation
    )
    portfolio = round(values["active_borrowers"] * average, -3)
    start = before["gross_loan_portfolio"] if before else round(portfolio / (1 + style["growth"]) / 1.03, -3)
    assets = round(portfolio * draw.uniform(1.16, 1.26), -3)
    mean = (portfolio + start) / 2
    risk = draw.uniform(0.025, 0.06) * (1.25 - institution.practice / 2)
    revenue = round(mean * (0.24 + style["nominal"] / 250), -3)
    operating = round(revenue * draw.uniform(0.5, 0.6), -3)
    financial = round(revenue * draw.uniform(0.16, 0.22), -3)
    impairment = round(mean * risk * 0.45, -3)
    found: Values = {
        "gross_loan_portfolio": portfolio,
        "glp_start": start,
        "par30_balance": round(portfolio * risk, -3),
        "renegotiated_balance": round(portfolio * draw.uniform(0.002, 0.012), -3),
        "write_offs": round(mean * risk * 0.35, -3),
        "total_assets": assets,
        "assets_start": before["total_assets"] if before else round(start * 1.2, -3),
        "operating_revenue": revenue,
        "financial_expense": financial,
        "impairment_expense": impairment,
        "operating_expense": operating,
        "net_income": round((revenue - financial - impairment - operating) * 0.75, -3),
    }
    if values.get("depositors"):
        found["deposits_balance"] = round(portfolio * draw.uniform(0.4, 0.62), -3)
    if practice("green_products") == 1:
        found["green_portfolio"] = round(portfolio * draw.uniform(0.015, 0.05), -3)
    return found


def _poverty(values: Values, style: Values, level: float, draw: Random) -> Values:
    if (
        values["target_poverty_level"] != "poor"
        and style["threshold"].setdefault("poverty", draw.random()) > level
    ):
        return {"poverty_measured": False}
    rate = max(12.0, style["poverty"] + draw.uniform(-2.5, 2.5))
    return {
        "poverty_measured": True,
        "poverty_tool": "ppi",
        "poverty_line": "national",
        "poverty_sample_method": "random",
        "poverty_sample_size": draw.randint(380, 1200),
        "poverty_rate_new": round(rate + 4, 1),
        "poverty_rate_all": round(rate, 1),
    }
