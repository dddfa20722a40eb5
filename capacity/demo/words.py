"""What the people of the demonstration scored, showed and wrote. All fictional."""

# Agreed levels by area in the order of the framework's items; a dash: does not apply. First assessment, then second.
LEVELS: dict[str, tuple[str, str]] = {
    "A1": ("2212133112", "3323233122"),
    "A2": ("211111011", "222232121"),
    "A3": ("222100001", "322310001"),
    "A4": ("21121110102", "32122211112"),
    "A5": ("100210-", "210210-"),
    "A6": ("1201010100", "2202110110"),
}
NOT_APPLICABLE = "Members pay for technical assistance themselves; the general meeting decided so."
EVIDENCE = {
    "A1": "Board minutes and member letters",
    "A2": "Data manual and review log",
    "A3": "Code of conduct, as adopted",
    "A4": "Training calendar and evaluations",
    "A5": "Terms of reference for advisers",
    "A6": "Notes for members on our website",
}
NOTES = {
    "A1-RE1": "Two of our board members chair SPM committees in their own institutions.",
    "A2-SY1": "The form is the same for all members now, but two of them still send it on paper.",
    "A2-SY2": "Every return is reviewed; I have seen the questions and answers.",
    "A3-SY2": "Most members signed it. I do not know of any case where it was applied.",
    "A4-SY1": "Two trainers went through it; one has left us since.",
    "A4-KS3": "We know the tools by name, nobody has used one.",
    "A5-SY1": "We talk with members, but there is no diagnostic that would give the same result twice.",
    "A6-SY1": "Not in the last two years.",
}
# What the session wrote down about single items, in the second assessment.
MINUTES = {
    "A1-KS1": "The board member saw level 4. Nobody could name a service that changed because of a brief: level 3.",
    "A2-SY1": "All 24 members use one form and the review is logged. The outsider asked who checks a late return; "
    "the reviewer showed the list. Level 3.",
    "A2-SY3": "Reports are made, but by one person. Level 1 until a second person can do it.",
    "A3-SY2": "The code is signed by 21 of 24 members, and two complaints were handled. Level 3.",
    "A3-SY5": "There are no incentives. The board will discuss a prize for the best disclosure.",
    "A4-SY1": "One of two trainers has left. The group agreed on level 2 and on training two more.",
    "A5-RE3": "Half a post, paid until December: from January there is nobody. The group stayed at level 0.",
    "A6-SY2": "Five notes for members this year, all in English. A version in Swahili is asked for.",
}
USUAL_MINUTES = (
    "The proof points were read aloud; the group agreed on what can be shown today.",
    "Board and outsider explained their views. The lower level holds until there is something to show.",
    "Members see less of this work than staff do. The group agreed after looking at the records.",
)
MINUTE = (
    "Present: board, staff, two members and an outside consultant. All items were discussed, the disputed first. "
    "Most views differed on training and on incentives for members. The board asks for a plan with costs by the next "
    "meeting and will look at the results again in a year."
)
VERIFIER = "Ruth Njeri, Savanna Advisory"
# What an outsider found when checking: the difference from the agreed level, and why.
FOUND: dict[str, tuple[int, str]] = {
    "A1-KS1": (0, "Four briefs with dates and sources seen."),
    "A1-SY3": (0, "Board charter and minutes seen."),
    "A1-RE1": (-1, "The committee has met once in twelve months."),
    "A2-KS3": (0, "Indicators are used in two board papers."),
    "A2-SY1": (0, "Ten returns traced to the members' systems without a difference."),
    "A2-SY2": (-1, "Reviews are logged, but a third of the questions have no answer on file."),
    "A3-KS1": (-1, "Staff know the standards; members' policies were not compared with them."),
    "A3-SY2": (0, "Signatures and the file of two complaints seen."),
    "A4-KS1": (0, "Certificates of both trainers seen."),
    "A4-SY2": (1, "Curricula are better kept than the group thought."),
    "A5-KS1": (0, "Two diagnostics seen."),
    "A6-KS2": (0, "The survey of members' priorities is from this year."),
}
