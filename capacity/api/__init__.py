"""Views of the API about frameworks, agreed assessments, the plan and offers of support."""
