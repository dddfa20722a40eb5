"""The training part of the demonstration: a full year of courses, sessions, certificates, needs and cases."""
