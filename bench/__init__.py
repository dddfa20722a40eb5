"""Measurements of the portal: ratios taken in one run, so that they mean the same on any machine."""
