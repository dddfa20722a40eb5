"""Hours from 0 to 24, as sessions and due moments tell them: one page never says 17:00 and 5 p.m."""

DATETIME_FORMAT = "N j, Y, H:i"
TIME_FORMAT = "H:i"
