"""Journeys through the portal in real Chromium, as its people make them."""
