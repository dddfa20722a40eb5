"""The fictional association of the demonstration: plausible, deterministic, nobody's real figures."""
