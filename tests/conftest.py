"""Properties fail for what they find, never because the machine was busy, and a failure says how to see it again."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Built on Hypothesis' own profile for CI where `CI` is set: there the examples are the same in every run.
settings.register_profile("unhurried", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
