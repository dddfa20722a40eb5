"""The capacity part of the demonstration: two assessments, a plan, donors' support and a strategy, by the services."""
