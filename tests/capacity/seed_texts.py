"""The framework of the technical note as printed, written down once and never made from the portal's own file."""

AREAS = (
    (1, "Serving as local ambassadors for global initiatives"),
    (2, "Requiring transparency from members"),
    (3, "Developing and promoting standards of practice"),
    (4, "Training member institutions"),
    (5, "Technical assistance to members"),
    (6, "Building the social performance knowledge base"),
)

# the number of the area, the category as the area prints it, its items
CAPACITIES = (
    (
        1,
        "Knowledge/Skills",
        (
            "Awareness of industry trends globally and in local market",
            "Leadership and communication",
            "Capacity to convene diverse group of stakeholders",
        ),
    ),
    (
        1,
        "Systems",
        (
            "Diverse and representative membership",
            "Strategic planning",
            "Strong governance and decisionmaking processes",
        ),
    ),
    (
        1,
        "Resources",
        (
            "Board leadership",
            (
                "Financial resources for planning (internal and external assessments, focus "
                "groups, member events and meetings, facilitation)"
            ),
            (
                "Financial resources for members to participate in awareness-raising events or "
                "opportunities to share experiences locally and internationally"
            ),
            "Strategic alliances with regional and international support organizations",
        ),
    ),
    (
        2,
        "Knowledge/Skills",
        (
            "Understanding of the dimensions of social performance",
            "Tools and methods for assessing social performance",
            "Measurement and use of social performance indicators",
            "Analytical skills to produce reports and analyses",
        ),
    ),
    (
        2,
        "Systems",
        (
            "Data collection systems",
            "Quality control processes",
            "Analysis and report generation capability",
        ),
    ),
    (
        2,
        "Resources",
        (
            "Staff dedicated to data collection, analysis, and report development",
            ("Financial resources for staff salaries, travel, support for MFIs, MIS development"),
        ),
    ),
    (
        3,
        "Knowledge/Skills",
        (
            (
                "Comprehension of the dimensions of social performance, social performance "
                "reporting standards, and best practices in SPM"
            ),
            "Knowledge of member practices and policies",
        ),
    ),
    (
        3,
        "Systems",
        (
            "Membership criteria",
            "Code of conduct for members",
            "Evaluation and assessment tools and methods",
            "Processes to validate data and ensure compliance",
            "Incentives for members",
        ),
    ),
    (
        3,
        "Resources",
        (
            "Staff or contract personnel to assess performance evaluations",
            (
                "Financial resources to develop the standard and evaluation system, subsidies to "
                "conduct initial evaluations"
            ),
        ),
    ),
    (
        4,
        "Knowledge/Skills",
        (
            "Best practices in SPM",
            (
                "Awareness of local, regional, and global initiatives in consumer protection, "
                "social audits, and social ratings"
            ),
            "Poverty assessment tools and methods",
            "Demands and needs of members regarding social performance",
        ),
    ),
    (
        4,
        "Systems",
        (
            "Training of trainers programs",
            "Training tool curriculums",
            "Needs assessment processes",
            "Evaluation systems",
        ),
    ),
    (
        4,
        "Resources",
        (
            "Financial resources for training, development, and adaption to local context",
            "Subsidies and scholarships for members",
            "Access to topic and training experts",
        ),
    ),
    (
        5,
        "Knowledge/Skills",
        ("Knowledge of and experience with social performance tools",),
    ),
    (
        5,
        "Systems",
        (
            "Organizational diagnostics",
            "Selection and supervision of technical support",
        ),
    ),
    (
        5,
        "Resources",
        (
            "Access to capacity-building opportunities (training by experts)",
            "Access to partnerships for delivering technical assistance",
            "Staff dedicated to capacity assessment, support, and evaluation of performance",
            "Subsidies for members for technical assistance",
        ),
    ),
    (
        6,
        "Knowledge/Skills",
        (
            (
                "Understanding of the dimensions of social performance, SP reporting standards, "
                "best practices in SPM"
            ),
            "Understanding of the learning priorities of members",
        ),
    ),
    (
        6,
        "System",
        (
            "Action research",
            "Documentation and dissemination processes",
            "Knowledge management processes",
            "Links with research organizations",
        ),
    ),
    (
        6,
        "Resources",
        (
            "Financial resources to design and monitor pilot programs",
            ("Financial resources to design and distribute publications and for general dissemination"),
            "Partnerships with research organizations",
            "Support for research",
        ),
    ),
)

SUPPORT_AREAS = (
    (
        1,
        (
            "Capacity-building programs for associations to increase their knowledge base and "
            "portfolio of tools in social performance"
        ),
        (
            "Training association staff, offering scholarships for associations to "
            "participate in international training programs, supporting exchange visits to "
            "more experienced associations or MFIs, and providing grants to support "
            "participation in global initiatives (SPTF, ImpAct Consortium, SEEP Network "
            "Working Groups, Smart Campaign)"
        ),
    ),
    (
        2,
        "Training program for association members",
        (
            "Development of training materials, access to existing resources, support for "
            "adaptation of materials to local context, translation into local language(s), "
            "market-needs assessments, and scholarships for members to attend external "
            "training programs"
        ),
    ),
    (
        3,
        "Market awareness and advocacy",
        (
            "Communication tools and processes to increase understanding and support of "
            "social performance by association members and local stakeholders"
        ),
    ),
    (
        4,
        "Information systems",
        (
            "Specialized systems and processes that support data collection, reporting, and "
            "verification of social performance data at the association level and within "
            "member organizations"
        ),
    ),
    (
        5,
        "Social performance management officer",
        (
            "Creation of a dedicated position within an association, where a staff member is "
            "charged with the development and oversight of social performance strategy and "
            "service provision to members"
        ),
    ),
    (
        6,
        "Knowledge management",
        (
            "Action research and documentation, publication, and dissemination of knowledge "
            "of local experience in SPM, as well as other relevant market information"
        ),
    ),
    (
        7,
        "Innovation grants",
        (
            "Subsidies for pilot programs by member organizations that represent innovation "
            "in social performance practices and support for association monitoring and "
            "reporting on pilot activities"
        ),
    ),
    (
        8,
        "Association planning",
        (
            "Developing a social performance strategy within the association, identifying "
            "local needs, choosing the most appropriate approach to capacity building, "
            "reporting on social performance, and integrating social performance into the "
            "association’s strategic plan"
        ),
    ),
    (
        9,
        "Certification systems",
        (
            "Testing and developing standards of practice for members associated with "
            "consumer protection, reporting social performance and/or management practices, "
            "and implementing certification processes for members"
        ),
    ),
)
